import type { FileHandle } from 'node:fs/promises';
import type { CacheFolder, EntryName } from './cache-folder.ts';
import { type EntryFacts, encodeHead, headBytes } from './entry-file.ts';

/** A body does not become an entry, and that is nobody's fault: it is too large, or there is no room. */
export class NoRoomError extends Error {}

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
