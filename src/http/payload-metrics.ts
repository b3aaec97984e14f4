import { Counter, Gauge, type Registry } from 'prom-client';

/** What the caches of payloads did, ever growing but for `entries` and `bytes`. */
export interface MeasuredPayloadCaches {
  /** By representation. */
  readonly reports: readonly {
    readonly representation: string;
    readonly hits: number;
    readonly misses: number;
    readonly joined: number;
    readonly passed: number;
    readonly hitBytes: number;
    readonly missBytes: number;
  }[];
  /** By place on disk. */
  readonly stores: readonly {
    readonly store: string;
    readonly entries: number;
    readonly bytes: number;
    readonly evicted: number;
    readonly damaged: number;
  }[];
}

export function watchPayloadCaches(registry: Registry, caches: () => MeasuredPayloadCaches): void {
  const registers = [registry];
  new Counter({
    name: 'dicomweb_payload_cache_total',
    help: 'What links were opened for, by representation and outcome: hit, miss, joined (it was on its way to another already), passed (it could not be kept).',
    labelNames: ['representation', 'outcome'] as const,
    registers,
    collect() {
      this.reset();
      for (const { representation, hits, misses, joined, passed } of caches().reports) {
        this.inc({ representation, outcome: 'hit' }, hits);
        this.inc({ representation, outcome: 'miss' }, misses);
        this.inc({ representation, outcome: 'joined' }, joined);
        this.inc({ representation, outcome: 'passed' }, passed);
      }
    },
  });
  new Counter({
    name: 'dicomweb_payload_cache_bytes_total',
    help: 'Bytes of bodies by where they came from: cache (as their hits were opened), origin (as they came, of what may be kept).',
    labelNames: ['representation', 'from'] as const,
    registers,
    collect() {
      this.reset();
      for (const { representation, hitBytes, missBytes } of caches().reports) {
        if (representation === 'metadata') continue;
        this.inc({ representation, from: 'cache' }, hitBytes);
        this.inc({ representation, from: 'origin' }, missBytes);
      }
    },
  });
  const state = (name: string, help: string, what: 'entries' | 'bytes'): void => {
    new Gauge({
      name: `dicomweb_payload_cache_${name}`,
      help,
      labelNames: ['store'] as const,
      registers,
      collect() {
        for (const { store, [what]: value } of caches().stores) this.set({ store }, value);
      },
    });
  };
  state('entries', 'Payloads on disk.', 'entries');
  state('disk_bytes', 'What they, and those that are being written, take on disk.', 'bytes');
  new Counter({
    name: 'dicomweb_payload_cache_removed_total',
    help: 'Payloads removed by reason: evicted (for room), damaged (the file was not what had been stored).',
    labelNames: ['store', 'reason'] as const,
    registers,
    collect() {
      this.reset();
      for (const { store, evicted, damaged } of caches().stores) {
        this.inc({ store, reason: 'evicted' }, evicted);
        this.inc({ store, reason: 'damaged' }, damaged);
      }
    },
  });
}
