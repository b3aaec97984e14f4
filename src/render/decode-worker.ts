import { parentPort } from 'node:worker_threads';
import { decodeCompressed } from './codec/decode-compressed.ts';
import type { PixelDescription } from './pixel-description.ts';
import { RenderError } from './render-error.ts';
import { type Failure, ready } from './worker-pool.ts';

/** A frame to decode. Its buffer is the worker's from then on. */
export interface DecodeRequest {
  readonly stored: Uint8Array<ArrayBuffer>;
  readonly pixels: PixelDescription;
}

parentPort?.on('message', ({ stored, pixels }: DecodeRequest) => {
  try {
    const decoded = decodeCompressed(stored, pixels);
    parentPort?.postMessage(decoded, [decoded.data.buffer]);
  } catch (error) {
    // What is no RenderError is a fault of ours: the worker ends with it, and the pool tells the caller.
    if (!(error instanceof RenderError)) throw error;
    parentPort?.postMessage({ reason: error.reason, message: error.message } satisfies Failure);
  }
});

parentPort?.postMessage(ready);
