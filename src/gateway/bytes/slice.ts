import { Readable } from 'node:stream';
import { WholeBody } from '../../mime/whole-body.ts';
import type { ByteRange } from './byte-range.ts';

/**
 * A range of a body that cannot be opened in its middle: what comes before is read and dropped, and the body is destroyed
 * with the last byte, which ends the origin's request.
 */
export function slice(body: Readable, range: ByteRange): Readable {
  if (body instanceof WholeBody) return new WholeBody(body.bytes.subarray(range.start, range.end + 1));
  const part = Readable.from(bytesWithin(body, range), { objectMode: false });
  // Before the first byte is asked for, ending the generator would not reach the body.
  part.once('close', () => body.destroy());
  return part;
}

async function* bytesWithin(body: AsyncIterable<Buffer>, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of body) {
    const from = Math.max(0, start - at);
    const to = end + 1 - at;
    at += chunk.length;
    if (from < chunk.length) yield chunk.subarray(from, to);
    if (at > end) return;
  }
}
