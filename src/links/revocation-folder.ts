import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KnownRevocations,
  type Revocation,
  RevocationStateError,
  type Revocations,
  type RevocationTarget,
  revocationKeptSeconds,
} from './revocation.ts';

/** How long what was read of the folder is taken for what is there. Milliseconds. */
const freshMs = 250;
/** How long it may go unread before nothing is answered by it. Milliseconds. */
const maxAgeMs = 5_000;
/** Others that revoke at the same moment take the numbers before ours. */
const maxAttempts = 100;

const fileName = /^([0-9]{16})\.json$/;

/**
 * Revocations that last, for all processes that share a folder: what one revokes the others know within half a second.
 *
 * Each revocation is a file named by its epoch, which exists whole or not at all, and which only one process can make: the
 * number is taken by whoever is first. The newest file stays for good, as the counter only grows; of the others, those go
 * that no link which lives can be of. The folder is made when something is first revoked.
 *
 * @param clock - Milliseconds since the epoch.
 * @param monotonic - Milliseconds of a clock that nobody sets: it tells how old is what was read.
 */
export function createRevocations(
  folder: string,
  clock: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): Revocations {
  const known = new KnownRevocations();
  let seen: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;

  function refresh(): void {
    const now = monotonic();
    if (now - triedAt >= freshMs) {
      triedAt = now;
      try {
        read();
      } catch (error) {
        if (now - readAt > maxAgeMs) throw unknown(error);
      }
    } else if (now - readAt > maxAgeMs) {
      throw unknown(null);
    }
  }

  function read(): void {
    const names = list(folder);
    for (const name of names) if (!seen.has(name)) known.add(parse(readFileSync(join(folder, name), 'utf8'), name));
    seen = new Set(names);
    known.prune(clock() / 1000); // also where nothing is ever revoked by this process
    readAt = monotonic();
  }

  async function keep(revocation: Revocation): Promise<boolean> {
    const draft = join(folder, `.${randomBytes(8).toString('hex')}`);
    const file = await open(draft, 'wx', 0o600);
    try {
      try {
        await file.writeFile(JSON.stringify({ version: 1, ...revocation }));
        await file.sync();
      } finally {
        await file.close();
      }
      await link(draft, join(folder, nameOf(revocation.epoch))); // fails where another process was first
      await syncFolder(folder);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async function revoke(target: RevocationTarget): Promise<number> {
    const at = clock() / 1000;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      read();
      const revocation = { epoch: known.epoch + 1, at, target };
      if (!(await keep(revocation))) continue;
      known.add(revocation);
      known.prune(at);
      await removeOld(folder, at, known.epoch);
      return revocation.epoch;
    }
    throw new RevocationStateError('Too many revocations at one time');
  }

  return {
    get epoch() {
      refresh();
      return known.epoch;
    },
    check(grant) {
      refresh();
      known.check(grant);
    },
    async revoke(target) {
      try {
        return await revoke(target);
      } catch (error) {
        if (error instanceof RevocationStateError) throw error;
        throw new RevocationStateError('The revocation could not be kept: see stateFolder', { cause: error });
      }
    },
  };
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => fileName.test(name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []; // nothing was ever revoked
    throw error;
  }
}

/** @throws {RevocationStateError} Not a revocation: what was revoked by it cannot be told. */
function parse(text: string, name: string): Revocation {
  const { version, epoch, at, target }: Record<string, unknown> = JSON.parse(text);
  if (
    version !== 1 ||
    typeof epoch !== 'number' ||
    nameOf(epoch) !== name ||
    typeof at !== 'number' ||
    !isTarget(target)
  ) {
    throw new RevocationStateError('A file of revocations is not one');
  }
  return { epoch, at, target };
}

function isTarget(value: unknown): value is RevocationTarget {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'subject') return 'subjects' in value && Array.isArray(value.subjects);
  const isOfOrigin = 'origin' in value && typeof value.origin === 'string';
  if (value.kind === 'origin') return isOfOrigin;
  return value.kind === 'study' && isOfOrigin && 'study' in value && typeof value.study === 'string';
}

/** Old ones, and drafts that a process left when it was killed. Whatever cannot be removed is tried again another time. */
async function removeOld(folder: string, now: number, newest: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const epoch = Number(fileName.exec(name)?.[1] ?? Number.NaN);
    if (!(epoch < newest)) continue;
    const path = join(folder, name);
    try {
      const { at } = parse(readFileSync(path, 'utf8'), name);
      if (at + revocationKeptSeconds < now) await rm(path, { force: true });
    } catch {
      // Another process was faster.
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null); // not every system opens folders
  try {
    await handle?.sync();
  } catch {
    // nor syncs them
  } finally {
    await handle?.close();
  }
}

const nameOf = (epoch: number): string => `${String(epoch).padStart(16, '0')}.json`;
const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
const unknown = (cause: unknown) =>
  new RevocationStateError('Which links were revoked is not known', cause === null ? {} : { cause });
