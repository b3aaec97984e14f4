import type { CharacterSet } from './character-set.ts';
import { decodeText, hasOwnCharacters, trimmed } from './text.ts';

/** A value as DICOM JSON has it: null is an empty one among others (PS3.18 §F.2.5). */
export type JsonValue = string | number | Readonly<Record<string, string>> | null;

type Read = (bytes: Buffer, at: number, littleEndian: boolean) => JsonValue;

const numbers: Readonly<Record<string, { readonly size: number; readonly read: Read }>> = {
  US: { size: 2, read: (b, at, le) => (le ? b.readUInt16LE(at) : b.readUInt16BE(at)) },
  SS: { size: 2, read: (b, at, le) => (le ? b.readInt16LE(at) : b.readInt16BE(at)) },
  UL: { size: 4, read: (b, at, le) => (le ? b.readUInt32LE(at) : b.readUInt32BE(at)) },
  SL: { size: 4, read: (b, at, le) => (le ? b.readInt32LE(at) : b.readInt32BE(at)) },
  UV: { size: 8, read: (b, at, le) => exact(le ? b.readBigUInt64LE(at) : b.readBigUInt64BE(at)) },
  SV: { size: 8, read: (b, at, le) => exact(le ? b.readBigInt64LE(at) : b.readBigInt64BE(at)) },
  FL: { size: 4, read: (b, at, le) => finite(le ? b.readFloatLE(at) : b.readFloatBE(at)) },
  FD: { size: 8, read: (b, at, le) => finite(le ? b.readDoubleLE(at) : b.readDoubleBE(at)) },
  AT: { size: 4, read: attributeTag },
};

/** VRs of one value, in which a backslash is text (PS3.5 §6.2). */
const unsplit = new Set(['LT', 'ST', 'UT', 'UR']);
/** VRs whose leading spaces are not significant either. */
const trimmedOnBothSides = new Set(['AE', 'CS', 'DS', 'IS', 'LO', 'SH']);

/**
 * The values of an element other than a sequence or a binary one, as DICOM JSON (PS3.18 §F.2.3).
 *
 * DS and IS are numbers where the number prints as it was written, else strings (`1.50`, `007`, `1A`): a reader gets the
 * text either way. UV and SV beyond what a double holds are strings. NaN and infinity have no JSON number; the names
 * `NaN`, `Infinity`, `-Infinity` stand for them.
 *
 * @returns An empty array for an empty value; null where the length is not a multiple of the VR's.
 */
export function valuesOf(
  bytes: Buffer,
  vr: string,
  littleEndian: boolean,
  characters: CharacterSet,
): readonly JsonValue[] | null {
  const number = numbers[vr];
  if (number) {
    if (bytes.length % number.size !== 0) return null;
    const values: JsonValue[] = [];
    for (let at = 0; at < bytes.length; at += number.size) values.push(number.read(bytes, at, littleEndian));
    return values;
  }
  const text = hasOwnCharacters(vr) ? decodeText(bytes, vr, characters) : bytes.toString('latin1');
  const where = trimmedOnBothSides.has(vr) ? 'both' : 'end';
  const texts = (unsplit.has(vr) ? [text] : text.split('\\')).map((value) => trimmed(value, where));
  if (texts.length === 1 && texts[0] === '') return [];
  return texts.map((value) => {
    if (value === '') return null;
    if (vr === 'PN') return personName(value);
    return (vr === 'DS' || vr === 'IS') && String(Number(value)) === value && Number.isFinite(Number(value))
      ? Number(value)
      : value;
  });
}

/** Component groups by name, those that are not empty (PS3.18 §F.2.2; PS3.5 §6.2.1.1). */
function personName(text: string): JsonValue {
  const [alphabetic = '', ideographic = '', ...phonetic] = text.split('=').map((group) => trimmed(group, 'end'));
  const groups = { Alphabetic: alphabetic, Ideographic: ideographic, Phonetic: phonetic.join('=') };
  const present = Object.entries(groups).filter(([, group]) => group !== '');
  return present.length === 0 ? null : Object.fromEntries(present);
}

function attributeTag(bytes: Buffer, at: number, littleEndian: boolean): string {
  const part = (offset: number): string =>
    (littleEndian ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset)).toString(16).padStart(4, '0');
  return `${part(at)}${part(at + 2)}`.toUpperCase();
}

function exact(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function finite(value: number): JsonValue {
  return Number.isFinite(value) ? value : String(value);
}
