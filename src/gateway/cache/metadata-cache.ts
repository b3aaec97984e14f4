import { LRUCache } from 'lru-cache';
import type { DataSet } from '../../dicom/data-set.ts';
import { estimateBytes } from '../../dicom/data-set-size.ts';
import { retrieveMetadata } from '../../origin/metadata.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import type { ObjectRef } from '../../origin/resource.ts';
import { SharedFlight } from '../../origin/shared-flight.ts';

export interface MetadataCacheOptions {
  /** Estimated size of all data sets held, in bytes. */
  readonly maxBytes: number;
  /** How old they may be, in milliseconds. */
  readonly ttlMs: number;
  /** Milliseconds of a clock that only goes forward; default performance.now. */
  readonly clock?: () => number;
}

export interface MetadataCounts {
  readonly hits: number;
  readonly misses: number;
  readonly joined: number;
}

interface Entry {
  readonly origin: string;
  readonly study: string;
  readonly flight: SharedFlight<readonly DataSet[]>;
  /** Null while the answer is under way. */
  expiresAt: number | null;
}

/**
 * Metadata as origins gave it, in memory: by origin, by whose credentials it was asked with, and by object. Its addresses are
 * the origin's; each link puts its own in their place. What is asked for twice at once is asked of the origin once; a failure
 * is not kept.
 */
export class MetadataCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #ttlMs: number;
  readonly #clock: () => number;
  readonly #counts = { hits: 0, misses: 0, joined: 0 };

  constructor({ maxBytes, ttlMs, clock = () => performance.now() }: MetadataCacheOptions) {
    this.#ttlMs = ttlMs;
    this.#clock = clock;
    this.#entries = new LRUCache({
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ flight }, key) => key.length + 64 + estimateBytes(flight.value ?? []),
    });
  }

  get counts(): MetadataCounts {
    return { ...this.#counts };
  }

  /** @throws What {@link retrieveMetadata} throws. */
  get(origin: Origin, ref: ObjectRef, { signal, ...options }: RequestOptions): Promise<readonly DataSet[]> {
    const key = JSON.stringify([origin.id, origin.partition, ref.study, ref.series, ref.instance]);
    const known = this.#entries.get(key);
    const isGood = known !== undefined && (known.expiresAt === null || known.expiresAt > this.#clock());
    if (isGood && !known.flight.isLost) {
      this.#counts[known.expiresAt === null ? 'joined' : 'hits']++;
      return known.flight.join(signal);
    }
    this.#counts.misses++;
    const flight = new SharedFlight((shared) => retrieveMetadata(origin, ref, { ...options, signal: shared }));
    const entry: Entry = { origin: origin.id, study: ref.study, flight, expiresAt: null };
    this.#entries.set(key, entry);
    const isStillKept = () => this.#entries.peek(key) === entry;
    flight.settled.then(
      () => {
        entry.expiresAt = this.#clock() + this.#ttlMs;
        if (isStillKept()) this.#entries.set(key, { ...entry }); // weighed again, now that its size is known
      },
      () => {
        if (isStillKept()) this.#entries.delete(key);
      },
    );
    return flight.join(signal);
  }

  /** Nothing that was asked before is given after. */
  purge(originId: string, isStudy: (studyUid: string) => boolean): void {
    for (const [key, { origin, study }] of [...this.#entries.entries()]) {
      if (origin === originId && isStudy(study)) this.#entries.delete(key);
    }
  }
}
