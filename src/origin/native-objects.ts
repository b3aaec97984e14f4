import type { Readable } from 'node:stream';
import { isUid, type Uid } from '../dicom/uid.ts';
import { parseMediaType } from '../mime/media-type.ts';
import { MultipartReader } from '../mime/multipart-reader.ts';
import type { WantedSyntax } from './frame.ts';
import { isNativeMediaType, nativeAccept, toFormError } from './instance.ts';
import type { Origin, OriginResponse, RequestOptions } from './origin.ts';
import { OriginResponseError } from './origin-errors.ts';
import { openPayload, toBodyError } from './payload.ts';
import { resourcePath, type SeriesRef, type StudyRef } from './resource.ts';

/** One DICOM file of several. */
export interface NativePart {
  readonly mediaType: string;
  readonly transferSyntaxUid: Uid | null;
  /** Bytes of the body, where the origin tells; it is checked. */
  readonly contentLength: number | null;
  /** Must be read to its end before the next part comes. Destroying it gives up all. */
  readonly body: Readable;
}

/** All instances of a study or series, one after the other. */
export interface NativeObjects extends AsyncIterable<NativePart> {
  /** 200, or 206 where the origin leaves some out. */
  readonly status: number;
  /** Gives up what is left. Leaving the loop does the same. */
  destroy(): void;
}

/**
 * Retrieves all instances of a study or a series as DICOM files (WADO-RS). One request.
 *
 * To be iterated once, to its end or until it is destroyed: until then it holds a connection. The iteration fails where
 * the answer breaks off or lacks its closing boundary, even if every part seemed whole.
 *
 * @throws {OriginNotFoundError} No such object.
 * @throws {OriginRepresentationError} The origin cannot give it in this transfer syntax.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.1
 */
export async function retrieveNativeObjects(
  origin: Origin,
  ref: StudyRef | SeriesRef,
  wanted: WantedSyntax,
  options: RequestOptions = {},
): Promise<NativeObjects> {
  const transaction = 'series' in ref ? 'retrieve series' : 'retrieve study';
  try {
    return await origin.request(
      { transaction, path: resourcePath(ref), accept: nativeAccept(wanted), purpose: 'payload' },
      (response) => openNativeObjects(response),
      options,
    );
  } catch (error) {
    throw toFormError(error, origin, transaction);
  }
}

async function openNativeObjects(response: OriginResponse): Promise<NativeObjects> {
  const type = parseMediaType(response.headers.get('content-type'));
  const { status, body } = response;
  if (type?.essence !== 'multipart/related') {
    const payload = await openPayload(response, { mediaType: 'application/dicom', accepts: isNativeMediaType });
    return { status, destroy: () => body.destroy(), [Symbol.asyncIterator]: () => once(payload) };
  }
  const reader = new MultipartReader(body, type.parameters.get('boundary') ?? null, {
    toError: (error) => toBodyError(error, response),
  });
  return { status, destroy: () => reader.destroy(), [Symbol.asyncIterator]: () => nativeParts(reader, response) };
}

async function* nativeParts(reader: MultipartReader, { facts }: OriginResponse): AsyncGenerator<NativePart> {
  for await (const { headers, contentLength, body } of reader) {
    const type = parseMediaType(headers.get('content-type'));
    const mediaType = type?.essence ?? 'application/dicom';
    if (!isNativeMediaType(mediaType)) throw new OriginResponseError(facts, `a part is ${mediaType}`);
    const syntax = type?.parameters.get('transfer-syntax');
    yield { mediaType, transferSyntaxUid: isUid(syntax) ? syntax : null, contentLength, body };
  }
}

async function* once(part: NativePart): AsyncGenerator<NativePart> {
  yield part;
}
