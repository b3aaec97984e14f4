import type { FileHandle } from 'node:fs/promises';
import { CacheFolder, type EntryName, type FoundEntry, type OpenFile } from './cache-folder.ts';
import { type EntryFacts, headBytes } from './entry-file.ts';
import { EntryIndex, type KnownEntry, keyOf, sizeOnDisk } from './entry-index.ts';
import { EntryWriter, NoRoomError } from './entry-writer.ts';
import { hasCode } from './folder-key.ts';
import type { PayloadIdentity } from './payload-identity.ts';
import { hasDigest, readEntry } from './read-entry.ts';
import { StoredEntry } from './stored-entry.ts';

export interface DiskStoreOptions {
  readonly folder: string;
  /** Bytes on disk of entries and of what is to become one. */
  readonly maxBytes: number;
  /** Bytes of one body. Default, and at most: half of `maxBytes`. */
  readonly maxEntryBytes?: number;
  /** What the index of them takes of memory is some 300 bytes each. Default 100,000. */
  readonly maxEntries?: number;
  /** How old an entry may be, in milliseconds. */
  readonly ttlMs: number;
  /** How long nothing is stored after the disk failed, in milliseconds. Default 30,000. */
  readonly retryMs?: number;
  /** How often the folder is looked through, in milliseconds: for what is too old, and for what other processes did. Default 60,000. */
  readonly sweepMs?: number;
  /** Milliseconds since the epoch; default Date.now. */
  readonly clock?: () => number;
  /** Told when the disk fails: once, until something could be stored again. */
  readonly onTrouble?: (error: unknown) => void;
  /** Told of that. */
  readonly onRecovered?: () => void;
  /** Default: that of node:fs/promises. */
  readonly openFile?: OpenFile;
}

export interface DiskStoreCounts {
  readonly entries: number;
  /** Of entries and of what is to become one. */
  readonly bytes: number;
  readonly evicted: number;
  /** Files that were not what they were stored as. */
  readonly damaged: number;
}

/** Uses are written down for other processes, and for after a restart; not each. */
const usedEveryMs = 60_000;

/**
 * Bodies on disk, by name, bounded in bytes and in age. The least recently used go first.
 *
 * An entry is a file that appears whole, under a name that tells nothing. Its head says what it is, how long it is, and the
 * digest of its body; a file that this process did not write is read through once before any of it is given. So a file that is
 * torn, changed, or under the wrong name is not an answer: it is removed, and asked for again.
 *
 * Nothing here throws because of the disk, but {@link EntryWriter.write}: what cannot be read is not there, and while nothing
 * can be written nothing is kept. `onTrouble` tells.
 */
export class DiskStore {
  readonly #options: Required<Omit<DiskStoreOptions, 'openFile'>>;
  readonly #openFolder: () => Promise<CacheFolder>;
  readonly #index: EntryIndex;
  readonly #tasks = new Set<Promise<void>>();
  readonly #removals = new Map<string, Promise<void>>();
  readonly #checks = new Map<string, Promise<boolean>>();
  /** Studies that were to be taken away and could not be: not given, and tried again. */
  readonly #unpurged = new Set<string>();
  #folder: Promise<CacheFolder> | null = null;
  #opened: CacheFolder | null = null;
  #sweep: NodeJS.Timeout | null = null;
  /** What was stored before is not given. Milliseconds since the epoch. */
  #validFrom = 0;
  #offUntil = 0;
  #isInTrouble = false;
  #isClosed = false;
  #evicted = 0;
  #damaged = 0;

  constructor({ openFile, ...options }: DiskStoreOptions) {
    const half = Math.floor(options.maxBytes / 2);
    this.#options = {
      maxEntries: 100_000,
      retryMs: 30_000,
      sweepMs: 60_000,
      clock: Date.now,
      onTrouble: () => {},
      onRecovered: () => {},
      ...options,
      maxEntryBytes: Math.min(options.maxEntryBytes ?? half, half),
    };
    this.#openFolder = () => CacheFolder.open(options.folder, openFile);
    this.#index = new EntryIndex(this.#options, (name) => {
      this.#evicted++;
      this.#removeSoon(name);
    });
    this.#inBackground(() => this.#lookThrough());
  }

  get counts(): DiskStoreCounts {
    return {
      entries: this.#index.size,
      bytes: this.#index.bytes,
      evicted: this.#evicted,
      damaged: this.#damaged,
    };
  }

  get maxEntryBytes(): number {
    return this.#options.maxEntryBytes;
  }

  /** null: there is no folder to be had now. */
  async nameOf(identity: PayloadIdentity): Promise<EntryName | null> {
    const folder = this.#opened ?? (await this.#folderNow());
    return folder?.nameOf(identity) ?? null;
  }

  /** Whether it is known to be there; it may be gone all the same, or be too old. */
  holds(name: EntryName): boolean {
    return this.#index.has(name);
  }

  /** @param identity - Of the name, as text. */
  async find(name: EntryName, identity: string): Promise<StoredEntry | null> {
    const folder = this.#opened;
    if (folder === null || this.#unpurged.has(name.study)) return null;
    await this.#removals.get(keyOf(name));
    let handle: FileHandle | null = null;
    try {
      handle = await folder.read(name);
      const entry = await this.#open(folder, name, identity, handle);
      if (entry !== null) {
        handle = null; // the entry's from here on
        return entry;
      }
      this.#index.delete(name);
      await folder.remove(name);
    } catch (error) {
      this.#index.delete(name);
      if (!hasCode(error, 'ENOENT')) this.#onTrouble(error);
    } finally {
      await handle?.close().catch(() => {});
    }
    return null;
  }

  /**
   * Begins an entry; to be called before its content is asked for, so that a purge after that question takes it along.
   *
   * @returns null: nothing can be stored now.
   */
  async begin(name: EntryName): Promise<EntryWriter | null> {
    const folder = this.#opened;
    if (folder === null || this.#isClosed || this.#options.clock() < this.#offUntil) return null;
    if (this.#unpurged.has(name.study)) return null;
    try {
      const { path, handle } = await folder.create(name.study);
      return new EntryWriter(folder, name, path, handle, {
        grow: (bytes, whole) => this.#grow(bytes, whole),
        onTrouble: (error) => this.#onTrouble(error),
        onEnd: (written, digest) => {
          this.#index.release(written);
          if (digest === null) return;
          const bytes = sizeOnDisk(written + headBytes);
          this.#index.set({ ...name, bytes, usedAt: this.#options.clock(), checked: digest });
          if (this.#isInTrouble) this.#options.onRecovered();
          this.#isInTrouble = false;
        },
        clock: this.#options.clock,
      });
    } catch (error) {
      this.#onTrouble(error);
      return null;
    }
  }

  /** Takes all of a study away: entries, and what is to become one. Holds for all processes that share the folder. */
  async purge(origin: string, studyUid: string): Promise<void> {
    const folder = await this.#folderNow();
    if (folder === null) {
      // What is found there later may be of before.
      this.#validFrom = this.#options.clock();
      return;
    }
    const study = folder.studyOf(origin, studyUid);
    for (const name of this.#index.names) if (name.study === study) this.#index.delete(name);
    await this.#purge(folder, study);
  }

  /** Resolves when nothing is done to the folder any more. What is being written is discarded by its writer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#sweep) clearTimeout(this.#sweep);
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** null: it is damaged, or too old. */
  async #open(folder: CacheFolder, name: EntryName, identity: string, handle: FileHandle): Promise<StoredEntry | null> {
    const known = this.#index.get(name);
    const read = await readEntry(handle, identity, folder.key, known);
    const digest = read?.facts.digest.toString('hex') ?? null;
    if (read === null || !(known?.checked === digest || (await this.#check(name, handle, read.facts)))) {
      this.#damaged++;
      return null;
    }
    const { facts, bytes } = read;
    if (!this.#isGood(facts)) return null;
    await this.#noteUse(handle, { ...name, bytes: sizeOnDisk(facts.length + headBytes), checked: digest }, facts);
    if (bytes !== null) {
      await handle.close();
      return new StoredEntry(facts, { bytes });
    }
    const reopen = async (): Promise<FileHandle> => {
      const again = await folder.read(name);
      if ((await readEntry(again, identity, folder.key, known))?.facts.digest.equals(facts.digest)) return again;
      await again.close();
      throw new Error('The entry was replaced');
    };
    return new StoredEntry(facts, { handle, reopen });
  }

  #isGood({ storedAt }: EntryFacts): boolean {
    const now = this.#options.clock();
    // A clock that was set back makes nothing younger.
    const isOfNow = storedAt + this.#options.ttlMs > now && storedAt <= now + usedEveryMs;
    return isOfNow && storedAt > this.#validFrom;
  }

  async #noteUse(handle: FileHandle, entry: Omit<KnownEntry, 'usedAt'>, { storedAt }: EntryFacts): Promise<void> {
    const now = this.#options.clock();
    const usedAt = this.#index.peek(entry)?.usedAt ?? 0;
    const isNoted = now < usedAt + usedEveryMs;
    this.#index.set({ ...entry, usedAt: isNoted ? usedAt : now });
    // Where it cannot be written down (a file system that became read-only) the entry is as good as it was.
    if (!isNoted) await handle.utimes(now / 1000, storedAt / 1000).catch(() => {});
  }

  /** A body that many ask for at once is read through once. */
  #check(name: EntryName, handle: FileHandle, facts: EntryFacts): Promise<boolean> {
    const key = keyOf(name) + facts.digest.toString('hex');
    let check = this.#checks.get(key);
    if (check === undefined) {
      check = hasDigest(handle, facts).finally(() => this.#checks.delete(key));
      this.#checks.set(key, check);
    }
    return check;
  }

  /** Makes room for bytes that are about to be written. @throws {NoRoomError} */
  #grow(bytes: number, whole: number): void {
    if (whole > this.#options.maxEntryBytes) throw new NoRoomError('The body is larger than an entry may be');
    if (!this.#index.reserve(bytes)) {
      throw new NoRoomError('More is being stored at one time than the cache may hold');
    }
  }

  #removeSoon(name: EntryName): void {
    const key = keyOf(name);
    this.#inBackground(() => {
      const removal = this.#opened?.remove(name).finally(() => this.#removals.delete(key));
      if (removal) this.#removals.set(key, removal);
      return removal;
    });
  }

  #onTrouble(error: unknown): void {
    this.#offUntil = this.#options.clock() + this.#options.retryMs;
    // A disk that is full is everybody's: what it may be full of is given back in part.
    if (hasCode(error, 'ENOSPC', 'EDQUOT')) this.#index.shrink(0.875);
    if (!this.#isInTrouble) this.#options.onTrouble(error);
    this.#isInTrouble = true;
  }

  async #folderNow(): Promise<CacheFolder | null> {
    if (this.#opened !== null) return this.#opened;
    if (this.#isClosed || this.#options.clock() < this.#offUntil) return null;
    this.#folder ??= this.#openFolder().finally(() => {
      this.#folder = null;
    });
    try {
      this.#opened = await this.#folder;
      return this.#opened;
    } catch (error) {
      this.#onTrouble(error);
      return null;
    }
  }

  async #purge(folder: CacheFolder, study: string): Promise<void> {
    try {
      this.#inBackground(await folder.purge(study));
      this.#unpurged.delete(study);
    } catch (error) {
      this.#unpurged.add(study);
      this.#onTrouble(error);
    }
  }

  /** Learns what is in the folder; removes what is too old, and what is too much. */
  async #lookThrough(): Promise<void> {
    const began = performance.now();
    try {
      const folder = await this.#folderNow();
      if (folder !== null) await this.#lookThroughFolder(folder);
    } catch (error) {
      this.#onTrouble(error);
    }
    if (this.#isClosed) return;
    // Of a slow or a large folder, one part in twenty of the time.
    const pause = Math.max(this.#options.sweepMs, (performance.now() - began) * 20);
    this.#sweep = setTimeout(() => this.#inBackground(() => this.#lookThrough()), pause).unref();
  }

  async #lookThroughFolder(folder: CacheFolder): Promise<void> {
    for (const study of [...this.#unpurged]) await this.#purge(folder, study);
    const gone = new Map(this.#index.names.map((name) => [keyOf(name), name]));
    const now = this.#options.clock();
    const others: FoundEntry[] = [];
    for await (const found of folder.entries(now)) {
      if (this.#isClosed) return;
      gone.delete(keyOf(found));
      const known = this.#index.peek(found);
      if (found.storedAt + this.#options.ttlMs <= now) {
        this.#index.delete(found);
        await folder.remove(found);
      } else if (known === undefined) {
        others.push(found);
      } else if (found.usedAt > known.usedAt) {
        this.#index.set({ ...known, usedAt: found.usedAt });
      }
    }
    for (const name of gone.values()) this.#index.delete(name);
    for (const { study, entry, bytes, usedAt } of others.sort((a, b) => a.usedAt - b.usedAt)) {
      const known = { study, entry, bytes: sizeOnDisk(bytes), usedAt, checked: null };
      if (!this.#index.has(known)) this.#index.set(known);
    }
  }

  #inBackground(work: () => Promise<void> | undefined): void {
    const task = (async () => work())().finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }
}
