import { Readable } from 'node:stream';

/** The hold on the connection that a body comes from. */
export interface BodySource {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** How a body ended: with its last byte, with an error of the origin's making, or because our side let it go. */
export type BodyOutcome = { readonly bytes: number; readonly end: 'whole' | 'dropped' | Error };

/** Read ahead of the reader, per body. */
const readAheadBytes = 16 * 1024;

/**
 * The body of an answer, as it comes from the connection, with backpressure.
 *
 * A reader that stops reading keeps the origin's connection; so a body that is paused for `readerIdleTimeoutMs` is
 * destroyed with the error of `onIdle`. Destroying the stream at any time gives up the connection.
 */
export class OriginBody extends Readable {
  #source: BodySource | null;
  #bytes = 0;
  #idle: NodeJS.Timeout | null = null;
  #paused = false;
  readonly #readerIdleTimeoutMs: number;
  readonly #onIdle: () => Error;
  readonly #onOutcome: (outcome: BodyOutcome) => void;

  constructor(
    source: BodySource,
    options: {
      readonly readerIdleTimeoutMs: number;
      readonly onIdle: () => Error;
      /** Called once, before the reader learns of the end. */
      readonly onOutcome: (outcome: BodyOutcome) => void;
    },
  ) {
    super({ highWaterMark: readAheadBytes });
    this.#source = source;
    this.#readerIdleTimeoutMs = options.readerIdleTimeoutMs;
    this.#onIdle = options.onIdle;
    this.#onOutcome = options.onOutcome;
    // Between the answer and its reader's first listener an error must not end the process; the stream remembers it.
    this.on('error', () => {});
  }

  /** Takes bytes from the connection, and stops it where the reader is behind. */
  accept(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.push(chunk) || this.#source === null) return;
    this.#source.pause();
    this.#paused = true;
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#giveUp(), this.#readerIdleTimeoutMs).unref();
  }

  /** The last byte came. */
  finish(): void {
    this.#settle('whole');
    this.push(null);
  }

  /** The connection failed before the last byte. */
  fail(error: Error): void {
    this.#settle(error);
    this.destroy(error);
  }

  override _read(): void {
    this.#paused = false;
    this.#source?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const source = this.#source;
    this.#settle('dropped');
    source?.abort(error ?? new Error('The reader let go of the body'));
    callback(error);
  }

  #giveUp(): void {
    // The timer is refreshed by each pause and never stopped by a resume: that would cost more than this question.
    if (this.#paused) this.destroy(this.#onIdle());
  }

  #settle(end: BodyOutcome['end']): void {
    if (this.#source === null) return;
    this.#source = null;
    if (this.#idle) clearTimeout(this.#idle);
    this.#onOutcome({ bytes: this.#bytes, end });
  }
}
