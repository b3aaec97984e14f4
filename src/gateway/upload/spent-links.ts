import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from './storage-error.ts';

/** Links that are good once. */
export interface SpentLinks {
  /**
   * Takes a link for one request.
   *
   * @param nonce - 32 lower-case hex digits.
   * @param expiresAt - Seconds since the epoch; it need not be remembered for longer.
   * @returns False where it was taken before, and not given back.
   * @throws {StorageError} That is not known, or cannot be kept: then it is not taken.
   */
  claim(nonce: string, expiresAt: number): Promise<boolean>;
  /** Gives back a link of which nothing was used. @throws {StorageError} It cannot be given back. */
  release(nonce: string, expiresAt: number): Promise<void>;
}

/** Clocks may be apart, and a link that is remembered for longer does no harm. Seconds. */
const keptSeconds = 300;
const sweepEverySeconds = 60;

/** Remembers in this process alone: after a restart every link is good again that has not expired. */
export function createSpentLinksInMemory(clock: () => number = Date.now): SpentLinks {
  const taken = new Map<string, number>();
  let sweepAt = 0;
  return {
    async claim(nonce, expiresAt) {
      const now = clock() / 1000;
      if (now >= sweepAt) {
        sweepAt = now + sweepEverySeconds;
        for (const [old, end] of taken) if (end + keptSeconds < now) taken.delete(old);
      }
      if (taken.has(nonce)) return false;
      taken.set(nonce, expiresAt);
      return true;
    },
    async release(nonce) {
      taken.delete(nonce);
    },
  };
}

/**
 * Remembers in a folder, an empty file each, made by whoever is first: for all processes that share the folder, and after a
 * restart. Files of links that have expired are removed.
 *
 * Where the folder cannot be used no link is: one process that remembered in its own memory would take what another has
 * taken. It is tried anew with each link.
 */
export function createSpentLinks(folder: string, clock: () => number = Date.now): SpentLinks {
  const pathOf = (nonce: string, expiresAt: number): string => join(folder, `${expiresAt}-${nonce}`);
  let sweepAt = 0;

  async function sweep(now: number): Promise<void> {
    if (now < sweepAt) return;
    sweepAt = now + sweepEverySeconds;
    for (const name of await readdir(folder)) {
      const expiresAt = Number(/^(\d{1,10})-[0-9a-f]{32}$/.exec(name)?.[1] ?? Number.NaN);
      if (expiresAt + keptSeconds < now) await rm(join(folder, name), { force: true });
    }
  }

  return {
    async claim(nonce, expiresAt) {
      await sweep(clock() / 1000).catch(() => {}); // tried again another time
      try {
        return await take(folder, pathOf(nonce, expiresAt));
      } catch (error) {
        throw new StorageError('It cannot be known whether the link was used', error);
      }
    },
    async release(nonce, expiresAt) {
      try {
        await rm(pathOf(nonce, expiresAt), { force: true });
      } catch (error) {
        throw new StorageError('The link cannot be given back', error);
      }
    },
  };
}

/** @returns Whether we are the first; what was not synced is not ours. */
async function take(folder: string, path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await openNew(folder, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    await file.sync();
    return true;
  } catch (error) {
    await rm(path, { force: true }).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

async function openNew(folder: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return open(path, 'wx', 0o600);
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
