import { uidCharacter } from './byte-writer.ts';
import { LinkInvalidError } from './link-error.ts';

/** Reads what a ByteWriter wrote; anything else is a {@link LinkInvalidError}. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#advance(1)] ?? 0;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte % 0x80) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > 0x80 ** 7) throw new LinkInvalidError();
      if (byte < 0x80) return value;
    }
  }

  optionalCount(): number | null {
    const value = this.count();
    return value === 0 ? null : value - 1;
  }

  optionalInteger(): number | null {
    const value = this.count();
    if (value === 0) return null;
    return value % 2 === 0 ? -value / 2 : (value - 1) / 2;
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  text(): string {
    return this.#utf8(this.count());
  }

  optionalText(): string | null {
    const size = this.count();
    return size === 0 ? null : this.#utf8(size - 1);
  }

  hex(size: number): string {
    const start = this.#advance(size);
    return this.#bytes.toString('hex', start, start + size);
  }

  optionalUid(base: string): string | null {
    const marker = this.byte();
    if (marker === 0) return null;
    const shared = marker - 1;
    if (shared > base.length) throw new LinkInvalidError();
    let uid = base.slice(0, shared);
    const size = this.byte();
    let pair = 0;
    for (let index = 0; index < size; index++) {
      if (index % 2 === 0) pair = this.byte();
      const character = uidCharacter(index % 2 === 0 ? pair >> 4 : pair & 0x0f);
      if (character === undefined) throw new LinkInvalidError();
      uid += character;
    }
    return uid;
  }

  #utf8(size: number): string {
    const start = this.#advance(size);
    return this.#bytes.toString('utf8', start, start + size);
  }

  #advance(size: number): number {
    const start = this.#position;
    if (start + size > this.#bytes.length) throw new LinkInvalidError();
    this.#position = start + size;
    return start;
  }
}
