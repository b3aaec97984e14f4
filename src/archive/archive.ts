import { ArchiveIndex } from './archive-index.ts';
import { createFileCache, type FileCache } from './file-cache.ts';
import { type FileStore, folderStore, memoryStore } from './file-store.ts';
import { createFolderIncoming, createMemoryIncoming, type Incoming } from './incoming.ts';
import { type ArchiveStats, ingest } from './ingest.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import type { StoreBounds } from './store-transaction.ts';

export interface ArchiveOptions {
  /** A folder whose files, at any depth, are served. Either this or `files`. */
  readonly folder?: string;
  /** DICOM files in memory, instead of a folder. */
  readonly files?: readonly Uint8Array[];
  /** An SQLite file, written anew at each start, that keeps the index out of memory. Default: in memory. */
  readonly databasePath?: string;
  /** Most rows of one search answer; more are announced by a Warning header. Default 50,000. */
  readonly maxSearchRows?: number;
  /** Whether files can be stored (STOW-RS): in a folder below `stow/`. Default false. */
  readonly writable?: boolean;
  /** Bytes that one request to store may have. Default 1 GiB; 256 MiB where files are kept in memory. */
  readonly maxStoreBytes?: number;
  /** Bytes of files kept in memory for retrieval of frames and bulk data. Default 128 MiB. */
  readonly maxCachedBytes?: number;
}

/** A set of DICOM files, indexed and at hand. */
export interface Archive {
  readonly index: ArchiveIndex;
  readonly store: FileStore;
  readonly files: FileCache;
  readonly stats: ArchiveStats;
  readonly maxSearchRows: number;
  /** null: files are served, and none is taken. */
  readonly incoming: Incoming | null;
  readonly storeBounds: StoreBounds;
  /** For what changes the archive. */
  readonly oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  close(): void;
}

/** Bytes of files stored in memory, besides those that it began with. */
const maxMemoryBytes = 512 * 2 ** 20;

/** Indexes a folder or a list of files. What is not DICOM is counted in `stats`, and never fatal. */
export async function createArchive(options: ArchiveOptions): Promise<Archive> {
  const { store, incoming } = await openStore(options);
  const index = new ArchiveIndex(options.databasePath);
  const stats = await ingest(store, index).catch((error: unknown) => {
    index.close();
    throw error;
  });
  return {
    index,
    store,
    files: createFileCache(store, options.maxCachedBytes ?? 128 * 2 ** 20),
    stats,
    maxSearchRows: options.maxSearchRows ?? 50_000,
    incoming,
    storeBounds: {
      maxBytes: options.maxStoreBytes ?? (options.folder === undefined ? 256 * 2 ** 20 : 2 ** 30),
      maxFiles: 10_000,
    },
    oneAtATime: createOneAtATime(),
    close: () => index.close(),
  };
}

async function openStore({
  folder,
  files = [],
  writable = false,
}: ArchiveOptions): Promise<{ readonly store: FileStore; readonly incoming: Incoming | null }> {
  if (folder !== undefined) {
    return { store: folderStore(folder), incoming: writable ? await createFolderIncoming(folder) : null };
  }
  const store = memoryStore(files);
  return { store, incoming: writable ? createMemoryIncoming(store, maxMemoryBytes) : null };
}
