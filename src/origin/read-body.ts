import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { DataSet } from '../dicom/data-set.ts';
import { discard } from '../mime/discard.ts';
import { parseMediaType } from '../mime/media-type.ts';
import type { OriginResponse } from './origin.ts';
import { OriginResponseError } from './origin-errors.ts';
import { contentLengthOf } from './response-headers.ts';

const decompress = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
};

/**
 * Reads a body of DICOM JSON (PS3.18 §F.2): an array of data sets, or one alone. 204 is none.
 *
 * @param maxBytes - Bound of the body, compressed and not.
 * @throws {OriginResponseError} Not JSON, not DICOM JSON, half of it, or more than `maxBytes`.
 */
export async function readDataSets(response: OriginResponse, maxBytes: number): Promise<DataSet[]> {
  if (response.status === 204) {
    discard(response.body);
    return [];
  }
  const json = await readJson(response, maxBytes);
  const rows = Array.isArray(json) ? json : [json];
  try {
    return rows.map((row) => DataSet.parse(row));
  } catch (cause) {
    throw new OriginResponseError(response.facts, 'the body is not DICOM JSON', false, { cause });
  }
}

/**
 * Reads a body of JSON, whatever is in it.
 *
 * @throws {OriginResponseError} Not JSON, half of it, or more than `maxBytes`.
 */
export async function readJson(response: OriginResponse, maxBytes: number): Promise<unknown> {
  refuseOtherMediaTypes(response);
  const bytes = await readDecompressed(response, maxBytes);
  // Cut-off JSON may be a connection that broke without a word: worth another try.
  return parseJson(bytes, () => new OriginResponseError(response.facts, 'the body is not JSON', true));
}

/** Static servers call DICOM JSON application/json, octet-stream or nothing; a page or XML is none of it. */
function refuseOtherMediaTypes({ headers, facts }: OriginResponse): void {
  const { essence = '' } = parseMediaType(headers.get('content-type')) ?? {};
  if (/^text\/html$|^multipart\/|[/+]xml$/.test(essence)) {
    throw new OriginResponseError(facts, `the body is ${essence}, not application/dicom+json`);
  }
}

function parseJson(bytes: Buffer, onError: () => Error): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw onError(); // without the cause, whose message quotes the body
  }
}

async function readDecompressed(response: OriginResponse, maxBytes: number): Promise<Buffer> {
  const { facts, headers } = response;
  const encoding = (headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const bytes = await readAll(response, maxBytes);
  if (encoding === 'identity' || encoding === '') return bytes;
  const method = encoding.endsWith('gzip') ? 'gzip' : encoding;
  if (method !== 'gzip' && method !== 'deflate') {
    throw new OriginResponseError(facts, 'the body has a Content-Encoding that was not asked for');
  }
  try {
    return await decompress[method](bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(response, maxBytes);
    throw new OriginResponseError(facts, `the body is not ${method}`, true, { cause: error });
  }
}

async function readAll(response: OriginResponse, maxBytes: number): Promise<Buffer> {
  if ((contentLengthOf(response.headers) ?? 0) > maxBytes) throw tooLarge(response, maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(response, maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
}

function tooLarge({ facts }: OriginResponse, maxBytes: number): OriginResponseError {
  return new OriginResponseError(facts, `the body is larger than ${maxBytes} bytes`);
}
