import { createHash } from 'node:crypto';
import { WholeBody } from '../../mime/whole-body.ts';
import type { SourcePayload } from '../source.ts';

/** Bytes that are at hand as what an origin might have sent. */
export function toPayload(bytes: Uint8Array, mediaType: string): SourcePayload {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    mediaType,
    transferSyntaxUid: null,
    contentLength: bytes.length,
    body: new WholeBody(body),
    status: 200,
    headers: new Map(),
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    openRange: (start, end) => new WholeBody(body.subarray(start, end + 1)),
  };
}
