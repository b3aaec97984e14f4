import { type Part10File, readPart10 } from '../part10/read-part10.ts';
import type { InstanceEntry } from './archive-index.ts';
import type { FileStore } from './file-store.ts';
import { notFound } from './problem.ts';

/** Files that were read lately, whole and taken apart: the frames of one image are asked for one after the other. */
export interface FileCache {
  /** @throws {ArchiveError} NOT_FOUND: the file is gone or is another since it was indexed. */
  read(entry: InstanceEntry): Promise<Part10File>;
}

/**
 * @param maxBytes - Of all files kept. A file that is larger on its own is read anew each time.
 */
export function createFileCache(store: FileStore, maxBytes: number): FileCache {
  const kept = new Map<number, Part10File>(); // in the order of last use
  const reading = new Map<number, Promise<Part10File>>();
  let bytes = 0;

  const keep = (id: number, file: Part10File): void => {
    kept.set(id, file);
    bytes += file.bytes.length;
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytes <= maxBytes) return;
      kept.delete(oldest);
      bytes -= freed.length;
    }
  };
  const readAnew = async (entry: InstanceEntry): Promise<Part10File> => {
    const bytes = await store.read(entry.name).catch(() => {
      throw gone();
    });
    const file = readPart10(bytes);
    keep(entry.id, file);
    return file;
  };
  return {
    async read(entry) {
      await assertUnchanged(store, entry);
      const file = kept.get(entry.id);
      if (file) {
        kept.delete(entry.id);
        kept.set(entry.id, file);
        return file;
      }
      const underway = reading.get(entry.id) ?? readAnew(entry).finally(() => reading.delete(entry.id));
      reading.set(entry.id, underway);
      return underway;
    },
  };
}

/**
 * Serving another object under the UIDs of the one that was indexed would hand it to who may see the other only.
 *
 * @throws {ArchiveError} NOT_FOUND: the file is gone, or its size or time of change is another than when it was indexed.
 */
export async function assertUnchanged(store: FileStore, entry: InstanceEntry): Promise<void> {
  const now = await store.find(entry.name);
  if (now?.size !== entry.size || now.modifiedMs !== entry.modifiedMs) {
    throw gone();
  }
}

const gone = () => notFound('The file of this instance is gone or changed since the archive started');
