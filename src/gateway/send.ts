import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { FacadeError } from '../errors.ts';
import { WholeBody } from '../mime/whole-body.ts';
import { type ByteRange, parseRange } from './bytes/byte-range.ts';
import { type ContentCoding, chooseCoding, createEncoder } from './bytes/content-coding.ts';
import { isolation, isolationOf } from './bytes/isolation.ts';
import { allowsRange, judgePreconditions, PreconditionError, type Validators } from './bytes/preconditions.ts';
import type { ReaderBounds } from './bytes/reader-pace.ts';
import { slice } from './bytes/slice.ts';
import { streamBody } from './bytes/stream-body.ts';
import type { Delivery } from './delivery.ts';
import type { Problem } from './problem.ts';

/** What a request gets, once it is known. */
export interface Answer {
  readonly delivery: Delivery;
  /** How long its client may keep it. */
  readonly maxAgeSeconds: number;
  /** Content-Disposition; null: none. */
  readonly disposition?: string | null;
}

/** Less is not worth the coding's own bytes. */
const minCodedBytes = 1_024;
/** More, though it is at hand, is streamed: a client that is too slow for it is cut off. */
const maxAtOnceBytes = 64 * 1024;

/**
 * Sends as much of a body as was asked for, with backpressure: all of it, a range (206), or its headers alone, for HEAD and
 * where the client has it already (304).
 *
 * @throws {FacadeError} RANGE_NOT_SATISFIABLE; {@link PreconditionError}.
 * @throws The error of the body; the connection is then broken off. ERR_STREAM_PREMATURE_CLOSE: the client is gone.
 */
export async function sendBody(response: ServerResponse, answer: Answer, bounds: ReaderBounds): Promise<void> {
  const { delivery } = answer;
  const { method, headers: asked } = response.req;
  const coding = codingOf(delivery, asked['accept-encoding']);
  const validators = validatorsOf(delivery, coding);
  const headers = headersOf(answer, validators);
  if (delivery.isText) response.appendHeader('vary', 'Accept-Encoding');
  for (const text of delivery.warnings ?? []) response.appendHeader('warning', `299 dicomweb-graphql "${text}"`);
  try {
    if (delivery.status === 200 && isUnchanged(response, validators)) {
      delivery.body.destroy();
      response.writeHead(304, headers).end();
      return;
    }
    const range = method === 'GET' ? rangeOf(delivery, asked, validators) : null;
    const encoding = coding === null ? {} : { 'content-encoding': coding };
    Object.assign(headers, contentOf(delivery), encoding, lengthOf(delivery, coding, range));
    if (method === 'HEAD') {
      delivery.body.destroy();
      response.writeHead(delivery.status, headers).end();
      return;
    }
    const body = range === null ? delivery.body : await openRange(delivery, range);
    response.writeHead(range === null ? delivery.status : 206, headers);
    // So little is in the buffers of the system at once: there is nobody to wait for.
    if (body instanceof WholeBody && body.bytes.length <= maxAtOnceBytes && coding === null) response.end(body.bytes);
    else await streamBody(body, coding && createEncoder(coding), response, bounds);
  } catch (error) {
    delivery.body.destroy();
    throw error;
  }
}

/** Text is compressed; pixels and documents are not, for they have codecs of their own, or are asked for in ranges. */
function codingOf({ status, isText = false, contentLength }: Delivery, accepted?: string): ContentCoding | null {
  if (!isText || status === 204 || (contentLength !== null && contentLength < minCodedBytes)) return null;
  return chooseCoding(accepted);
}

/** Another release of a codec makes other bytes of the same text: the tag of a coded body is a weak one. */
const validatorsOf = ({ etag, lastModified }: Delivery, coding: ContentCoding | null): Validators => ({
  etag: etag === undefined || coding === null ? (etag ?? null) : `W/${etag}`,
  lastModified: lastModified ?? null,
});

function isUnchanged({ req }: ServerResponse, validators: Validators): boolean {
  const verdict = judgePreconditions(req.headers, validators);
  if (verdict === 'failed') throw new PreconditionError();
  return verdict === 'unchanged';
}

/** What is sent with 200, and with 304 as well (RFC 9110 §15.4.5). */
function headersOf({ delivery, maxAgeSeconds, disposition }: Answer, validators: Validators): OutgoingHttpHeaders {
  const { etag, lastModified } = validators;
  return {
    ...isolationOf(delivery.contentType),
    'cache-control': `private, max-age=${Math.max(0, Math.floor(maxAgeSeconds))}`,
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { 'last-modified': new Date(lastModified).toUTCString() }),
    ...(disposition ? { 'content-disposition': disposition } : {}),
  };
}

function contentOf(delivery: Delivery): OutgoingHttpHeaders {
  if (delivery.status === 204) return {};
  return { 'content-type': delivery.contentType, ...(hasRanges(delivery) ? { 'accept-ranges': 'bytes' } : {}) };
}

/** Of text there are none: what it comes to depends on its coding. Nor are there of half an answer (206 of PS3.18). */
const hasRanges = ({ status, isText = false, contentLength }: Delivery): boolean =>
  status === 200 && contentLength !== null && !isText;

/** @throws {FacadeError} RANGE_NOT_SATISFIABLE */
function rangeOf(
  delivery: Delivery,
  asked: ServerResponse['req']['headers'],
  validators: Validators,
): ByteRange | null {
  const { contentLength } = delivery;
  if (asked.range === undefined || contentLength === null || !hasRanges(delivery)) return null;
  const { 'if-range': ifRange } = asked;
  if (typeof ifRange === 'string' && !allowsRange(ifRange, validators, Date.now())) return null;
  const range = parseRange(asked.range, contentLength);
  if (range !== 'unsatisfiable') return range;
  throw new FacadeError('RANGE_NOT_SATISFIABLE', `There are ${contentLength} bytes`, { lengthBytes: contentLength });
}

/** Nothing is said of a length that is known at the end only. */
function lengthOf(
  { status, contentLength }: Delivery,
  coding: ContentCoding | null,
  range: ByteRange | null,
): OutgoingHttpHeaders {
  if (contentLength === null || coding !== null || status === 204) return {};
  if (range === null) return { 'content-length': contentLength };
  const { start, end } = range;
  return { 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${contentLength}` };
}

async function openRange({ body, openRange }: Delivery, range: ByteRange): Promise<Delivery['body']> {
  if (openRange === undefined) return slice(body, range);
  body.destroy();
  return openRange(range.start, range.end);
}

/** Sends what became of the files of an upload: DICOM JSON. */
export function sendReport(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, {
    ...isolation,
    'content-type': 'application/dicom+json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

export function sendProblem(response: ServerResponse, { status, headers, body }: Problem): void {
  response.writeHead(status, {
    ...isolation,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
    'content-length': body.length,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
