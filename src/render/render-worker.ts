import { parentPort } from 'node:worker_threads';
import 'sharp'; // loaded before the first image, whose time it would take
import { decodeCompressed } from './codec/decode-compressed.ts';
import { decodeFrame } from './decode-frame.ts';
import type { DecodePool } from './decode-pool.ts';
import type { PixelDescription } from './pixel-description.ts';
import type { Presentation } from './presentation.ts';
import { RenderError } from './render-error.ts';
import { type RenderOptions, renderFrame } from './render-frame.ts';
import { type Failure, ready } from './worker-pool.ts';

/** A stored frame to draw. Its buffer is the worker's from then on. */
export interface DrawRequest {
  readonly stored: Uint8Array<ArrayBuffer>;
  readonly pixels: PixelDescription;
  readonly presentation: Presentation;
  readonly options: RenderOptions;
}

export interface Picture {
  readonly picture: Uint8Array<ArrayBuffer>;
}

/** This is a worker already: it needs none to decode. */
const here: DecodePool = {
  decode: async (stored, pixels) => decodeCompressed(stored, pixels),
  close: async () => {},
};

parentPort?.on('message', async ({ stored, pixels, presentation, options }: DrawRequest) => {
  try {
    const frame = await decodeFrame(stored, pixels, { pool: here });
    // A copy: what sharp gives cannot be moved to another thread.
    const picture = new Uint8Array(await renderFrame(frame, pixels, presentation, options));
    parentPort?.postMessage({ picture } satisfies Picture, [picture.buffer]);
  } catch (error) {
    // What is no RenderError is a fault of ours: the worker ends with it, and the pool tells the caller.
    if (!(error instanceof RenderError)) throw error;
    parentPort?.postMessage({ reason: error.reason, message: error.message } satisfies Failure);
  }
});

parentPort?.postMessage(ready);
