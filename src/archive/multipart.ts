import { randomUUID } from 'node:crypto';

/** One part of a multipart/related body. */
export interface Part {
  readonly contentType: string;
  /** Absolute URL of what the part holds. */
  readonly location: string;
  /** In bytes. */
  readonly length: number;
  /** Called once, when the parts before it are sent. */
  open(): AsyncIterable<Uint8Array>;
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
        yield* exactly(part.length, part.open());
      }
      yield tail;
    },
  };
}

/**
 * Passes chunks on, and makes sure that they are as long as was announced: a client that was promised more than comes
 * would wait for the rest, one that gets more would take it for the next answer.
 *
 * @throws {Error} They are not.
 */
export async function* exactly(length: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of chunks) {
    sent += chunk.length;
    if (sent > length) break;
    yield chunk;
  }
  if (sent !== length) throw new Error('A body has not the length that was announced');
}
