import { Readable } from 'node:stream';
import { bufferBytes, giveBack, lendBuffer, lends } from '../../mime/read-buffers.ts';

/** Fills a buffer from a position on; tells how many bytes there were. */
export type ReadAt = (into: Buffer, position: number) => Promise<number>;

/** A run of bytes of a file, read as its reader takes them. */
export class FileRange extends Readable {
  readonly #read: ReadAt;
  readonly #onClose: () => void;
  #position: number;
  #left: number;
  #reading: Promise<void> = Promise.resolve();

  /** @param onClose - Called once, when nothing is read any more. */
  constructor(read: ReadAt, position: number, length: number, onClose: () => void) {
    super({ highWaterMark: bufferBytes });
    lends(this);
    this.#read = read;
    this.#position = position;
    this.#left = length;
    this.#onClose = onClose;
    // Before its reader listens an error must not end the process; the stream remembers it.
    this.on('error', () => {});
  }

  override _read(): void {
    this.#reading = this.#next();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    void this.#reading.then(() => {
      this.#onClose();
      callback(error);
    });
  }

  async #next(): Promise<void> {
    try {
      if (this.#left === 0) return void this.push(null);
      const block = lendBuffer(Math.min(bufferBytes, this.#left));
      const count = await this.#read(block, this.#position);
      if (count === 0) throw new Error('The file is shorter than it was');
      this.#position += count;
      this.#left -= count;
      this.push(block.subarray(0, count));
      if (count < block.length) giveBack(block.subarray(count));
      if (this.#left === 0) this.push(null);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('The file cannot be read', { cause: error }));
    }
  }
}
