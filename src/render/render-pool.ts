import type { PixelDescription } from './pixel-description.ts';
import type { Presentation } from './presentation.ts';
import type { RenderOptions } from './render-frame.ts';
import type { DrawRequest, Picture } from './render-worker.ts';
import { createWorkerPool } from './worker-pool.ts';

export interface RenderPoolOptions {
  /** Most worker threads, each with one image a time. */
  readonly workers: number;
  /** Most images that wait for a worker. One more is refused as `busy`. */
  readonly maxQueued: number;
  /** Longest time for one image, from decoding to encoding, in milliseconds. Its worker is ended after it. */
  readonly timeoutMs: number;
  /** A worker without work for so long is ended, and its memory given back. In milliseconds, default 60000. */
  readonly idleMs?: number;
}

export interface RenderPool {
  /**
   * Makes a picture of a stored frame: decodes it, draws it and encodes it, all outside of the event loop.
   *
   * @param stored - As {@link import('./decode-frame.ts').decodeFrame} takes it. The pool's from then on.
   * @throws {RenderError} What decoding and drawing throw; `busy`, `timeout`; `aborted` when the signal fires before its turn.
   */
  draw(
    stored: Uint8Array<ArrayBuffer>,
    pixels: PixelDescription,
    presentation: Presentation,
    options: RenderOptions,
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
  /** Ends the workers. Images that wait, and later ones, are refused as `aborted`. */
  close(): Promise<void>;
}

/** JavaScript objects of a worker: tables and buffers' shells, the pixels themselves lie outside of the heap. */
const maxHeapMb = 256;

/** A few worker threads that draw frames: see {@link createWorkerPool}. */
export function createRenderPool({ timeoutMs, idleMs = 60_000, ...bounds }: RenderPoolOptions): RenderPool {
  const url = new URL('./render-worker', import.meta.url);
  const pool = createWorkerPool<DrawRequest, Picture>(url, { ...bounds, idleMs, maxHeapMb });
  return {
    async draw(stored, pixels, presentation, options, signal) {
      // Its libraries have to be loaded here before a worker loads them: else they go with the first worker that ends.
      await import('sharp');
      const request = () => ({ message: { stored, pixels, presentation, options }, transfer: [stored.buffer] });
      const { picture } = await pool.run({ request, limitMs: timeoutMs }, signal);
      return picture;
    },
    close: pool.close,
  };
}
