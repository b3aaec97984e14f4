import type { Readable } from 'node:stream';
import { type MediaType, parseMediaType } from './media-type.ts';
import { MultipartReader } from './multipart-reader.ts';
import { MultipartError } from './multipart-scanner.ts';
import { UploadError } from './upload-error.ts';

const dicom = 'application/dicom';

/**
 * The DICOM files of a request to store (PS3.18 §10.5.1, §8.7.3): multipart/related; type="application/dicom", or one file
 * alone as application/dicom. The quotes of `type`, or all of it, may be missing, and so may a part's own Content-Type.
 *
 * Each body must be read to its end before the next comes. A body that ends before its closing boundary is an error.
 *
 * @throws {UploadError} 415: other media types, of the whole at once, of a part when it comes; 400: not multipart.
 */
export function uploadParts(
  headers: { readonly 'content-type'?: string | undefined; readonly 'content-encoding'?: string | undefined },
  body: Readable,
): AsyncGenerator<Readable, void, undefined> {
  const type = parseMediaType(headers['content-type']);
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') throw new UploadError(415, 'The body has a Content-Encoding');
  if (type?.essence === dicom) return single(body);
  const partType = type?.parameters.get('type')?.toLowerCase();
  if (type?.essence !== 'multipart/related' || (partType !== undefined && partType !== dicom)) {
    throw new UploadError(415, 'The body is neither multipart/related; type="application/dicom" nor application/dicom');
  }
  return parts(type, body);
}

async function* single(body: Readable): AsyncGenerator<Readable, void, undefined> {
  yield body;
}

async function* parts(type: MediaType, body: Readable): AsyncGenerator<Readable, void, undefined> {
  const reader = new MultipartReader(body, type.parameters.get('boundary') ?? null, { toError });
  for await (const part of reader) {
    const partType = parseMediaType(part.headers.get('content-type'));
    if (part.headers.has('content-type') && partType?.essence !== dicom) {
      throw new UploadError(415, 'A part of the body is not application/dicom');
    }
    yield part.body;
  }
}

function toError(error: unknown): Error {
  if (error instanceof MultipartError)
    return new UploadError(400, `The multipart body: ${error.message}`, { cause: error });
  return error instanceof Error ? error : new Error('The body failed', { cause: error });
}
