import type { ElementSyntax } from './data-element.ts';
import { Part10Error } from './part10-error.ts';
import { hexOfTag, type TagNumber } from './tags.ts';

/** Bytes that can be read anywhere: a Buffer, or a file of which only parts are at hand. */
export interface ByteSource {
  readonly length: number;
  readUInt8(at: number): number;
  readUInt16LE(at: number): number;
  readUInt16BE(at: number): number;
  readUInt32LE(at: number): number;
  readUInt32BE(at: number): number;
}

/** A position in the bytes of a data set, and what can be read there. Nothing is read beyond what is there. */
export class ByteCursor {
  readonly bytes: ByteSource;
  position: number;
  #contentEnd: number | undefined;

  constructor(bytes: ByteSource, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  /** The tag at the position, of an element or an item that ends by `end`: the shortest have 8 bytes. */
  tag(end: number, syntax: ElementSyntax): TagNumber {
    if (end - this.position < 8) throw new Part10Error('truncated', `Ends within an element, at byte ${end}`);
    return this.uint16(this.position, syntax) * 0x10000 + this.uint16(this.position + 2, syntax);
  }

  /** Two capital letters, or null. */
  vr(at: number): string | null {
    const first = this.bytes.readUInt8(at);
    const second = this.bytes.readUInt8(at + 1);
    return isCapital(first) && isCapital(second) ? String.fromCharCode(first, second) : null;
  }

  uint16(at: number, { littleEndian }: ElementSyntax): number {
    return littleEndian ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  uint32(at: number, { littleEndian }: ElementSyntax): number {
    return littleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  /** Whether only zeros follow. Where they start is looked for once: there may be as many as the file is long. */
  atTrailingZeros(): boolean {
    if (this.bytes.readUInt8(this.position) !== 0) return false;
    if (this.#contentEnd === undefined) {
      this.#contentEnd = this.bytes.length;
      while (this.#contentEnd > 0 && this.bytes.readUInt8(this.#contentEnd - 1) === 0) this.#contentEnd -= 1;
    }
    return this.position >= this.#contentEnd;
  }

  tooShort(tag: TagNumber, end: number): Part10Error {
    const reason = end === this.bytes.length ? 'truncated' : 'bad-encoding';
    return new Part10Error(reason, `${hexOfTag(tag)} is longer than what holds it, which ends at byte ${end}`);
  }

  unexpected(tag: TagNumber): Part10Error {
    return new Part10Error('bad-encoding', `${hexOfTag(tag)} is unexpected at byte ${this.position}`);
  }
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
