/**
 * One request that several wait for. Each may give up for itself; the request is broken off when all have.
 */
export class SharedFlight<Answer> {
  readonly #controller = new AbortController();
  readonly settled: Promise<Answer>;
  #value: Answer | undefined;
  #waiting = 0;
  #isDone = false;

  constructor(send: (signal: AbortSignal) => Promise<Answer>) {
    this.settled = send(this.#controller.signal).then(
      (value) => {
        this.#value = value;
        this.#isDone = true;
        return value;
      },
      (error: unknown) => {
        this.#isDone = true;
        throw error;
      },
    );
    this.settled.catch(() => {}); // told to those who joined
  }

  /** The answer, once it is there. */
  get value(): Answer | undefined {
    return this.#value;
  }

  /** Broken off: nobody can join any more. */
  get isLost(): boolean {
    return this.#controller.signal.aborted;
  }

  /** @throws The reason of the signal, when it is aborted before the answer is there. What the request throws. */
  join(signal?: AbortSignal): Promise<Answer> {
    if (this.#isDone || signal === undefined) {
      this.#waiting += this.#isDone ? 0 : 1;
      return this.settled;
    }
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(signal.reason);
        if (--this.#waiting === 0 && !this.#isDone) this.#controller.abort(signal.reason);
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      this.settled.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    });
  }
}
