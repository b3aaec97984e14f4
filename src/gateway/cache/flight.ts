import type { LoadPayload, SourcePayload } from '../source.ts';
import type { EntryWriter } from './entry-writer.ts';
import { Fill } from './fill.ts';

export interface FlightOptions {
  readonly load: LoadPayload;
  /** Where it is stored; null: it is not. To be opened before the origin is asked. */
  readonly begin: () => Promise<EntryWriter | null>;
  readonly identity: string;
  readonly maxBytes: number;
  /** Told of what came from the origin. */
  readonly onBytes: (count: number) => void;
}

/**
 * One request to the origin for all who ask for the same payload while it comes. Each may give up for itself; with the last of
 * them the request is broken off, and what was stored of it is removed.
 */
export class Flight {
  readonly #gone = new AbortController();
  readonly #opened: Promise<Fill | null>;
  readonly #options: FlightOptions;
  /** Resolves when it is over: from then on it is an entry, or nothing. */
  readonly settled: Promise<void>;
  #fill: Fill | null = null;
  /** A payload that cannot be shared: for the first of those who wait. */
  #unshared: SourcePayload | null = null;
  #isClaimed = false;
  #writer: EntryWriter | null = null;
  #interested = 0;

  constructor(options: FlightOptions) {
    this.#options = options;
    this.#opened = this.#open();
    this.settled = this.#opened.then(
      (fill) => fill?.settled,
      () => {},
    );
  }

  /** Whether one who comes now may join: it can be given from its beginning, and is not older than a purge. */
  async isCurrent(): Promise<boolean> {
    if (this.#gone.signal.aborted || this.#fill?.isShared === false) return false;
    return this.#writer === null || (await this.#writer.isThere());
  }

  /** All of it came. */
  get isWhole(): boolean {
    return this.#fill?.isWhole ?? false;
  }

  /**
   * @returns null: it cannot be shared, and is to be loaded by each for himself.
   * @throws What loading throws; the reason of the signal.
   */
  async join(signal: AbortSignal | undefined): Promise<SourcePayload | null> {
    this.#interested++;
    const leave = (): void => {
      if (--this.#interested === 0) this.#cancel(signal?.reason);
    };
    try {
      const fill = await unlessAborted(this.#opened, signal);
      if (fill !== null) return this.#read(fill, signal, leave);
    } catch (error) {
      leave();
      throw error;
    }
    const payload = this.#unshared;
    this.#unshared = null;
    this.#isClaimed = true;
    return payload;
  }

  #read(fill: Fill, signal: AbortSignal | undefined, leave: () => void): SourcePayload {
    const giveUp = (): void => void body.destroy(signal?.reason);
    const body = fill.read(() => {
      signal?.removeEventListener('abort', giveUp);
      leave();
    });
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
    return { ...fill.payload, body };
  }

  async #open(): Promise<Fill | null> {
    const { load, begin, identity, maxBytes, onBytes } = this.#options;
    const writer = await begin();
    this.#writer = writer;
    try {
      const payload = await load({ signal: this.#gone.signal });
      if (writer !== null && payload.status === 200 && (payload.contentLength ?? 0) <= maxBytes) {
        this.#fill = new Fill(payload, writer, identity, onBytes);
        return this.#fill;
      }
      await discard(writer);
      this.#unshared = payload;
      if (this.#gone.signal.aborted) this.#cancel(this.#gone.signal.reason);
      return null;
    } catch (error) {
      await discard(writer);
      throw error;
    }
  }

  #cancel(reason: unknown): void {
    if (this.isWhole || this.#isClaimed) return;
    const error = reason instanceof Error ? reason : new Error('Nobody waits for it any more');
    this.#fill?.cancel(error);
    this.#gone.abort(error);
    this.#unshared?.body.destroy();
    this.#unshared = null;
  }
}

async function discard(writer: EntryWriter | null): Promise<void> {
  await writer?.discard();
  await writer?.close();
}

/** @throws The reason of the signal, as soon as it is aborted. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
