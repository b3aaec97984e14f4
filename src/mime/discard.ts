import type { Readable } from 'node:stream';

const worthReadingBytes = 64 * 1024;
const worthWaitingMs = 1_000;

/**
 * Lets go of a body that nobody wants. A short one is read to its end, which leaves the connection for the next request;
 * a long or slow one is destroyed. Never throws, and need not be awaited.
 */
export function discard(body: Readable): void {
  if (body.destroyed) return;
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), worthWaitingMs).unref();
  body.once('close', () => clearTimeout(timer));
  body.on('error', () => {});
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > worthReadingBytes) body.destroy();
  });
  body.resume();
}
