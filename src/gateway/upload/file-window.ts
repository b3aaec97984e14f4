import type { FileSource } from '../../part10/read-identity.ts';

const blockBytes = 64 * 1024;

/** Reads numbers and runs of bytes anywhere in a file, with one block of it in memory. */
export class FileWindow implements FileSource {
  readonly length: number;
  readonly #read: (into: Buffer, at: number) => number;
  readonly #block = Buffer.alloc(blockBytes);
  #start = 0;
  #end = 0;

  /** @param read - Fills a buffer with the bytes from a position on; returns how many there were. */
  constructor(length: number, read: (into: Buffer, at: number) => number) {
    this.length = length;
    this.#read = read;
  }

  readUInt8(at: number): number {
    return this.#block.readUInt8(this.#offsetOf(at, 1));
  }

  readUInt16LE(at: number): number {
    return this.#block.readUInt16LE(this.#offsetOf(at, 2));
  }

  readUInt16BE(at: number): number {
    return this.#block.readUInt16BE(this.#offsetOf(at, 2));
  }

  readUInt32LE(at: number): number {
    return this.#block.readUInt32LE(this.#offsetOf(at, 4));
  }

  readUInt32BE(at: number): number {
    return this.#block.readUInt32BE(this.#offsetOf(at, 4));
  }

  subarray(start: number, end: number): Buffer {
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, this.length) - start));
    this.#fill(bytes, start);
    return bytes;
  }

  /** Where in the block `size` bytes from a position on are, once they are there. */
  #offsetOf(at: number, size: number): number {
    if (at < 0 || at + size > this.length) throw new RangeError('Beyond the end of the file');
    if (at < this.#start || at + size > this.#end) {
      // Readers go back too, from the end, so that the block begins before what is asked for.
      this.#start = Math.max(0, at - (at < this.#start ? blockBytes - size : 0));
      const wanted = this.#block.subarray(0, Math.min(blockBytes, this.length - this.#start));
      this.#fill(wanted, this.#start);
      this.#end = this.#start + wanted.length;
    }
    return at - this.#start;
  }

  #fill(into: Buffer, at: number): void {
    for (let filled = 0; filled < into.length; ) {
      const count = this.#read(into.subarray(filled), at + filled);
      if (count === 0) throw new Error('The file is shorter than it was');
      filled += count;
    }
  }
}
