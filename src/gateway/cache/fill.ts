import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { SourcePayload } from '../source.ts';
import type { EntryWriter } from './entry-writer.ts';

const blockBytes = 64 * 1024;

/**
 * A body on its way from the origin to those who wait for it, and to the disk.
 *
 * It is written as fast as it comes; each reader takes what is new from memory, and what it is behind with from the file. So a
 * slow reader keeps back neither the others nor the origin, and no more than one chunk is held for all of them. Where the body
 * cannot be stored any further the file ends there: then each chunk is held until the slowest has taken it.
 *
 * It becomes an entry if and only if it came whole.
 */
export class Fill {
  readonly payload: SourcePayload;
  readonly #writer: EntryWriter;
  readonly #readers = new Set<FillReader>();
  #waiting: (() => void)[] = [];
  /** The newest chunk, and where it begins. */
  #chunk: Buffer = Buffer.alloc(0);
  #chunkAt = 0;
  /** Bytes that came. */
  #received = 0;
  /** Bytes that are in the file. */
  #stored = 0;
  #isStoring = true;
  #isWhole = false;
  #failure: Error | null = null;
  #isSettled = false;
  #running: Promise<void> | null = null;
  readonly #start: () => Promise<void>;

  /** @param onBytes - Told of what came from the origin. */
  constructor(payload: SourcePayload, writer: EntryWriter, identity: string, onBytes: (count: number) => void) {
    this.payload = payload;
    this.#writer = writer;
    this.#start = () => this.#run(identity, onBytes);
  }

  /** Resolves when nothing comes any more, and it is decided whether this became an entry. */
  get settled(): Promise<void> {
    this.#running ??= this.#start();
    return this.#running;
  }

  /** No byte is missing any more: as far as its length tells, it is about to be an entry. */
  get isWhole(): boolean {
    return this.#isWhole || this.#received === this.payload.contentLength;
  }

  /** Whether one who comes now can be given it from its beginning. */
  get isShared(): boolean {
    return this.#isStoring && this.#failure === null;
  }

  /** The body from its beginning. @param onClose - Called once: the reader is done, or gone. */
  read(onClose: () => void): Readable {
    const reader = new FillReader(this, () => {
      this.#readers.delete(reader);
      onClose();
      this.#wake();
      this.#closeFile();
    });
    this.#readers.add(reader);
    // Nothing may come, and go, before the first reader is there.
    this.#running ??= this.#start();
    return reader;
  }

  /** Ends it, where it is not whole: the origin's request, and what was written. */
  cancel(reason: Error): void {
    this.#running ??= this.#start();
    if (!this.isWhole) this.payload.body.destroy(reason);
  }

  /** The next bytes from a position on; null at the end. @throws What ended the body too early. */
  async next(position: number): Promise<Buffer | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (position >= this.#chunkAt && position < this.#received) return this.#chunk.subarray(position - this.#chunkAt);
      if (position < this.#stored) {
        const block = Buffer.allocUnsafe(Math.min(blockBytes, this.#stored - position));
        const count = await this.#writer.read(block, position);
        if (count === 0) throw new Error('The file is shorter than it was');
        return block.subarray(0, count);
      }
      if (this.#isWhole) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** A reader went on. */
  took(): void {
    if (!this.#isStoring) this.#wake();
  }

  async #run(identity: string, onBytes: (count: number) => void): Promise<void> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of this.payload.body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        onBytes(chunk.length);
        this.#chunk = chunk;
        this.#chunkAt = this.#received;
        this.#received += chunk.length;
        this.#wake();
        if (this.#isStoring) await this.#store(chunk);
        if (!this.#isStoring) await this.#allTook();
      }
      this.#isWhole = true;
      this.#wake();
      if (this.#isStoring) await this.#commit(hash.digest(), identity);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error('The body failed', { cause: error });
      for (const reader of this.#readers) reader.destroy(this.#failure);
      this.#wake();
    }
    await this.#writer.discard(); // what became an entry stays
    this.#isSettled = true;
    this.#closeFile();
  }

  async #store(chunk: Buffer): Promise<void> {
    try {
      await this.#writer.write(chunk);
      this.#stored += chunk.length;
    } catch {
      this.#isStoring = false;
      await this.#writer.discard();
    }
  }

  /** Resolves when no reader is behind with the newest chunk. */
  async #allTook(): Promise<void> {
    while ([...this.#readers].some((reader) => reader.position < this.#received)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #commit(digest: Buffer, identity: string): Promise<void> {
    const { mediaType, transferSyntaxUid, headers } = this.payload;
    const lastModified = headers.get('last-modified') ?? null;
    return this.#writer.commit({ mediaType, transferSyntaxUid, lastModified, digest }, identity);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #closeFile(): void {
    if (this.#isSettled && this.#readers.size === 0) void this.#writer.close();
  }
}

class FillReader extends Readable {
  readonly #fill: Fill;
  readonly #onClose: () => void;
  position = 0;

  constructor(fill: Fill, onClose: () => void) {
    super({ highWaterMark: blockBytes });
    this.#fill = fill;
    this.#onClose = onClose;
    // Before its reader listens an error must not end the process; the stream remembers it.
    this.on('error', () => {});
  }

  override _read(): void {
    this.#fill.next(this.position).then(
      (chunk) => {
        if (chunk === null) return void this.push(null);
        this.position += chunk.length;
        this.#fill.took();
        this.push(chunk);
      },
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onClose();
    callback(error);
  }
}
