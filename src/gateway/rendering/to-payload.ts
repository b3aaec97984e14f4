import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { SourcePayload } from '../source.ts';

/** Bytes that are at hand as what an origin might have sent. */
export function toPayload(bytes: Uint8Array, mediaType: string): SourcePayload {
  const open = (start: number, end: number): Readable =>
    Readable.from([bytes.subarray(start, end + 1)], { objectMode: false });
  return {
    mediaType,
    transferSyntaxUid: null,
    contentLength: bytes.length,
    body: open(0, bytes.length - 1),
    status: 200,
    headers: new Map(),
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    openRange: open,
  };
}
