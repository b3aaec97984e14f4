import type { Readable } from 'node:stream';
import { RenderError } from '../../render/render-error.ts';

/**
 * A body as bytes of their own buffer, which can be moved to another thread.
 *
 * @throws {RenderError} `corrupt`: more bytes than `maxBytes`; the body is destroyed.
 * @throws The error of the body.
 */
export async function readBytes(body: Readable, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw new RenderError('corrupt', 'A value has more bytes than it can need');
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
