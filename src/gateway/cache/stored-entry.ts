import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FacadeError } from '../../errors.ts';
import { WholeBody } from '../../mime/whole-body.ts';
import { type EntryFacts, headBytes } from './entry-file.ts';
import { FileRange } from './file-range.ts';

interface OpenEntry {
  readonly handle: FileHandle;
  /** Opens the same file again. */
  readonly reopen: () => Promise<FileHandle>;
}

/**
 * An entry, opened. It is given while its file is evicted or purged all the same. Either `body` is read or destroyed; ranges
 * are opened besides.
 */
export class StoredEntry {
  readonly facts: EntryFacts;
  readonly #content: { readonly bytes: Buffer } | OpenEntry;
  #uses = 0;
  #isClosed = false;

  constructor(facts: EntryFacts, content: { readonly bytes: Buffer } | OpenEntry) {
    this.facts = facts;
    this.#content = content;
  }

  /** Strong: it is the digest of the content. */
  get etag(): string {
    return `"${this.facts.digest.toString('base64url')}"`;
  }

  open(): Readable {
    const content = this.#content;
    if ('bytes' in content) return new WholeBody(content.bytes);
    return this.#range(content.handle, 0, this.facts.length - 1);
  }

  /** @param end - Inclusive. */
  async openRange(start: number, end: number): Promise<Readable> {
    const content = this.#content;
    if ('bytes' in content) return new WholeBody(content.bytes.subarray(start, end + 1));
    if (!this.#isClosed) return this.#range(content.handle, start, end);
    // The body was let go of first, and the file with it.
    try {
      const handle = await content.reopen();
      return rangeOf(handle, start, end, () => void handle.close().catch(() => {}));
    } catch (error) {
      throw new FacadeError('UNAVAILABLE', 'What was kept is gone', { retryable: true }, { cause: error });
    }
  }

  #range(handle: FileHandle, start: number, end: number): Readable {
    this.#uses++;
    return rangeOf(handle, start, end, () => {
      if (--this.#uses > 0) return;
      this.#isClosed = true;
      void handle.close().catch(() => {});
    });
  }
}

function rangeOf(handle: FileHandle, start: number, end: number, onClose: () => void): Readable {
  const read = async (into: Buffer, position: number): Promise<number> =>
    (await handle.read(into, 0, into.length, headBytes + position)).bytesRead;
  return new FileRange(read, start, end - start + 1, onClose);
}
