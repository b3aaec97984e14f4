import { LinkGrantError } from './link-error.ts';

/** The longest encoding, in bytes. With its MAC it is a token of at most 4,096 characters. */
export const maxGrantBytes = 3_039;

const digits = '0123456789.';
const dot = 10;
const padding = 15;

/**
 * Writes a grant's fields one after the other into a buffer that is used again for the next grant.
 *
 * Every field says its own length or has a fixed one, and has one spelling: numbers without leading zero bytes,
 * UIDs with the longest shared beginning.
 */
export class ByteWriter {
  readonly bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.alloc(capacity);
  }

  byte(value: number): void {
    this.bytes[this.#advance(1)] = value;
  }

  /** LEB128: seven bits a byte, lowest first, the high bit says that more follow. From 0 to 2^53 - 1. */
  count(field: string, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
      throw new LinkGrantError(field, 'is not a whole number from 0 to 2^53 - 1');
    }
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** null is 0, a number one more than itself. */
  optionalCount(field: string, value: number | null): void {
    // -1 and its like would become 0, which is null.
    this.count(field, value === null ? 0 : value < 0 ? Number.NaN : value + 1);
  }

  /** null is 0; 0, 1, 2 are 1, 3, 5; -1, -2 are 2, 4. */
  optionalInteger(field: string, value: number | null): void {
    if (value === null) {
      this.byte(0);
      return;
    }
    if (!Number.isInteger(value) || Math.abs(value) > 0x7fffffff || Object.is(value, -0)) {
      throw new LinkGrantError(field, 'is not a whole number of 32 bits');
    }
    this.count(field, value < 0 ? -2 * value : 2 * value + 1);
  }

  uint32(field: string, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff || Object.is(value, -0)) {
      throw new LinkGrantError(field, 'is not a whole number from 0 to 2^32 - 1');
    }
    this.bytes.writeUInt32BE(value, this.#advance(4));
  }

  float64(field: string, value: number): void {
    if (!Number.isFinite(value)) throw new LinkGrantError(field, 'is not a finite number');
    this.bytes.writeDoubleBE(value, this.#advance(8));
  }

  /** Its length in bytes, then UTF-8. */
  text(field: string, value: string): void {
    // A lone surrogate would become U+FFFD, and two texts would share an encoding.
    if (!value.isWellFormed()) throw new LinkGrantError(field, 'is not Unicode text');
    const size = Buffer.byteLength(value);
    this.count(field, size);
    this.bytes.write(value, this.#advance(size), 'utf8');
  }

  /** null is 0; else one more than the length in bytes, then UTF-8. */
  optionalText(field: string, value: string | null): void {
    if (value === null) {
      this.byte(0);
      return;
    }
    if (!value.isWellFormed()) throw new LinkGrantError(field, 'is not Unicode text');
    const size = Buffer.byteLength(value);
    this.count(field, size + 1);
    this.bytes.write(value, this.#advance(size), 'utf8');
  }

  hex(field: string, value: string, size: number): void {
    if (value.length !== 2 * size || !/^[0-9a-f]*$/.test(value)) {
      throw new LinkGrantError(field, `is not ${2 * size} lower-case hex digits`);
    }
    this.bytes.write(value, this.#advance(size), 'hex');
  }

  /**
   * null is 0; else one more than the number of leading characters shared with `base`, the number of characters that
   * follow, and those in half a byte each (0 to 9, 10 a dot), high half first, an odd last half 15.
   *
   * @param base - '' or a UID already written: what is shared with it needs no second check.
   */
  optionalUid(field: string, value: string | null, base: string): void {
    if (value === null) {
      this.byte(0);
      return;
    }
    if (value.length === 0 || value.length > 64) throw new LinkGrantError(field, 'is not a UID');
    let shared = 0;
    while (shared < base.length && shared < value.length && base.charCodeAt(shared) === value.charCodeAt(shared)) {
      shared++;
    }
    this.byte(shared + 1);
    this.byte(value.length - shared);
    let before = shared === 0 ? dot : uidHalf(field, value, shared - 1, padding);
    for (let index = shared; index < value.length; index += 2) {
      const high = uidHalf(field, value, index, before);
      before = index + 1 < value.length ? uidHalf(field, value, index + 1, high) : padding;
      this.byte((high << 4) | before);
    }
    if (value.charCodeAt(value.length - 1) === 0x2e) throw new LinkGrantError(field, 'is not a UID');
  }

  #advance(size: number): number {
    const start = this.length;
    if (start + size > maxGrantBytes) {
      throw new LinkGrantError('the whole', 'is too long for a URL', 'REPRESENTATION_UNAVAILABLE');
    }
    this.length = start + size;
    return start;
  }
}

/** @param before - The half of the character before: a dot never follows one, nor begins a UID. */
function uidHalf(field: string, uid: string, index: number, before: number): number {
  const code = uid.charCodeAt(index);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code === 0x2e && before !== dot) return dot;
  throw new LinkGrantError(field, 'is not a UID');
}

/** The character of half a byte of a packed UID, or undefined for one that stands for none. */
export function uidCharacter(half: number): string | undefined {
  return digits[half];
}
