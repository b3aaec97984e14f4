import { parentPort } from 'node:worker_threads';
import { decodeCompressed } from './codec/decode-compressed.ts';
import type { PixelDescription } from './pixel-description.ts';
import { RenderError, type RenderReason } from './render-error.ts';

/** A frame to decode. Its buffer is the worker's from then on. */
export interface DecodeRequest {
  readonly stored: Uint8Array<ArrayBuffer>;
  readonly pixels: PixelDescription;
}

/** One answer a request, in order. Errors cross as plain data: their classes would not. */
export type DecodeAnswer =
  | { readonly data: Uint8Array<ArrayBuffer>; readonly photometricInterpretation: string }
  | { readonly reason: RenderReason; readonly message: string };

parentPort?.on('message', ({ stored, pixels }: DecodeRequest) => {
  try {
    const decoded: DecodeAnswer = decodeCompressed(stored, pixels);
    parentPort?.postMessage(decoded, [decoded.data.buffer]);
  } catch (error) {
    // What is no RenderError is a fault of ours: the worker ends with it, and the pool tells the caller.
    if (!(error instanceof RenderError)) throw error;
    parentPort?.postMessage({ reason: error.reason, message: error.message } satisfies DecodeAnswer);
  }
});
