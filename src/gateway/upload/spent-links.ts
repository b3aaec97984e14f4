import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Links that are good once. */
export interface SpentLinks {
  /**
   * Takes a link for one request.
   *
   * @param nonce - 32 lower-case hex digits.
   * @param expiresAt - Seconds since the epoch; it need not be remembered for longer.
   * @returns False where it was taken before, and not given back.
   */
  claim(nonce: string, expiresAt: number): Promise<boolean>;
  /** Gives back a link of which nothing was used. */
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
 * @param onUnwritable - Called where there can be no such folder, when the first link is used. Then links are remembered in
 *   memory; without it, that fails.
 */
export function createSpentLinks(
  folder: string,
  clock: () => number = Date.now,
  onUnwritable?: (error: unknown) => void,
): SpentLinks {
  let opened: Promise<SpentLinks> | null = null;

  async function openFolder(): Promise<SpentLinks> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await access(folder, constants.W_OK);
      return createSpentLinksInFolder(folder, clock);
    } catch (error) {
      if (onUnwritable === undefined) throw error;
      onUnwritable(error);
      return createSpentLinksInMemory(clock);
    }
  }
  const links = (): Promise<SpentLinks> => {
    opened ??= openFolder();
    return opened;
  };
  return {
    claim: async (...link) => (await links()).claim(...link),
    release: async (...link) => (await links()).release(...link),
  };
}

function createSpentLinksInFolder(folder: string, clock: () => number): SpentLinks {
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
      await sweep(clock() / 1000);
      try {
        const file = await open(pathOf(nonce, expiresAt), 'wx', 0o600);
        await file.sync();
        await file.close();
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      }
    },
    release: (nonce, expiresAt) => rm(pathOf(nonce, expiresAt), { force: true }),
  };
}
