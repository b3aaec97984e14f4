import { join } from 'node:path';
import type { Origin } from '../../origin/origin.ts';
import { directSource, type Source } from '../source.ts';
import { cachedSource } from './cached-source.ts';
import { DiskStore, type DiskStoreCounts, type DiskStoreOptions } from './disk-store.ts';
import { MetadataCache } from './metadata-cache.ts';
import { PayloadCache, type PayloadCounts } from './payload-cache.ts';
import { PurgeNotices } from './purge-notices.ts';

export interface CachesOptions {
  /** May be shared by several processes, and kept from one run to the next. */
  readonly folder: string;
  /** Bytes on disk of native objects, frames and bulk data; 0: they are not kept. */
  readonly objectBytes: number;
  readonly objectTtlSeconds: number;
  /** Bytes on disk of rendered images and thumbnails; 0: they are not kept. */
  readonly renderedBytes: number;
  readonly renderedTtlSeconds: number;
  /** Bytes in memory of metadata; 0: it is not kept. */
  readonly metadataBytes: number;
  readonly metadataTtlSeconds: number;
  /** Bytes of one payload. */
  readonly maxEntryBytes: number;
  /** Payloads that may be on their way at one time. */
  readonly maxFills: number;
  /** Ids of all origins. */
  readonly origins: readonly string[];
  /** Told when another process stored something at an origin. */
  readonly onStoredElsewhere?: (origin: string) => void;
  /** Told when a cache on disk cannot be used, once until it can be again; and when others cannot be told of an upload. */
  readonly onTrouble?: (cache: CacheName, error: unknown) => void;
  readonly onRecovered?: (cache: CacheName) => void;
  /** What is not for settings: how the disk is dealt with. */
  readonly disk?: Pick<DiskStoreOptions, 'maxEntries' | 'retryMs' | 'sweepMs' | 'clock' | 'openFile'>;
}

export type CacheName = 'objects' | 'rendered' | 'notices';

/** What became of the questions for one representation. */
export interface CacheReport extends PayloadCounts {
  /** In lower case. */
  readonly representation: string;
}

export interface StoreReport extends DiskStoreCounts {
  readonly store: string;
}

/** What is kept of the answers of origins, apart by kind: objects on disk, rendered images on disk, metadata in memory. */
export interface Caches {
  /** An origin with caches before it. */
  sourceOf(origin: Origin): Source;
  /** Forgets studies, in every process that shares the folder: within half a second what is in memory, at once the rest. */
  purge(origin: string, studies: Iterable<string>): Promise<void>;
  readonly reports: readonly CacheReport[];
  readonly stores: readonly StoreReport[];
  close(): Promise<void>;
}

export function createCaches(options: CachesOptions): Caches {
  const objects = createStore('objects', options.objectBytes, options.objectTtlSeconds, options);
  const rendered = createStore('rendered', options.renderedBytes, options.renderedTtlSeconds, options);
  const payloads = new PayloadCache({ objects, rendered, maxFills: options.maxFills });
  const metadata = createMetadataCache(options);
  const notices = metadata && createNotices(metadata, options);
  const named = Object.entries({ objects, rendered });
  return {
    sourceOf: (origin) =>
      objects || rendered || metadata ? cachedSource(origin, payloads, metadata) : directSource(origin),
    async purge(origin, studies) {
      for (const study of new Set(studies)) {
        metadata?.purge(origin, (uid) => uid === study);
        await Promise.all([payloads.purge(origin, study), notices?.tell(origin, study)]);
      }
    },
    get reports() {
      const kept = [...payloads.counts].map(([name, counts]) => ({ representation: name.toLowerCase(), ...counts }));
      if (metadata === null) return kept;
      return [...kept, { representation: 'metadata', passed: 0, hitBytes: 0, missBytes: 0, ...metadata.counts }];
    },
    get stores() {
      return named.flatMap(([store, disk]) => (disk === null ? [] : { store, ...disk.counts }));
    },
    async close() {
      await Promise.all([payloads.close(), notices?.close()]);
    },
  };
}

function createStore(
  name: 'objects' | 'rendered',
  maxBytes: number,
  ttlSeconds: number,
  { folder, maxEntryBytes, onTrouble, onRecovered, disk }: CachesOptions,
): DiskStore | null {
  if (maxBytes === 0) return null;
  return new DiskStore({
    ...disk,
    folder: join(folder, name),
    maxBytes,
    maxEntryBytes,
    ttlMs: ttlSeconds * 1_000,
    onTrouble: (error) => onTrouble?.(name, error),
    onRecovered: () => onRecovered?.(name),
  });
}

function createMetadataCache({ metadataBytes, metadataTtlSeconds }: CachesOptions): MetadataCache | null {
  if (metadataBytes === 0) return null;
  return new MetadataCache({ maxBytes: metadataBytes, ttlMs: metadataTtlSeconds * 1_000 });
}

function createNotices(
  metadata: MetadataCache,
  { folder, origins, onStoredElsewhere, onTrouble }: CachesOptions,
): PurgeNotices {
  return new PurgeNotices({
    folder: join(folder, 'notices'),
    origins,
    onNotice: (origin, isStudy) => {
      metadata.purge(origin, isStudy);
      onStoredElsewhere?.(origin);
    },
    onTrouble: (error) => onTrouble?.('notices', error),
  });
}
