import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';

export interface BodyPart {
  readonly contentType: string;
  readonly body: Readable;
}

/** Several bodies as one, under a boundary of our own: the origin's may be missing from its header, or be in a part. */
export interface MultipartBody {
  readonly contentType: string;
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * @param first - Already there, so that an origin which has none is told from one that breaks off.
 * @param rest - Asked for the next part when the one before has been read to its end.
 * @see PS3.18 §8.6.1.2, RFC 2046 §5.1
 */
export function toMultipart(type: string, first: BodyPart, rest: AsyncIterator<BodyPart>): MultipartBody {
  const boundary = randomUUID();
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    chunks: framed(boundary, first, rest),
  };
}

async function* framed(boundary: string, first: BodyPart, rest: AsyncIterator<BodyPart>) {
  let lead = '';
  try {
    for (let part: BodyPart | undefined = first; part !== undefined; part = await nextOf(rest)) {
      yield Buffer.from(`${lead}--${boundary}\r\nContent-Type: ${part.contentType}\r\n\r\n`);
      yield* part.body;
      lead = '\r\n';
    }
    yield Buffer.from(`${lead}--${boundary}--\r\n`);
  } finally {
    await rest.return?.();
  }
}

async function nextOf(parts: AsyncIterator<BodyPart>): Promise<BodyPart | undefined> {
  const next = await parts.next();
  return next.done === true ? undefined : next.value;
}
