import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import { isSliceable } from './byte-range.ts';
import { exactly } from './multipart.ts';

/** Less is not made smaller by more than a packet. */
const gzipFromBytes = 1_024;

/** Sends an answer, no faster than the client takes it. Rejects where it could not be sent whole. */
export async function sendAnswer(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = answer;
  const gzip = takesGzip(request) && isWorthGzip(answer);
  const length = typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : null;
  response.writeHead(status, {
    ...headers,
    vary: 'Accept, Accept-Encoding',
    ...(gzip && { 'content-encoding': 'gzip' }),
    ...(!gzip && length !== null && { 'content-length': length }),
  });
  if (body === undefined || request.method === 'HEAD') {
    response.end();
    return;
  }
  const source = Readable.from(chunksOf(body), { objectMode: false });
  if (gzip) await pipeline(source, createGzip({ level: constants.Z_BEST_SPEED }), response);
  else await pipeline(source, response);
}

function chunksOf(body: NonNullable<Answer['body']>): AsyncIterable<Uint8Array> | Iterable<string | Uint8Array> {
  if (typeof body === 'function') return body();
  return isSliceable(body) ? exactly(body.length, body.slice(0, body.length)) : [body];
}

/** JSON alone: pixels are compressed by their own codecs, or take longer to compress than to send. */
function isWorthGzip({ headers, body }: Answer): boolean {
  if (body === undefined || !headers['content-type']?.endsWith('json')) return false;
  return typeof body === 'function' || body.length >= gzipFromBytes;
}

function takesGzip(request: IncomingMessage): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '').split(',');
  return accepted.some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding));
}
