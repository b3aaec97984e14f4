import { Worker } from 'node:worker_threads';
import type { DecodedSamples } from './codec/coded-samples.ts';
import type { DecodeAnswer, DecodeRequest } from './decode-worker.ts';
import type { PixelDescription } from './pixel-description.ts';
import { RenderError } from './render-error.ts';

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

interface Job {
  readonly stored: Uint8Array;
  readonly pixels: PixelDescription;
  readonly resolve: (decoded: DecodedSamples) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | undefined;
}

// Under type stripping this module and the worker are .ts, once built .js.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './decode-worker.ts' : './decode-worker.js',
  import.meta.url,
);

/**
 * A few worker threads that decode frames, started when first needed. They do not keep the process alive on their own.
 *
 * A worker that takes too long, or dies, is replaced: its frame fails, no other.
 */
export function createDecodePool(options: DecodePoolOptions = {}): DecodePool {
  const { workers = 2, maxQueued = 256, timeoutMs = 5000, idleMs = 60_000 } = options;
  const threads = new Set<Thread>();
  const queue: Job[] = [];
  let closed = false;

  function next(): void {
    if (queue.length === 0) return;
    const idle = [...threads].find((thread) => thread.job === null) ?? (threads.size < workers ? start() : null);
    const job = idle ? queue.shift() : undefined;
    if (!idle || !job) return;
    clearTimeout(idle.timer);
    idle.job = job;
    idle.worker.ref();
    const { rows, columns, samplesPerPixel } = job.pixels;
    const limitMs = Math.ceil(timeoutMs * (1 + (rows * columns * samplesPerPixel) / samplesPerTimeout));
    idle.timer = setTimeout(() => {
      settle(idle, (failed) => failed.reject(new RenderError('timeout', `A frame took over ${limitMs} ms to decode`)));
      retire(idle);
    }, limitMs);
    // A copy: the caller's bytes may be part of a whole file, which must not move to the worker.
    const stored = new Uint8Array(job.stored);
    idle.worker.postMessage({ stored, pixels: job.pixels } satisfies DecodeRequest, [stored.buffer]);
  }

  function start(): Thread {
    const worker = new Worker(workerUrl, { execArgv: ['--disable-warning=ExperimentalWarning'] });
    const thread: Thread = { worker, job: null, timer: undefined };
    threads.add(thread);
    worker.unref();
    worker.on('message', (answer: DecodeAnswer) => {
      settle(thread, (job) => {
        if ('data' in answer) job.resolve(answer);
        else job.reject(new RenderError(answer.reason, answer.message));
      });
      worker.unref();
      thread.timer = setTimeout(() => retire(thread), idleMs).unref();
      next();
    });
    worker.on('error', (cause) => {
      settle(thread, (job) => job.reject(new RenderError('corrupt', 'The decoder died of this frame', { cause })));
      retire(thread);
    });
    worker.on('exit', () => {
      settle(thread, (job) => job.reject(new RenderError('corrupt', 'The decoder died of this frame')));
      retire(thread);
    });
    return thread;
  }

  function settle(thread: Thread, how: (job: Job) => void): void {
    clearTimeout(thread.timer);
    const { job } = thread;
    thread.job = null;
    if (job) how(job);
  }

  function retire(thread: Thread): void {
    if (!threads.delete(thread)) return;
    void thread.worker.terminate();
    next();
  }

  return {
    decode(stored, pixels, signal) {
      return new Promise((resolve, reject) => {
        if (closed || signal?.aborted) return reject(new RenderError('aborted', 'The frame was given up'));
        if (queue.length >= maxQueued) return reject(new RenderError('busy', 'Too many frames wait to be decoded'));
        const abandon = (): void => {
          const place = queue.indexOf(job);
          if (place < 0) return;
          queue.splice(place, 1);
          reject(new RenderError('aborted', 'The frame was given up'));
        };
        const forget = (): void => signal?.removeEventListener('abort', abandon);
        const job: Job = {
          stored,
          pixels,
          resolve: (decoded) => {
            forget();
            resolve(decoded);
          },
          reject: (error) => {
            forget();
            reject(error);
          },
        };
        signal?.addEventListener('abort', abandon, { once: true });
        queue.push(job);
        next();
      });
    },

    async close() {
      closed = true;
      const aborted = (job: Job): void => job.reject(new RenderError('aborted', 'The decoders are closed'));
      for (const job of queue.splice(0)) aborted(job);
      for (const thread of threads) settle(thread, aborted);
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
