import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { UploadError } from '../mime/upload-error.ts';
import type { MemoryStore } from './file-store.ts';
import { incomingFolder, storedFolder } from './incoming-folder.ts';

/** A file that was received whole, and is no part of the archive yet. */
export interface ReceivedFile {
  /** In bytes. */
  readonly size: number;
  read(): Promise<Buffer>;
  /**
   * Moves it to its place, whole or not at all.
   *
   * @returns Its name in the store.
   */
  keep(study: string, instance: string): Promise<string>;
  /** Lets go of it. Does nothing once it is kept. */
  drop(): Promise<void>;
}

/** Where files are received, and kept. */
export interface Incoming {
  /** Takes a file to its end, and on to the disk where there is one. Leaves nothing where it fails. */
  receive(body: Readable): Promise<ReceivedFile>;
}

/**
 * Receives files into a folder: each under a name of its own, to the disk (fsync), and then by a rename to its place. A
 * process that is killed at any moment leaves whole files in their places, and rests that the next start removes.
 */
export async function createFolderIncoming(folder: string): Promise<Incoming> {
  const received = join(folder, incomingFolder);
  await rm(received, { recursive: true, force: true });
  await mkdir(received, { recursive: true });
  return {
    async receive(body) {
      const path = join(received, randomUUID());
      const drop = (): Promise<void> => rm(path, { force: true });
      try {
        const size = await writeToDisk(path, body);
        return { size, read: () => readFile(path), keep: (...uids) => moveTo(path, folder, ...uids), drop };
      } catch (error) {
        await drop();
        throw error;
      }
    },
  };
}

async function writeToDisk(path: string, body: Readable): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await file.appendFile(chunk);
      size += chunk.length;
    }
    await file.sync();
    return size;
  } finally {
    await file.close();
  }
}

async function moveTo(path: string, folder: string, study: string, instance: string): Promise<string> {
  const kept = join(folder, storedFolder, study, `${instance}.dcm`);
  await mkdir(dirname(kept), { recursive: true });
  await rename(path, kept);
  // The names have to reach the disk as well, the new folder's in the one above it.
  for (const changed of [dirname(kept), join(folder, storedFolder)]) await syncFolder(changed);
  return kept;
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Receives files into memory, where the store keeps them.
 *
 * @param maxBytes - Of all that is received and kept. Beyond, bodies are refused (413).
 */
export function createMemoryIncoming(store: MemoryStore, maxBytes: number): Incoming {
  let held = 0;
  return {
    async receive(body) {
      let size = 0;
      let isKept = false;
      const release = (): void => {
        if (!isKept) held -= size;
        size = 0;
      };
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          size += chunk.length;
          held += chunk.length;
          if (held > maxBytes) throw new UploadError(413, 'The archive in memory is full');
          chunks.push(chunk);
        }
      } catch (error) {
        release();
        throw error;
      }
      const bytes = Buffer.concat(chunks);
      return {
        size,
        read: async () => bytes,
        keep: async () => {
          isKept = true;
          return store.add(bytes);
        },
        drop: async () => release(),
      };
    },
  };
}
