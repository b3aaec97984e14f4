import { LRUCache } from 'lru-cache';
import type { DataSet } from '../dicom/data-set.ts';
import { estimateBytes } from '../dicom/data-set-size.ts';
import type { Uid } from '../dicom/uid.ts';
import { retrieveMetadataIfChanged, type TaggedMetadata } from '../origin/metadata.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import { type Level, type SearchQuery, type SearchResult, search } from '../origin/search.ts';
import { SharedFlight } from '../origin/shared-flight.ts';

export interface AnswerCacheOptions {
  /** Estimated size of all answers held, in bytes. */
  readonly maxBytes: number;
  /** How old an answer may be, in milliseconds: of searches by their level, and of metadata. */
  readonly ttlMs: Readonly<Record<Level | 'metadata', number>>;
  /** Milliseconds of a clock that only goes forward; default performance.now. */
  readonly clock?: () => number;
}

export interface AnswerCacheCounts {
  readonly hits: number;
  readonly misses: number;
  /** Answers that were under way for another operation already. */
  readonly joined: number;
}

type ObjectRef = { readonly study: Uid; readonly series?: Uid; readonly instance?: Uid };

interface Entry<Answer> {
  readonly flight: SharedFlight<Answer>;
  /** Attributes that were asked for. */
  readonly included: ReadonlySet<string>;
  /** Null while the answer is under way. */
  expiresAt: number | null;
}

/**
 * What origins answered a moment ago, shared by all operations: raw rows, before any filter or policy of ours, by origin,
 * by whose credentials they were asked with, by resource, and by the attributes asked for: an answer with more of them
 * serves a question for fewer. Questions that are asked twice at once go to the origin once.
 *
 * Bounded by bytes and by age. A failed answer is not kept.
 */
export class AnswerCache {
  readonly #options: AnswerCacheOptions;
  readonly #searches: LRUCache<string, Entry<SearchResult>[]>;
  readonly #metadata: LRUCache<string, Entry<TaggedMetadata>[]>;
  #hits = 0;
  #misses = 0;
  #joined = 0;

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
    const half = Math.max(1, Math.floor(options.maxBytes / 2));
    this.#searches = new LRUCache({ maxSize: half, sizeCalculation: (entries, key) => key.length + sizeOf(entries) });
    this.#metadata = new LRUCache({ maxSize: half, sizeCalculation: (entries, key) => key.length + sizeOf(entries) });
  }

  get counts(): AnswerCacheCounts {
    return { hits: this.#hits, misses: this.#misses, joined: this.#joined };
  }

  /**
   * An answer that is there or under way; undefined: `load` must be called.
   *
   * @param partition - Whose credentials the origin is asked with, where they are the caller's own; else empty.
   */
  findSearch(
    origin: Origin,
    query: SearchQuery,
    partition: string,
    signal?: AbortSignal,
  ): Promise<SearchResult> | undefined {
    return this.#find(this.#searches.get(searchKey(origin, query, partition)), new Set(query.includeFields), signal);
  }

  loadSearch(origin: Origin, query: SearchQuery, partition: string, options: RequestOptions): Promise<SearchResult> {
    const key = searchKey(origin, query, partition);
    const ttlMs = this.#options.ttlMs[query.level];
    return this.#load(this.#searches, key, new Set(query.includeFields), ttlMs, options, (shared) =>
      search(origin, query, shared),
    );
  }

  findMetadata(
    origin: Origin,
    ref: ObjectRef,
    partition: string,
    signal?: AbortSignal,
  ): Promise<readonly DataSet[]> | undefined {
    return this.#find(this.#metadata.get(metadataKey(origin, ref, partition)), new Set(), signal)?.then(
      ({ dataSets }) => dataSets,
    );
  }

  /** What is too old is asked for by its entity tag, where the origin gave one: it may only have to say that it still holds. */
  async loadMetadata(
    origin: Origin,
    ref: ObjectRef,
    partition: string,
    options: RequestOptions,
  ): Promise<readonly DataSet[]> {
    const key = metadataKey(origin, ref, partition);
    const known = this.#metadata.get(key)?.find(({ flight }) => flight.value?.etag != null)?.flight.value;
    const ttlMs = this.#options.ttlMs.metadata;
    const { dataSets } = await this.#load(this.#metadata, key, new Set(), ttlMs, options, async (shared) => {
      const answer = await retrieveMetadataIfChanged(origin, ref, known?.etag ?? null, shared);
      return answer ?? known ?? { dataSets: [], etag: null };
    });
    return dataSets;
  }

  /** Forgets what an origin said: after something was stored there. */
  purge(originId: string): void {
    for (const cache of [this.#searches, this.#metadata]) {
      for (const key of [...cache.keys()]) if (key.startsWith(`${originId} `)) cache.delete(key);
    }
  }

  #now(): number {
    return (this.#options.clock ?? (() => performance.now()))();
  }

  #find<Answer>(
    entries: readonly Entry<Answer>[] | undefined,
    wanted: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> | undefined {
    const now = this.#now();
    const entry = entries?.find(
      ({ included, expiresAt, flight }) =>
        !flight.isLost && (expiresAt === null || expiresAt > now) && isSubset(wanted, included),
    );
    if (entry === undefined) return undefined;
    if (entry.expiresAt === null) this.#joined++;
    else this.#hits++;
    return entry.flight.join(signal);
  }

  #load<Answer>(
    cache: LRUCache<string, Entry<Answer>[]>,
    key: string,
    included: ReadonlySet<string>,
    ttlMs: number,
    { signal, ...options }: RequestOptions,
    send: (options: RequestOptions) => Promise<Answer>,
  ): Promise<Answer> {
    this.#misses++;
    const entry: Entry<Answer> = {
      included,
      expiresAt: null,
      flight: new SharedFlight((shared) => send({ ...options, signal: shared })),
    };
    const others = (cache.get(key) ?? []).filter((other) => !isSubset(other.included, included));
    cache.set(key, [...others.slice(0, maxVariants - 1), entry]);
    const drop = (): void => {
      const left = (cache.get(key) ?? []).filter((other) => other !== entry);
      if (left.length > 0) cache.set(key, left);
      else cache.delete(key);
    };
    entry.flight.settled.then(() => {
      entry.expiresAt = this.#now() + ttlMs;
      const known = cache.get(key);
      if (known?.includes(entry)) cache.set(key, [...known]); // weighed again, now that its size is known
    }, drop);
    return entry.flight.join(signal);
  }
}

const isSubset = (part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean =>
  part.size <= whole.size && [...part].every((value) => whole.has(value));

/** Answers to one question that differ in what they include. */
const maxVariants = 4;

const searchKey = (origin: Origin, query: SearchQuery, partition: string): string =>
  JSON.stringify([
    query.level,
    query.scope ?? null,
    [...query.matches],
    query.limit ?? null,
    query.offset ?? 0,
    query.fuzzyMatching ?? false,
    query.orderBy ?? null,
    partition,
  ]).replace(/^/u, `${origin.id} `);

const metadataKey = (origin: Origin, { study, series, instance }: ObjectRef, partition: string): string =>
  `${origin.id} ${study} ${series ?? ''} ${instance ?? ''} ${partition}`;

function sizeOf(entries: readonly Entry<{ readonly dataSets: readonly DataSet[] }>[]): number {
  return entries.reduce((sum, { flight }) => sum + estimateBytes(flight.value?.dataSets ?? []), 64);
}
