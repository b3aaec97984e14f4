import { type Duplex, pipeline, Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { isUid, type Uid } from '../dicom/uid.ts';
import { type MediaType, parseMediaType } from '../mime/media-type.ts';
import { type MultipartPart, MultipartReader } from '../mime/multipart-reader.ts';
import { MultipartError } from '../mime/multipart-scanner.ts';
import { firstPart } from '../mime/multipart-whole.ts';
import { lends } from '../mime/read-buffers.ts';
import { WholeBody } from '../mime/whole-body.ts';
import type { OriginResponse } from './origin.ts';
import { OriginError, OriginResponseError } from './origin-errors.ts';
import { contentLengthOf, type ResponseHeaders } from './response-headers.ts';

/** One object of an origin as a stream: a native instance, a frame, an image, a bulk data value. */
export interface Payload {
  /** Type and subtype, without parameters. */
  readonly mediaType: string;
  /** As the origin says; null where it says nothing and the media type leaves it open. */
  readonly transferSyntaxUid: Uid | null;
  /** Bytes of the body; null where only its end will tell. The body has this length, or fails. */
  readonly contentLength: number | null;
  /**
   * The bytes, unwrapped from multipart/related. To be read to the end or destroyed: until then it holds a connection.
   * It fails with an {@link OriginError} where the origin's answer breaks off, stalls, or lacks its closing boundary.
   */
  readonly body: Readable;
  /** HTTP status of the origin's answer. */
  readonly status: number;
  /** Validators, where the origin gives any: etag, last-modified. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What kind of answer is a payload. */
export interface PayloadForm {
  /** What an answer without a Content-Type is taken for. */
  readonly mediaType: string;
  readonly accepts: (mediaType: string) => boolean;
  /** Several parts may come, of which the first is meant. Else a second part is an error. */
  readonly firstOfSeveral?: boolean;
}

/**
 * Makes the payload of an answer: of its only part where it is multipart, of its body where it is not.
 *
 * @throws {OriginResponseError} Another kind of body than asked for, or multipart that cannot be taken apart.
 */
export async function openPayload(response: OriginResponse, form: PayloadForm): Promise<Payload> {
  const type = parseMediaType(response.headers.get('content-type'));
  const { body, isAsSent } = decoded(response);
  if (type === null || !type.essence.startsWith('multipart/')) {
    const contentLength = isAsSent ? contentLengthOf(response.headers) : null;
    return toPayload(response, form, type, { body: isAsSent ? lends(body) : body, contentLength }, type);
  }
  const part =
    body instanceof WholeBody ? partOf(response, form, type, body) : await openPart(response, form, type, body);
  if (part === null) throw new OriginResponseError(response.facts, 'the multipart body has no part');
  const partType = parseMediaType(part.headers.get('content-type')) ?? parseMediaType(type.parameters.get('type'));
  const isLent = isAsSent && !(part.body instanceof WholeBody);
  return toPayload(response, form, partType, { ...part, body: isLent ? lends(part.body) : part.body }, type);
}

function openPart(
  response: OriginResponse,
  { firstOfSeveral = false }: PayloadForm,
  type: MediaType,
  body: Readable,
): Promise<MultipartPart | null> {
  const toError = (error: unknown): Error => toBodyError(error, response);
  return new MultipartReader(body, boundaryOf(type), { only: !firstOfSeveral, toError }).next();
}

/** The same of a body that is at hand. */
function partOf(
  response: OriginResponse,
  { firstOfSeveral = false }: PayloadForm,
  type: MediaType,
  body: WholeBody,
): MultipartPart | null {
  try {
    const part = firstPart(body.bytes, boundaryOf(type), { only: !firstOfSeveral });
    if (part === null) return null;
    return { headers: part.headers, contentLength: part.bytes.length, body: new WholeBody(part.bytes) };
  } catch (error) {
    throw toBodyError(error, response);
  }
}

const boundaryOf = ({ parameters }: MediaType): string | null => parameters.get('boundary') ?? null;

/** The error that the reader of a multipart body sees. */
export function toBodyError(error: unknown, { facts }: OriginResponse): Error {
  if (error instanceof OriginError) return error;
  if (error instanceof MultipartError) {
    const what = `the multipart body: ${error.message}`;
    return new OriginResponseError(facts, what, error.truncated, { cause: error });
  }
  return error instanceof Error ? error : new Error('The body failed', { cause: error });
}

function toPayload(
  { status, headers, facts }: OriginResponse,
  form: PayloadForm,
  type: MediaType | null,
  { body, contentLength }: { readonly body: Readable; readonly contentLength: number | null },
  outer: MediaType | null,
): Payload {
  const mediaType = type?.essence ?? form.mediaType;
  if (!form.accepts(mediaType)) throw new OriginResponseError(facts, `the body is ${mediaType}`);
  return {
    mediaType,
    transferSyntaxUid: transferSyntaxOf(type) ?? transferSyntaxOf(outer),
    contentLength,
    body,
    status,
    headers: validatorsOf(headers),
  };
}

function transferSyntaxOf(type: MediaType | null): Uid | null {
  const uid = type?.parameters.get('transfer-syntax');
  return isUid(uid) ? uid : null;
}

function validatorsOf(headers: ResponseHeaders): ReadonlyMap<string, string> {
  return new Map([...headers].filter(([name]) => name === 'etag' || name === 'last-modified'));
}

/** Payloads are asked for without compression; a proxy on the way may compress them all the same. */
function decoded(response: OriginResponse): { readonly body: Readable; readonly isAsSent: boolean } {
  const encoding = (response.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return { body: response.body, isAsSent: true };
  if (!/^(?:x-)?gzip$|^deflate$/.test(encoding)) {
    throw new OriginResponseError(response.facts, 'the body has a Content-Encoding that was not asked for');
  }
  const decoder = encoding === 'deflate' ? createInflate() : createGunzip();
  return { body: Readable.from(decompressed(response, decoder), { objectMode: false }), isAsSent: false };
}

async function* decompressed({ body, facts }: OriginResponse, decoder: Duplex): AsyncGenerator<Buffer> {
  pipeline(body, decoder, () => {}); // its errors come out of the loop
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (error instanceof OriginError) throw error;
    throw new OriginResponseError(facts, 'the body cannot be decompressed', true, { cause: error });
  } finally {
    body.destroy();
  }
}
