import { createHmac, type KeyObject, randomUUID } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderKey, hasCode } from './folder-key.ts';
import type { PayloadIdentity } from './payload-identity.ts';

/** Where an entry is: hex digits of keyed hashes, of which no UID can be read. */
export interface EntryName {
  readonly study: string;
  readonly entry: string;
}

/** A file of an entry, as a look at the folder finds it. */
export interface FoundEntry extends EntryName {
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  readonly usedAt: number;
}

/** Opens a file as node:fs/promises does. */
export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>;

const folderMode = 0o700;
const fileMode = 0o600;
/** What is written is touched all the time: a file that nobody touched for so long is of a process that was killed. */
const abandonedMs = 3_600_000;
/** Others may take a folder away as soon as it is empty. */
const attempts = 5;

/**
 * The files of one cache: `HH/STUDY/ENTRY`, where HH are the first two digits of STUDY. What is being written stands beside
 * the entries of its study under another name, so that who takes a study away takes that too. Several processes may share
 * the folder: whatever is true of an entry is true on disk.
 */
export class CacheFolder {
  readonly #path: string;
  readonly #open: OpenFile;
  readonly #key: KeyObject;

  private constructor(path: string, key: KeyObject, openFile: OpenFile) {
    this.#path = path;
    this.#key = key;
    this.#open = openFile;
  }

  /** Makes the folder where there is none. @throws What the file system throws. */
  static async open(path: string, openFile: OpenFile = open): Promise<CacheFolder> {
    await mkdir(join(path, 'trash'), { recursive: true, mode: folderMode });
    await chmod(path, folderMode);
    return new CacheFolder(path, await folderKey(path), openFile);
  }

  get key(): KeyObject {
    return this.#key;
  }

  nameOf({ study, text }: Pick<PayloadIdentity, 'study' | 'text'>): EntryName {
    return { study: this.studyOf(...study), entry: this.#hash(text) };
  }

  studyOf(origin: string, studyUid: string): string {
    return this.#hash(JSON.stringify([origin, studyUid]));
  }

  /** @throws What the file system throws: ENOENT where there is none. */
  read(name: EntryName): Promise<FileHandle> {
    return this.#open(this.#pathOf(name), 'r');
  }

  /** Opens a file that is to become an entry of the study. */
  async create(study: string): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    for (let attempt = 1; ; attempt++) {
      try {
        await mkdir(this.#folderOf(study), { recursive: true, mode: folderMode });
        const path = join(this.#folderOf(study), `${randomUUID()}.part`);
        return { path, handle: await this.#open(path, 'wx+', fileMode) };
      } catch (error) {
        if (!hasCode(error, 'ENOENT') || attempt === attempts) throw error;
      }
    }
  }

  /** Whether a file or folder still is where it was made. @throws What the file system throws, but ENOENT. */
  async isThere(path: string): Promise<boolean> {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Makes an entry of what was written. False: it was taken away with its study. */
  async publish(path: string, name: EntryName): Promise<boolean> {
    try {
      await rename(path, this.#pathOf(name));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Removes a file, and the folder of its study if that was its last. Never throws: what is left is found again. */
  async remove(what: EntryName | { readonly path: string; readonly study: string }): Promise<void> {
    await rm('path' in what ? what.path : this.#pathOf(what), { force: true }).catch(() => {});
    await rmdir(this.#folderOf(what.study)).catch(() => {});
  }

  /**
   * Takes a study away, at once and for all processes.
   *
   * @returns What is left to be done: removing the files, which are out of the way. It does not throw.
   * @throws What the file system throws.
   */
  async purge(study: string): Promise<() => Promise<void>> {
    const trash = join(this.#path, 'trash', randomUUID());
    for (let attempt = 1; await this.isThere(this.#folderOf(study)); attempt++) {
      try {
        await rename(this.#folderOf(study), trash);
        break;
      } catch (error) {
        if (!hasCode(error, 'ENOENT') || attempt === attempts) throw error;
        // Another process was first; or somebody emptied the folder.
        await mkdir(join(this.#path, 'trash'), { recursive: true, mode: folderMode });
      }
    }
    return () => rm(trash, { recursive: true, force: true }).catch(() => {});
  }

  /** Every entry that there is, in no order. Removes what killed processes left. @param now - Milliseconds since the epoch. */
  async *entries(now: number): AsyncGenerator<FoundEntry> {
    for (const trash of await names(join(this.#path, 'trash'))) {
      await rm(join(this.#path, 'trash', trash), { recursive: true, force: true }).catch(() => {});
    }
    for (const first of await names(this.#path)) {
      if (!/^[0-9a-f]{2}$/.test(first)) continue;
      for (const study of await names(join(this.#path, first))) yield* this.#entriesOf(study, now);
    }
  }

  async *#entriesOf(study: string, now: number): AsyncGenerator<FoundEntry> {
    if (!isHash(study)) return;
    for (const entry of await names(this.#folderOf(study))) {
      const path = join(this.#folderOf(study), entry);
      const found = await stat(path).catch(() => null);
      if (found === null) continue;
      if (isHash(entry)) {
        yield {
          study,
          entry,
          bytes: found.size,
          storedAt: found.mtimeMs,
          usedAt: Math.max(found.atimeMs, found.mtimeMs),
        };
      } else if (found.mtimeMs + abandonedMs < now) {
        await this.remove({ path, study });
      }
    }
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 32);
  }

  #folderOf(study: string): string {
    return join(this.#path, study.slice(0, 2), study);
  }

  #pathOf({ study, entry }: EntryName): string {
    return join(this.#folderOf(study), entry);
  }
}

const isHash = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);

const names = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
