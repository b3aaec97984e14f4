import type { RequestOptions } from '../../origin/origin.ts';
import type { LoadPayload, SourcePayload } from '../source.ts';
import type { DiskStore } from './disk-store.ts';
import { Flight } from './flight.ts';
import { type KeptRepresentation, keptRepresentations, type PayloadIdentity } from './payload-identity.ts';
import type { StoredEntry } from './stored-entry.ts';

export interface PayloadCacheOptions {
  /** Native objects, frames and bulk data; null: not kept. */
  readonly objects: DiskStore | null;
  /** Rendered images and thumbnails; null: not kept. */
  readonly rendered: DiskStore | null;
  /** Payloads that may be on their way at one time; more go by. Default 128. */
  readonly maxFills?: number;
}

/** What became of the questions for one representation, ever growing. */
export interface PayloadCounts {
  readonly hits: number;
  readonly misses: number;
  /** Payloads that were on their way to another already. */
  readonly joined: number;
  /** Payloads that went by, as nothing could be stored. */
  readonly passed: number;
  /** Bytes of bodies, of hits as they were opened, of misses as they came. */
  readonly hitBytes: number;
  readonly missBytes: number;
}

/** An entry may be evicted between one look and the next. */
const maxLooks = 3;

/**
 * Payloads of origins, kept on disk by what they are: raw answers, before any policy of ours, split by whose credentials the
 * origin was asked with. Objects and rendered images are in stores of their own: neither can be taken for the other, nor push
 * it out. A payload that several ask for at once is asked of the origin once.
 *
 * Who asks was authorised before: this is no gate.
 */
export class PayloadCache {
  readonly #options: PayloadCacheOptions;
  readonly #flights = new Map<string, { readonly flight: Flight; readonly identity: PayloadIdentity }>();
  readonly #counts = new Map<KeptRepresentation, Record<keyof PayloadCounts, number>>();
  #isClosed = false;

  constructor(options: PayloadCacheOptions) {
    this.#options = options;
    for (const representation of keptRepresentations) {
      this.#counts.set(representation, { hits: 0, misses: 0, joined: 0, passed: 0, hitBytes: 0, missBytes: 0 });
    }
  }

  get counts(): ReadonlyMap<KeptRepresentation, PayloadCounts> {
    return this.#counts;
  }

  /**
   * The payload, kept or loaded.
   *
   * @param load - Called at most once for all who ask at the same time, with a signal of its own.
   * @throws What `load` throws; the reason of the signal.
   */
  async get(identity: PayloadIdentity, load: LoadPayload, options: RequestOptions): Promise<SourcePayload> {
    const store = this.#storeOf(identity);
    if (store === null || this.#isClosed) return load(options);
    const name = await store.nameOf(identity);
    for (let look = 1; name !== null && look <= maxLooks; look++) {
      const joined = await this.#join(identity, options);
      if (joined === 'alone') break;
      if (joined !== null) return joined;
      const entry = await store.find(name, identity.text);
      if (entry !== null) return this.#hit(identity, entry);
      // While we looked, another may have begun, or ended.
      if (this.#flights.has(identity.text) || store.holds(name)) continue;
      if (this.#flights.size >= (this.#options.maxFills ?? 128)) break;
      const flight = this.#takeOff(identity, load, store);
      this.#count(identity, 'misses');
      const payload = await flight.join(options.signal);
      if (payload !== null) return payload;
      break;
    }
    this.#count(identity, 'passed');
    return load(options);
  }

  /** Nothing that was asked before is given after. */
  async purge(origin: string, studyUid: string): Promise<void> {
    for (const [text, { identity }] of this.#flights) {
      if (identity.study[0] === origin && identity.study[1] === studyUid) this.#flights.delete(text);
    }
    const { objects, rendered } = this.#options;
    await Promise.all([objects?.purge(origin, studyUid), rendered?.purge(origin, studyUid)]);
  }

  /** Keeps nothing any more. Resolves when nothing is done to the disk; what is being read goes on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#flights.values()].map(({ flight }) => flight.settled));
    await Promise.all([this.#options.objects?.close(), this.#options.rendered?.close()]);
  }

  /** What is on its way already; null: nothing is, any more; `alone`: what is on its way is for another alone. */
  async #join(identity: PayloadIdentity, { signal }: RequestOptions): Promise<SourcePayload | 'alone' | null> {
    const known = this.#flights.get(identity.text);
    if (known === undefined) return null;
    if (known.flight.isWhole) {
      await known.flight.settled;
      return null;
    }
    if (!(await known.flight.isCurrent())) {
      if (this.#flights.get(identity.text) === known) this.#flights.delete(identity.text);
      return null;
    }
    const payload = await known.flight.join(signal);
    if (payload === null) return 'alone';
    this.#count(identity, 'joined');
    return payload;
  }

  #takeOff(identity: PayloadIdentity, load: LoadPayload, store: DiskStore): Flight {
    const flight = new Flight({
      load,
      begin: async () => {
        const name = await store.nameOf(identity);
        return name && store.begin(name);
      },
      identity: identity.text,
      maxBytes: store.maxEntryBytes,
      onBytes: (count) => this.#count(identity, 'missBytes', count),
    });
    const own = { flight, identity };
    this.#flights.set(identity.text, own);
    void flight.settled.then(() => {
      if (this.#flights.get(identity.text) === own) this.#flights.delete(identity.text);
    });
    return flight;
  }

  #hit(identity: PayloadIdentity, entry: StoredEntry): SourcePayload {
    const { mediaType, transferSyntaxUid, lastModified, length } = entry.facts;
    this.#count(identity, 'hits');
    this.#count(identity, 'hitBytes', length);
    return {
      mediaType,
      transferSyntaxUid,
      contentLength: length,
      status: 200,
      headers: new Map(lastModified === null ? [] : [['last-modified', lastModified]]),
      etag: entry.etag,
      openRange: (start, end) => entry.openRange(start, end),
      body: entry.open(),
    };
  }

  #storeOf({ representation }: PayloadIdentity): DiskStore | null {
    const isRendered = representation === 'RENDERED' || representation === 'THUMBNAIL';
    return isRendered ? this.#options.rendered : this.#options.objects;
  }

  #count({ representation }: PayloadIdentity, what: keyof PayloadCounts, by = 1): void {
    const counts = this.#counts.get(representation);
    if (counts) counts[what] += by;
  }
}
