import { type TransferListItem, Worker } from 'node:worker_threads';
import { RenderError, type RenderReason } from './render-error.ts';

export interface WorkerPoolOptions {
  /** Most worker threads, each with one task a time. */
  readonly workers: number;
  /** Most tasks that wait for a worker. One more is refused as `busy`. */
  readonly maxQueued: number;
  /** A worker without work for so long is ended, and its memory given back. In milliseconds. */
  readonly idleMs: number;
  /** Most memory of a worker's JavaScript heap, in megabytes; pixels lie outside of it. Default: Node's own. */
  readonly maxHeapMb?: number;
}

/** What a worker is given to do. */
export interface Task<Request> {
  /** Made when its turn comes. */
  readonly request: () => { readonly message: Request; readonly transfer: readonly TransferListItem[] };
  /** Longest time in a worker that has started, in milliseconds; it is ended after it. Some decoders never come back. */
  readonly limitMs: number;
}

/** What a worker answers where it fails. Errors cross as plain data: their classes would not. */
export interface Failure {
  readonly reason: RenderReason;
  readonly message: string;
}

export interface WorkerPool<Request, Answer> {
  /**
   * Does the task outside of the event loop.
   *
   * @throws {RenderError} What the worker answers; `busy`, `timeout`; `corrupt` where the worker died of it; `aborted` when
   *   the signal fires before the task's turn.
   */
  run(task: Task<Request>, signal?: AbortSignal): Promise<Answer>;
  /** Ends the workers. Tasks that wait, and later ones, are refused as `aborted`. */
  close(): Promise<void>;
}

interface Job<Request, Answer> {
  readonly task: Task<Request>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What a worker says first, once its modules are loaded: that takes its time on a busy machine, and is no task's. */
export const ready = 'ready';

/** Longest time for a worker to start, in milliseconds. */
const startMs = 30_000;

interface Thread<Request, Answer> {
  readonly worker: Worker;
  isReady: boolean;
  job: Job<Request, Answer> | null;
  timer: NodeJS.Timeout | undefined;
}

/**
 * A few worker threads, started when first needed. They do not keep the process alive on their own.
 *
 * A worker that takes too long, or dies, is replaced: its task fails, no other.
 *
 * @param module - URL of the worker's module without its extension: under type stripping it is .ts, once built .js. It
 *   says {@link ready} and then answers each message with one of its own, in order.
 */
export function createWorkerPool<Request, Answer extends object>(
  module: URL,
  { workers, maxQueued, idleMs, maxHeapMb }: WorkerPoolOptions,
): WorkerPool<Request, Answer> {
  const url = new URL(`${module.href}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`);
  const threads = new Set<Thread<Request, Answer>>();
  const queue: Job<Request, Answer>[] = [];
  let closed = false;

  function next(): void {
    if (queue.length === 0) return;
    const idle = [...threads].find((thread) => thread.job === null) ?? (threads.size < workers ? start() : null);
    const job = idle ? queue.shift() : undefined;
    if (!idle || !job) return;
    idle.job = job;
    idle.worker.ref();
    limit(idle, idle.isReady ? job.task.limitMs : startMs);
    const { message, transfer } = job.task.request();
    idle.worker.postMessage(message, transfer);
  }

  function limit(thread: Thread<Request, Answer>, limitMs: number): void {
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => {
      settle(thread, ({ reject }) => reject(new RenderError('timeout', `An image took over ${limitMs} ms`)));
      retire(thread);
    }, limitMs);
  }

  function start(): Thread<Request, Answer> {
    const worker = new Worker(url, {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
    });
    const thread: Thread<Request, Answer> = { worker, isReady: false, job: null, timer: undefined };
    threads.add(thread);
    worker.unref();
    worker.on('message', (answer: Answer | Failure | typeof ready) => {
      if (answer === ready) {
        thread.isReady = true;
        if (thread.job) limit(thread, thread.job.task.limitMs);
        return;
      }
      settle(thread, (job) => {
        if ('reason' in answer) job.reject(new RenderError(answer.reason, answer.message));
        else job.resolve(answer);
      });
      worker.unref();
      thread.timer = setTimeout(() => retire(thread), idleMs).unref();
      next();
    });
    const died = (cause?: unknown): void => {
      settle(thread, (job) => job.reject(new RenderError('corrupt', 'The decoder died of this frame', { cause })));
      retire(thread);
    };
    worker.on('error', died);
    worker.on('exit', () => died());
    return thread;
  }

  function settle(thread: Thread<Request, Answer>, how: (job: Job<Request, Answer>) => void): void {
    clearTimeout(thread.timer);
    const { job } = thread;
    thread.job = null;
    if (job) how(job);
  }

  function retire(thread: Thread<Request, Answer>): void {
    if (!threads.delete(thread)) return;
    void thread.worker.terminate();
    next();
  }

  return {
    run(task, signal) {
      return new Promise((resolve, reject) => {
        if (closed || signal?.aborted) return reject(new RenderError('aborted', 'The frame was given up'));
        if (queue.length >= maxQueued) return reject(new RenderError('busy', 'Too many frames wait for a decoder'));
        const abandon = (): void => {
          const place = queue.indexOf(job);
          if (place < 0) return;
          queue.splice(place, 1);
          reject(new RenderError('aborted', 'The frame was given up'));
        };
        const forget = (): void => signal?.removeEventListener('abort', abandon);
        const job: Job<Request, Answer> = {
          task,
          resolve: (answer) => {
            forget();
            resolve(answer);
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
      const aborted = (job: Job<Request, Answer>): void =>
        job.reject(new RenderError('aborted', 'The decoders are closed'));
      for (const job of queue.splice(0)) aborted(job);
      for (const thread of threads) settle(thread, aborted);
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
