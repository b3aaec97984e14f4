import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';

/** One part of a multipart/related body. */
export interface Part {
  readonly contentType: string;
  /** Absolute URL of what the part holds. */
  readonly location: string;
  /** In bytes. */
  readonly length: number;
  /** Called once, when the parts before it are sent. */
  open(): Readable | Promise<Uint8Array>;
}

/** A body of several parts, sent one after the other. */
export interface MultipartBody {
  readonly contentType: string;
  readonly contentLength: number;
  chunks(): AsyncGenerator<Uint8Array>;
}

/**
 * Puts parts together as multipart/related (RFC 2387, PS3.18 §8.7.1). The length is known from the start, so that a client
 * sees by Content-Length that it has all, besides the closing boundary.
 *
 * A part that gives fewer or more bytes than it said makes `chunks` throw: the connection ends before the body does.
 *
 * @param partType - What the parts are, quoted in the Content-Type.
 */
export function createMultipart(partType: string, parts: readonly Part[]): MultipartBody {
  const boundary = `part-${randomUUID()}`;
  const headOf = (part: Part, i: number): Buffer =>
    Buffer.from(
      `${i === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${part.contentType}\r\n` +
        `Content-Length: ${part.length}\r\nContent-Location: ${part.location}\r\n\r\n`,
    );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/related; type="${partType}"; boundary=${boundary}`,
    contentLength: parts.reduce((sum, part, i) => sum + headOf(part, i).length + part.length, tail.length),
    async *chunks() {
      for (const [i, part] of parts.entries()) {
        yield headOf(part, i);
        yield* exactly(part);
      }
      yield tail;
    },
  };
}

/** The bytes of a part. @throws {Error} They are not as many as the part said. */
export async function* exactly({ length, open }: Part): AsyncGenerator<Uint8Array> {
  const body = await open();
  let sent = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : (body as AsyncIterable<Uint8Array>)) {
    sent += chunk.length;
    yield chunk;
  }
  if (sent !== length) throw new Error('A part has not the length that was announced');
}
