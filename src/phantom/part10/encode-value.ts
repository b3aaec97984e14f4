import type { TextEncoding } from './encode-text.ts';
import type { PhantomScalar } from './phantom-data-set.ts';

/** Longest value in characters (PS3.5 §6.2). PN: of one group. */
const maxLength: Readonly<Record<string, number>> = {
  AE: 16,
  AS: 4,
  CS: 16,
  DA: 8,
  DS: 16,
  DT: 26,
  IS: 12,
  LO: 64,
  LT: 10240,
  PN: 64,
  SH: 16,
  ST: 1024,
  TM: 14,
  UI: 64,
  UR: 65534,
  UC: 65534,
  UT: 65534,
};

/** What a value of these VRs looks like. */
const grammar: Readonly<Record<string, RegExp>> = {
  AS: /^\d{3}[DWMY]$/,
  CS: /^[A-Z0-9 _]*$/,
  DA: /^\d{8}$/,
  DS: /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/,
  IS: /^-?\d+$/,
  TM: /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/,
  UI: /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/,
};

/** Text that may have a character set of its own; all else is ASCII. */
const ownCharacters = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** One value, in which a backslash is a character like others. */
const singleValued = new Set(['LT', 'ST', 'UR', 'UT']);

/** Bytes of one number, and how to write it. */
const numbers: Readonly<Record<string, readonly [number, (into: Buffer, value: number, at: number) => void]>> = {
  US: [2, (into, value, at) => void into.writeUInt16LE(value, at)],
  SS: [2, (into, value, at) => void into.writeInt16LE(value, at)],
  UL: [4, (into, value, at) => void into.writeUInt32LE(value, at)],
  SL: [4, (into, value, at) => void into.writeInt32LE(value, at)],
  FL: [4, (into, value, at) => void into.writeFloatLE(value, at)],
  FD: [8, (into, value, at) => void into.writeDoubleLE(value, at)],
};

/**
 * The value field of an attribute that is neither binary nor a sequence: encoded, joined by backslashes, padded to an
 * even length.
 *
 * @throws {RangeError} A value that its VR does not allow: a fault in a phantom, found by its first test.
 */
export function encodeValues(vr: string, values: readonly PhantomScalar[], encodeText: TextEncoding): Buffer {
  const number = numbers[vr];
  if (number !== undefined) {
    const [size, write] = number;
    const bytes = Buffer.alloc(size * values.length);
    for (const [i, value] of values.entries()) write(bytes, Number(value), i * size);
    return bytes;
  }
  if (vr === 'AT') return Buffer.concat(values.map((value) => encodeTag(String(value))));
  if (singleValued.has(vr) && values.length > 1) throw new RangeError(`${vr} has one value`);
  const texts = values.map((value) => checkedText(vr, value));
  const encode = ownCharacters.has(vr) ? encodeText : (text: string) => Buffer.from(text, 'latin1');
  const bytes = encode(texts.join('\\'));
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(vr === 'UI' ? 0 : 0x20)]);
}

/** A tag as a value: group, then element, each little endian. */
function encodeTag(tag: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  return bytes;
}

function checkedText(vr: string, value: PhantomScalar): string {
  const text = typeof value === 'number' ? decimalText(vr, value) : value;
  if (text === '') return text;
  const groups = vr === 'PN' ? text.split('=') : [text];
  const longest = maxLength[vr];
  if (longest === undefined || groups.some((group) => [...group].length > longest)) {
    throw new RangeError(`A value of VR ${vr} is too long, or the VR is unknown`);
  }
  if (grammar[vr]?.test(text) === false) throw new RangeError(`"${text}" is not a value of VR ${vr}`);
  return text;
}

/** As many digits as 16 characters hold (DS); whole numbers for IS. */
function decimalText(vr: string, value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${vr} takes finite numbers only`);
  const text = String(value);
  if (vr !== 'DS' || text.length <= 16) return text;
  for (let digits = 15; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
  return text;
}
