/** What a place is wanted for: payloads may stream for long, so that some places are kept from them. */
export type Purpose = 'metadata' | 'payload';

interface Waiter {
  readonly purpose: Purpose;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
  readonly toError: ToRefusal;
}

/** Why there is no place: too many wait already, or those who wait were sent away. */
export type Refusal = 'full' | 'sent away';

type ToRefusal = (refusal: Refusal) => Error;

/**
 * How many requests an origin gets at once. Who comes late waits in order of arrival; who gives up leaves the queue.
 *
 * A quarter of the places is kept for metadata: an archive's worth of slow downloads must not stop the searches.
 */
export class RequestBudget {
  readonly #places: number;
  readonly #payloadPlaces: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiter[] = [];
  #taken = 0;
  #takenByPayloads = 0;
  #closed: Error | null = null;

  /** @param maxWaiting - Length of the queue; 0 refuses whoever does not get a place at once. */
  constructor(places: number, maxWaiting: number) {
    this.#places = Math.max(1, places);
    this.#payloadPlaces = Math.max(1, Math.floor(this.#places * 0.75));
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Takes a place, or waits for one.
   *
   * @param toError - Makes the error of who gets none.
   * @returns What gives the place back; further calls of it do nothing.
   * @throws The signal's reason, the error of `toError`, or that of {@link close}.
   */
  async acquire(purpose: Purpose, signal: AbortSignal, toError: ToRefusal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#closed) throw this.#closed;
    if (!this.#hasRoom(purpose) || this.#waiting.some((waiter) => waiter.purpose === purpose)) {
      if (this.#waiting.length >= this.#maxWaiting) throw toError('full');
      await this.#wait(purpose, signal, toError);
    } else {
      this.#take(purpose);
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken--;
      if (purpose === 'payload') this.#takenByPayloads--;
      this.#admitNext();
    };
  }

  /** Refuses everyone who waits now. */
  sendAway(): void {
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(waiter.toError('sent away'));
  }

  /** Refuses everyone who waits or comes. */
  close(error: Error): void {
    this.#closed = error;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(error);
  }

  #hasRoom(purpose: Purpose): boolean {
    return this.#taken < this.#places && (purpose === 'metadata' || this.#takenByPayloads < this.#payloadPlaces);
  }

  #take(purpose: Purpose): void {
    this.#taken++;
    if (purpose === 'payload') this.#takenByPayloads++;
  }

  #wait(purpose: Purpose, signal: AbortSignal, toError: ToRefusal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const index = this.#waiting.indexOf(waiter);
        if (index >= 0) this.#waiting.splice(index, 1);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        purpose,
        toError,
        admit: () => {
          signal.removeEventListener('abort', leave);
          this.#take(purpose);
          resolve();
        },
        refuse: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #admitNext(): void {
    for (let index = 0; index < this.#waiting.length; ) {
      if (this.#taken >= this.#places) return;
      const waiter = this.#waiting[index];
      if (waiter && this.#hasRoom(waiter.purpose)) {
        this.#waiting.splice(index, 1);
        waiter.admit();
      } else {
        index++;
      }
    }
  }
}
