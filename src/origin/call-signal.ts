/** One signal of several sources and a deadline, for one call. Dispose of it, or its sources hold on to it. */
export class CallSignal {
  readonly #controller = new AbortController();
  readonly #release: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param onDeadline - Makes the reason when `deadlineMs` have passed. */
  constructor(
    sources: readonly (AbortSignal | undefined)[],
    deadlineMs: number | undefined,
    onDeadline: (deadlineMs: number) => Error,
  ) {
    for (const source of sources) {
      if (source) this.#follow(source);
    }
    if (deadlineMs !== undefined) {
      this.#timer = setTimeout(() => this.#controller.abort(onDeadline(deadlineMs)), deadlineMs);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stopDeadline(): void {
    clearTimeout(this.#timer);
  }

  dispose(): void {
    this.stopDeadline();
    for (const release of this.#release.splice(0)) release();
  }

  #follow(source: AbortSignal): void {
    const abort = (): void => this.#controller.abort(source.reason);
    if (source.aborted) {
      abort();
    } else {
      source.addEventListener('abort', abort, { once: true });
      this.#release.push(() => source.removeEventListener('abort', abort));
    }
  }
}
