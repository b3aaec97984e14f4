import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { isProcessAlive } from './segments.ts';

/** Which of the processes that share a folder sends its files. Two at once would send events twice, and do no other harm. */
export interface SenderLease {
  /** Whether it is ours, now or from now on. */
  hold(): Promise<boolean>;
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** Whoever has not renewed it for so long has lost it. Milliseconds. */
const staleMs = 60_000;

/** @param path - The file that names the holder. */
export function createSenderLease(path: string): SenderLease {
  const us = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  let renewedAt = Number.NEGATIVE_INFINITY;

  async function holder(): Promise<string | null> {
    try {
      const name = await readFile(path, 'utf8');
      const [host, pid] = name.split(' ');
      const isGone = host === hostname() && (Number(pid) === process.pid ? name !== us : !isProcessAlive(Number(pid)));
      const age = Date.now() - (await stat(path)).mtimeMs;
      return isGone || age > staleMs ? null : name;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  async function take(): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${us.split(' ')[2]}`;
    await writeFile(draft, us, { mode: 0o600 });
    await rename(draft, path); // of several at once the last has it; each looks again
  }

  return {
    async hold() {
      const name = await holder();
      if (name === null) await take();
      else if (name !== us) return false;
      if ((await readFile(path, 'utf8')) !== us) return false;
      await this.renew();
      return true;
    },
    async renew() {
      if (performance.now() - renewedAt < staleMs / 6) return;
      renewedAt = performance.now();
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
    },
    async release() {
      if ((await holder().catch(() => null)) === us) await rm(path, { force: true });
    },
  };
}
