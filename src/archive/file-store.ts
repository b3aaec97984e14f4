import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { incomingFolder } from './incoming-folder.ts';

/** A file as a store sees it now. */
export interface FoundFile {
  /** Names it to the store; never shown to clients. */
  readonly name: string;
  readonly size: number;
  /** Since 1970. With the size it tells whether the file is still the same. */
  readonly modifiedMs: number;
}

/** Where an archive's files are. */
export interface FileStore {
  /** Every file, in the order of their names. What cannot be looked at is told to `unreadable`, one by one. */
  list(unreadable: () => void): Promise<FoundFile[]>;
  /** The file of that name as it is now; null where there is none any more. */
  find(name: string): Promise<FoundFile | null>;
  read(name: string): Promise<Buffer>;
  /** All bytes, or those from `start` to just before `end`. */
  stream(name: string, start?: number, end?: number): Readable;
}

/**
 * Every file below a folder, at any depth and through symbolic links; a folder that is reached twice is read once. Files that
 * were being received are none of them.
 */
export function folderStore(folder: string): FileStore {
  const notServed = join(folder, incomingFolder);
  const visit = async (path: string, visited: Set<string>, found: FoundFile[], unreadable: () => void) => {
    try {
      const stats = await stat(path);
      if (stats.isFile()) found.push({ name: path, size: stats.size, modifiedMs: stats.mtimeMs });
      if (!stats.isDirectory()) return;
      if (path === notServed) return;
      const real = await realpath(path);
      if (visited.has(real)) return;
      visited.add(real);
      for (const name of (await readdir(path)).sort()) await visit(join(path, name), visited, found, unreadable);
    } catch {
      unreadable();
    }
  };
  return {
    async list(unreadable) {
      const found: FoundFile[] = [];
      await visit(folder, new Set(), found, unreadable);
      return found;
    },
    async find(name) {
      const stats = await stat(name).catch(() => null);
      return stats?.isFile() ? { name, size: stats.size, modifiedMs: stats.mtimeMs } : null;
    },
    read: (name) => readFile(name),
    stream: (name, start = 0, end = Number.POSITIVE_INFINITY) => createReadStream(name, { start, end: end - 1 }),
  };
}

/** A store that takes more files. */
export interface MemoryStore extends FileStore {
  /** @returns The name of the file. */
  add(bytes: Uint8Array): string;
}

/** Files held in memory, numbered from 0. */
export function memoryStore(initial: readonly Uint8Array[]): MemoryStore {
  const files = [...initial];
  const bytesOf = (name: string): Buffer => {
    const file = files[Number(name)];
    if (!file) throw new RangeError('No such file');
    return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  };
  const found = (file: Uint8Array, i: number): FoundFile => ({ name: String(i), size: file.byteLength, modifiedMs: 0 });
  return {
    list: async () => files.map(found),
    find: async (name) => found(bytesOf(name), Number(name)),
    read: async (name) => bytesOf(name),
    stream: (name, start, end) => Readable.from([bytesOf(name).subarray(start, end)]),
    add: (bytes) => String(files.push(bytes) - 1),
  };
}
