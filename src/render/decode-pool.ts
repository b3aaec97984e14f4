import type { DecodedSamples } from './codec/coded-samples.ts';
import type { DecodeRequest } from './decode-worker.ts';
import type { PixelDescription } from './pixel-description.ts';
import { createWorkerPool } from './worker-pool.ts';

export interface DecodePoolOptions {
  /** Most worker threads, each with a decoder of its own: one frame a time. Default 2. */
  readonly workers?: number;
  /** Most frames that wait for a worker. One more is refused as `busy`. Default 256. */
  readonly maxQueued?: number;
  /**
   * Longest time for one frame, in the worker, in milliseconds, and as much again for each {@link samplesPerTimeout}
   * samples. Default 5000: ten times what the slowest decoder needs. Some decoders never end on a damaged code stream.
   */
  readonly timeoutMs?: number;
  /** A worker without work for so long is ended, and its memory given back. In milliseconds, default 60000. */
  readonly idleMs?: number;
}

export interface DecodePool {
  /**
   * Decodes a compressed frame outside of the event loop.
   *
   * @throws {RenderError} What decoding throws; `busy`, `timeout`; `aborted` when the signal fires before the frame's turn.
   */
  decode(stored: Uint8Array, pixels: PixelDescription, signal?: AbortSignal): Promise<DecodedSamples>;
  /** Ends the workers. Frames that wait, and later ones, are refused as `aborted`. */
  close(): Promise<void>;
}

export const samplesPerTimeout = 2 ** 23;

/** A few worker threads that decode frames: see {@link createWorkerPool}. */
export function createDecodePool(options: DecodePoolOptions = {}): DecodePool {
  const { workers = 2, maxQueued = 256, timeoutMs = 5000, idleMs = 60_000 } = options;
  const url = new URL('./decode-worker', import.meta.url);
  const pool = createWorkerPool<DecodeRequest, DecodedSamples>(url, { workers, maxQueued, idleMs });
  return {
    decode(stored, pixels, signal) {
      const { rows, columns, samplesPerPixel } = pixels;
      const request = () => {
        // A copy: the caller's bytes may be part of a whole file, which must not move to the worker.
        const copy = new Uint8Array(stored);
        return { message: { stored: copy, pixels }, transfer: [copy.buffer] };
      };
      const limitMs = Math.ceil(timeoutMs * (1 + (rows * columns * samplesPerPixel) / samplesPerTimeout));
      return pool.run({ request, limitMs }, signal);
    },
    close: pool.close,
  };
}
