import { ArchiveIndex } from './archive-index.ts';
import { createFileCache, type FileCache } from './file-cache.ts';
import { type FileStore, folderStore, memoryStore } from './file-store.ts';
import { type ArchiveStats, ingest } from './ingest.ts';

export interface ArchiveOptions {
  /** A folder whose files, at any depth, are served. Either this or `files`. */
  readonly folder?: string;
  /** DICOM files in memory, instead of a folder. */
  readonly files?: readonly Uint8Array[];
  /** An SQLite file, written anew at each start, that keeps the index out of memory. Default: in memory. */
  readonly databasePath?: string;
  /** Most rows of one search answer; more are announced by a Warning header. Default 50,000. */
  readonly maxSearchRows?: number;
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
  close(): void;
}

/** Indexes a folder or a list of files. What is not DICOM is counted in `stats`, and never fatal. */
export async function createArchive(options: ArchiveOptions): Promise<Archive> {
  const store = options.folder === undefined ? memoryStore(options.files ?? []) : folderStore(options.folder);
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
    close: () => index.close(),
  };
}
