/** How slow a reader may be. */
export interface ReaderBounds {
  /** 0: as slow as it likes. */
  readonly minReadBytesPerSecond: number;
  /** How long it may fall behind that, in seconds. */
  readonly minReadWindowSeconds: number;
}

export const defaultReaderBounds: ReaderBounds = { minReadBytesPerSecond: 1_000, minReadWindowSeconds: 60 };

/**
 * Watches how fast a reader takes what waits for it.
 *
 * Each second in which bytes wait is a second of debt, and each byte taken pays for its part of one: at the least rate the
 * debt stays as it is, below it grows. Debt of a whole window is too slow. While nothing waits, because the origin is the
 * slow one, no debt is made; and bytes taken quickly are no credit for later.
 */
export class ReaderPace {
  readonly #bytesPerMs: number;
  readonly #windowMs: number;
  readonly #clock: () => number;
  readonly #onSlow: () => void;
  #debtMs = 0;
  #waitsSince: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param onSlow - Called once.
   * @param clock - Milliseconds, monotonic.
   */
  constructor(
    { minReadBytesPerSecond, minReadWindowSeconds }: ReaderBounds,
    onSlow: () => void,
    clock: () => number = () => performance.now(),
  ) {
    this.#bytesPerMs = minReadBytesPerSecond / 1_000;
    this.#windowMs = minReadWindowSeconds * 1_000;
    this.#onSlow = onSlow;
    this.#clock = clock;
  }

  /** Bytes wait for the reader from now on, if they did not before. */
  waits(): void {
    if (this.#waitsSince !== null || this.#bytesPerMs === 0) return;
    this.#waitsSince = this.#clock();
    // Runs on when the bytes are taken: most readers are fast, and a timer for each time they wait would cost them.
    this.#timer ??= this.#timerFor(this.#windowMs - this.#debtMs);
  }

  /** The reader has taken all that waited for it. */
  took(bytes: number): void {
    if (this.#waitsSince === null) return;
    this.#debtMs = Math.max(0, this.#debtNow() - bytes / this.#bytesPerMs);
    this.#waitsSince = null;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waitsSince = null;
  }

  #debtNow(): number {
    return this.#debtMs + (this.#waitsSince === null ? 0 : this.#clock() - this.#waitsSince);
  }

  #timerFor(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#check(), Math.max(1, Math.ceil(ms))).unref();
  }

  #check(): void {
    this.#timer = null;
    if (this.#waitsSince === null) return;
    const leftMs = this.#windowMs - this.#debtNow();
    if (leftMs > 0) this.#timer = this.#timerFor(leftMs);
    else {
      this.stop();
      this.#onSlow();
    }
  }
}
