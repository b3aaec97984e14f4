/** When an origin is left alone. */
export interface CircuitOptions {
  /** So many failures in a row open it; 0: never. */
  readonly failures: number;
  /** Failures further apart than this are not of one outage. */
  readonly windowMs: number;
  /** How long nothing is sent once it is open, and again after each trial that failed. */
  readonly pauseMs: number;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
  /** Called when it opens from being closed. */
  readonly onOpen: () => void;
}

/** `trial`: the pause is over, and the next request shows how the origin is, or is just doing so. */
export type CircuitState = 'closed' | 'open' | 'trial';

/** What a request showed of the origin; null: nothing. */
export type Showing = 'answers' | 'fails' | null;

/** The way through the circuit, of one request. */
export interface CircuitPass {
  /** Whether another attempt goes the same way: not after the circuit has changed, nor where one was all there is. */
  readonly mayRetry: boolean;
  /** To be called once, whatever came of the request; further calls do nothing. */
  settle(showing: Showing): void;
}

/**
 * Leaves an origin alone that keeps failing: it is not worn down further, and nobody waits for what will not come.
 *
 * Opens after failures in a row. After a pause one request at a time is let through: an answer closes it again, a failure
 * makes the pause begin anew. What was sent before the last change shows nothing any more; and what fails while others are
 * answered tells of itself, not of the origin, even where several time out at once.
 */
export class Circuit {
  readonly #options: CircuitOptions;
  #failedAt: number[] = [];
  #openedAt: number | null = null;
  #isTrying = false;
  /** Counts the changes. */
  #era = 0;
  /** Counts the answers. */
  #answers = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    if (this.#openedAt === null) return 'closed';
    return this.#pauseLeftMs > 0 ? 'open' : 'trial';
  }

  /** How long to wait before it is worth asking, in milliseconds; null where a request would be let through now. */
  get refusalMs(): number | null {
    if (this.#openedAt === null) return null;
    const left = this.#pauseLeftMs;
    if (left > 0) return left;
    return this.#isTrying ? this.#options.pauseMs : null;
  }

  /** Lets a request through; null where {@link refusalMs} is not. */
  enter(): CircuitPass | null {
    if (this.refusalMs !== null) return null;
    const isTrial = this.#openedAt !== null;
    this.#isTrying = isTrial;
    return this.#pass(isTrial);
  }

  /** Lets a request through in any state: its answer closes the circuit, its failure is nobody's concern. */
  enterAnyway(): CircuitPass {
    const { settle } = this.#pass(false);
    return { mayRetry: true, settle: (showing) => settle(showing === 'fails' ? null : showing) };
  }

  get #pauseLeftMs(): number {
    const { clock, pauseMs } = this.#options;
    return this.#openedAt === null ? 0 : this.#openedAt + pauseMs - clock();
  }

  #pass(isTrial: boolean): CircuitPass {
    const era = this.#era;
    const answers = this.#answers;
    const isCurrent = (): boolean => era === this.#era;
    let isSettled = false;
    return {
      get mayRetry() {
        return !isTrial && isCurrent();
      },
      settle: (showing) => {
        if (isSettled) return;
        isSettled = true;
        if (!isCurrent()) return;
        if (isTrial) this.#isTrying = false;
        if (showing === 'answers') this.#close();
        else if (showing === 'fails' && answers === this.#answers) this.#countFailure(isTrial);
      },
    };
  }

  #close(): void {
    this.#answers++;
    this.#failedAt = [];
    if (this.#openedAt === null) return;
    this.#openedAt = null;
    this.#isTrying = false;
    this.#era++;
  }

  #countFailure(isTrial: boolean): void {
    const { failures, windowMs, clock, onOpen } = this.#options;
    if (failures === 0) return;
    const now = clock();
    this.#failedAt = [...this.#failedAt, now].slice(-failures);
    const [first = now] = this.#failedAt;
    if (!isTrial && (this.#failedAt.length < failures || now - first > windowMs)) return;
    this.#openedAt = now;
    this.#era++;
    if (!isTrial) onOpen();
  }
}
