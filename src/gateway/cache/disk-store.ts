import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { CacheFolder, type EntryName, type OpenFile } from './cache-folder.ts';
import { decodeHead, type EntryFacts, encodeHead, headBytes } from './entry-file.ts';
import { hasCode } from './folder-key.ts';
import type { PayloadIdentity } from './payload-identity.ts';
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

interface Known extends EntryName {
  readonly bytes: number;
  /** When its use was last written down. */
  usedAt: number;
  /** Digest of the body as this process wrote it or checked it, in hex; null: not yet. */
  checked: string | null;
}

/** Uses are written down for other processes, and for after a restart; not each. */
const usedEveryMs = 60_000;
const blockBytes = 64 * 1024;
const pageBytes = 4096;

/** A body that does not become an entry, and why is nobody's fault: it is too large, or there is no room. */
export class NoRoomError extends Error {}

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
  readonly #index: LRUCache<string, Known>;
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
  #writing = 0;
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
    this.#index = new LRUCache({
      maxSize: Math.max(1, options.maxBytes),
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (known, _key, reason) => {
        if (reason !== 'evict') return;
        this.#evicted++;
        this.#removeSoon(known);
      },
    });
    this.#inBackground(() => this.#lookThrough());
  }

  get counts(): DiskStoreCounts {
    return {
      entries: this.#index.size,
      bytes: this.#index.calculatedSize + this.#writing,
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
    return this.#index.has(keyOf(name));
  }

  /** @param identity - Of the name, as text. */
  async find(name: EntryName, identity: string): Promise<StoredEntry | null> {
    const folder = this.#opened;
    if (folder === null || this.#unpurged.has(name.study)) return null;
    await this.#removals.get(keyOf(name));
    let handle: FileHandle | null = null;
    try {
      handle = await folder.read(name);
      const entry = await this.#readEntry(folder, name, identity, handle);
      if (entry !== null) {
        handle = null; // the entry's from here on
        return entry;
      }
      this.#forget(name);
      await folder.remove(name);
    } catch (error) {
      this.#forget(name);
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
          this.#writing -= written;
          if (digest === null) return;
          const bytes = sizeOnDisk(written + headBytes);
          this.#add({ ...name, bytes, usedAt: this.#options.clock(), checked: digest });
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
    for (const key of [...this.#index.keys()]) if (key.startsWith(study)) this.#index.delete(key);
    await this.#purge(folder, study);
  }

  /** Resolves when nothing is done to the folder any more. What is being written is discarded by its writer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#sweep) clearTimeout(this.#sweep);
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  async #readEntry(
    folder: CacheFolder,
    name: EntryName,
    identity: string,
    handle: FileHandle,
  ): Promise<StoredEntry | null> {
    const known = this.#index.get(keyOf(name));
    const block = Buffer.allocUnsafe(Math.min(known?.bytes ?? blockBytes, blockBytes));
    const { bytesRead } = await handle.read(block, 0, block.length, 0);
    const facts = decodeHead(block.subarray(0, bytesRead), identity, folder.key);
    const now = this.#options.clock();
    const digest = facts?.digest.toString('hex') ?? '';
    if (facts === null || !(known?.checked === digest || (await this.#check(name, handle, facts)))) {
      this.#damaged++;
      return null;
    }
    // A clock that was set back makes nothing younger.
    if (facts.storedAt + this.#options.ttlMs <= now || facts.storedAt > now + usedEveryMs) return null;
    if (facts.storedAt <= this.#validFrom) return null;
    const bytes = sizeOnDisk(facts.length + headBytes);
    const usedAt = known?.usedAt ?? 0;
    const isNoted = now < usedAt + usedEveryMs;
    this.#add({ ...name, bytes, usedAt: isNoted ? usedAt : now, checked: digest });
    if (!isNoted) await handle.utimes(now / 1000, facts.storedAt / 1000);
    const isSmall = headBytes + facts.length <= bytesRead;
    if (isSmall) {
      await handle.close();
      return new StoredEntry(facts, { bytes: block.subarray(headBytes, headBytes + facts.length) });
    }
    const reopen = async (): Promise<FileHandle> => {
      const again = await folder.read(name);
      const head = Buffer.alloc(headBytes);
      await again.read(head, 0, headBytes, 0);
      if (decodeHead(head, identity, folder.key)?.digest.equals(facts.digest)) return again;
      await again.close();
      throw new Error('The entry was replaced');
    };
    return new StoredEntry(facts, { handle, reopen });
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
    this.#writing += bytes;
    this.#keepBounds();
    if (this.#writing <= this.#options.maxBytes) return;
    this.#writing -= bytes;
    throw new NoRoomError('More is being stored at one time than the cache may hold');
  }

  #keepBounds(): void {
    const { maxBytes, maxEntries } = this.#options;
    while (this.#index.size > maxEntries || this.#index.calculatedSize > maxBytes - this.#writing) {
      if (this.#index.pop() === undefined) return;
    }
  }

  /** Notes an entry that is there. */
  #add(known: Known): void {
    this.#index.set(keyOf(known), known);
    // The index takes none that is larger than all of it.
    if (!this.#index.has(keyOf(known))) this.#removeSoon(known);
    this.#keepBounds();
  }

  #removeSoon(name: EntryName): void {
    const key = keyOf(name);
    this.#inBackground(() => {
      const removal = this.#opened?.remove(name).finally(() => this.#removals.delete(key));
      if (removal) this.#removals.set(key, removal);
      return removal;
    });
  }

  #forget(name: EntryName): void {
    this.#index.delete(keyOf(name));
  }

  #onTrouble(error: unknown): void {
    this.#offUntil = this.#options.clock() + this.#options.retryMs;
    // A disk that is full is everybody's: what it may be full of is given back in part.
    if (hasCode(error, 'ENOSPC', 'EDQUOT')) {
      const enough = this.#index.calculatedSize * 0.875;
      while (this.#index.calculatedSize > enough && this.#index.pop() !== undefined);
    }
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
    const before = new Set(this.#index.keys());
    const now = this.#options.clock();
    const others: Known[] = [];
    for await (const { study, entry, bytes, storedAt, usedAt } of folder.entries(now)) {
      if (this.#isClosed) return;
      const name = { study, entry };
      const key = keyOf(name);
      const known = this.#index.peek(key);
      before.delete(key);
      if (storedAt + this.#options.ttlMs <= now) {
        this.#forget(name);
        await folder.remove(name);
      } else if (known === undefined) {
        others.push({ ...name, bytes: sizeOnDisk(bytes), usedAt, checked: null });
      } else if (usedAt > known.usedAt) {
        known.usedAt = usedAt;
        this.#index.get(key);
      }
    }
    for (const gone of before) this.#index.delete(gone);
    others.sort((a, b) => a.usedAt - b.usedAt);
    for (const known of others) {
      if (!this.#index.has(keyOf(known))) this.#add(known);
    }
  }

  #inBackground(work: () => Promise<void> | undefined): void {
    const task = (async () => work())().finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }
}

interface WriterHooks {
  /** @param whole - Of the body, with these. @throws {NoRoomError} */
  readonly grow: (bytes: number, whole: number) => void;
  readonly onTrouble: (error: unknown) => void;
  /** Called once, with the bytes that were written. @param digest - In hex; null: it did not become an entry. */
  readonly onEnd: (written: number, digest: string | null) => void;
  readonly clock: () => number;
}

/** A body that is to become an entry. What is written of it can be read while it grows. */
export class EntryWriter {
  readonly #folder: CacheFolder;
  readonly #name: EntryName;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hooks: WriterHooks;
  #written = 0;
  #isEnded = false;

  constructor(folder: CacheFolder, name: EntryName, path: string, handle: FileHandle, hooks: WriterHooks) {
    this.#folder = folder;
    this.#name = name;
    this.#path = path;
    this.#handle = handle;
    this.#hooks = hooks;
  }

  /** @throws {NoRoomError} @throws What the file system throws; `onTrouble` was told. */
  async write(chunk: Buffer): Promise<void> {
    this.#hooks.grow(chunk.length, this.#written + chunk.length);
    const start = this.#written;
    this.#written += chunk.length;
    try {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, headBytes + start + done);
        done += bytesWritten;
      }
    } catch (error) {
      this.#hooks.onTrouble(error);
      throw error;
    }
  }

  /** Bytes of the body that were written; until {@link close}. */
  async read(into: Buffer, position: number): Promise<number> {
    const { bytesRead } = await this.#handle.read(into, 0, into.length, headBytes + position);
    return bytesRead;
  }

  /** Whether it can still become an entry: nobody took its study away. */
  async isThere(): Promise<boolean> {
    return this.#folder.isThere(this.#path).catch(() => false);
  }

  /** Makes it an entry, where that can be. Never throws. */
  async commit(facts: Omit<EntryFacts, 'length' | 'storedAt'>, identity: string): Promise<void> {
    const complete = { ...facts, length: this.#written, storedAt: this.#hooks.clock() };
    const head = encodeHead(complete, identity, this.#folder.key);
    try {
      if (head === null) return await this.discard();
      await this.#handle.write(head, 0, headBytes, 0);
      const isEntry = await this.#folder.publish(this.#path, this.#name);
      this.#end(isEntry ? facts.digest.toString('hex') : null);
    } catch (error) {
      this.#hooks.onTrouble(error);
      await this.discard();
    }
  }

  /** Gives up: it does not become an entry. What was written can still be read. */
  async discard(): Promise<void> {
    if (this.#isEnded) return;
    this.#end(null);
    await this.#folder.remove({ path: this.#path, study: this.#name.study });
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }

  #end(digest: string | null): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#hooks.onEnd(this.#written, digest);
  }
}

const keyOf = ({ study, entry }: EntryName): string => study + entry;

const sizeOnDisk = (bytes: number): number => Math.max(1, Math.ceil(bytes / pageBytes)) * pageBytes;

/** Whether the body of a file is the one that its head tells of. */
async function hasDigest(handle: FileHandle, { length, digest }: EntryFacts): Promise<boolean> {
  if ((await handle.stat()).size !== headBytes + length) return false;
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockBytes);
  for (let position = headBytes; position < headBytes + length; ) {
    const { bytesRead } = await handle.read(block, 0, block.length, position);
    if (bytesRead === 0) return false;
    hash.update(block.subarray(0, bytesRead));
    position += bytesRead;
  }
  return hash.digest().equals(digest);
}
