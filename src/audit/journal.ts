import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSegmentNames, listSegments, repairSegment, repairSegments } from './segments.ts';

export interface JournalOptions {
  /** Made where it is missing. Several processes may write in one. */
  readonly folder: string;
  /** A file that has reached this is followed by another. */
  readonly maxFileBytes: number;
  /** And one that was begun so long ago. Milliseconds. */
  readonly maxFileAgeMs: number;
  /** Beyond these the oldest go. */
  readonly maxFiles: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Whether a file may go; absent: each may. */
  readonly mayRemove?: (name: string) => Promise<boolean>;
}

/** The journal is full: the oldest file may not go yet, and no other may be begun. */
export class JournalFullError extends Error {
  override readonly name = 'JournalFullError';
}

/** Somebody removed the file that was written to: what was written to it is nowhere. */
export class JournalGoneError extends Error {
  override readonly name = 'JournalGoneError';
}

/** Lines in files, of which nothing that was said to be kept is lost. One append at a time. */
export interface Journal {
  /**
   * Resolves when the lines are on disk (fdatasync), in one write.
   *
   * @throws The system's error, a {@link JournalFullError} or a {@link JournalGoneError}. The lines count as not written; they
   *   may be appended again, and a reader may then find them twice.
   */
  append(lines: readonly string[]): Promise<void>;
  /** Cuts off what killed processes left of their last lines. */
  repair(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Each process writes files of its own and never adds to a file that it did not begin in this run: a line that was torn by a
 * crash is the last of its file for good. After a failure the file is left and another is begun: what an fsync that failed
 * has kept is not known.
 */
export function createJournal(options: JournalOptions): Journal {
  const { folder, maxFileBytes, maxFileAgeMs, maxFiles, clock, mayRemove = async () => true } = options;
  const nextName = createSegmentNames(clock);
  const ours = new Set<string>();
  let current: { readonly file: FileHandle; readonly begunAt: number; bytes: number } | null = null;

  async function begin(): Promise<NonNullable<typeof current>> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await prune();
    const name = nextName();
    const file = await open(join(folder, name), 'ax', 0o600);
    ours.add(name);
    await syncFolder(folder);
    return { file, begunAt: clock(), bytes: 0 };
  }

  async function prune(): Promise<void> {
    const names = await listSegments(folder);
    for (const name of names.slice(0, Math.max(0, names.length + 1 - maxFiles))) {
      // It may have been torn since it was looked through at the start: then all of it would never be delivered.
      if (!ours.has(name)) await repairSegment(folder, name).catch(() => false);
      if (!(await mayRemove(name))) throw new JournalFullError('The oldest file of the trail was not delivered yet');
      await rm(join(folder, name), { force: true });
      ours.delete(name);
    }
  }

  async function leave(): Promise<void> {
    const left = current;
    current = null;
    await left?.file.close().catch(() => undefined);
  }

  return {
    async append(lines) {
      const bytes = Buffer.from(lines.join(''));
      const isFull =
        current !== null &&
        current.bytes > 0 &&
        (current.bytes + bytes.length > maxFileBytes || clock() - current.begunAt >= maxFileAgeMs);
      if (isFull) await leave();
      current ??= await begin();
      const { file, bytes: end } = current;
      try {
        await writeAll(file, bytes);
        await file.datasync();
        if ((await file.stat()).nlink === 0) throw new JournalGoneError('The file of the trail was removed');
        current.bytes += bytes.length;
      } catch (error) {
        await file.truncate(end).catch(() => undefined);
        await leave();
        throw error;
      }
    },
    repair: () => repairSegments(folder, (name) => ours.has(name)),
    close: leave,
  };
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) offset += (await file.write(bytes, offset)).bytesWritten;
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
