import type { NumberVr } from './vr.ts';

/** One number of an element: its value, its text as the origin wrote it, and what is wrong with it (without the value). */
export interface NumberValue {
  readonly value: number | null;
  readonly raw: string | null;
  readonly problem: string | null;
}

const integerRanges: Readonly<Partial<Record<NumberVr, readonly [bigint, bigint]>>> = {
  IS: [-(2n ** 31n), 2n ** 31n - 1n],
  SL: [-(2n ** 31n), 2n ** 31n - 1n],
  SS: [-(2n ** 15n), 2n ** 15n - 1n],
  SV: [-(2n ** 63n), 2n ** 63n - 1n],
  UL: [0n, 2n ** 32n - 1n],
  US: [0n, 2n ** 16n - 1n],
  UV: [0n, 2n ** 64n - 1n],
};

const largestFloat = 3.4028234663852886e38;
const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(?:nan|inf(?:inity)?)$/i;
/** DS has 16 characters, UV 20; a double written in full has fewer than this. */
const maxTextLength = 64;

/**
 * Reads one value of a numeric VR: a JSON number, or a text as PS3.18 §F.2.3 allows for DS, IS, SV and UV. A text is
 * taken for the other VRs too, since it can mean nothing else.
 *
 * DICOM JSON has no NaN and no infinity. Archives write them as `"NaN"`, `"Infinity"` and as the largest float or
 * double: all are null, with the text kept. So is a value outside its VR's range, or a fraction where an integer
 * belongs. A 64-bit integer beyond 2^53 gives the nearest double, and says so: `raw` has the digits where the archive
 * sent text.
 */
export function parseNumberValue(vr: NumberVr, json: unknown): NumberValue {
  if (json === null || json === undefined) return { value: null, raw: null, problem: null };
  if (typeof json === 'number') return fromNumber(vr, json, String(json));
  if (typeof json !== 'string') return { value: null, raw: null, problem: 'not a number' };
  const text = json.replace(/[ \0]+$/, '').trimStart();
  if (text === '') return { value: null, raw: null, problem: null };
  if (notFinite.test(text)) return { value: null, raw: json, problem: 'not a finite number' };
  const grammar = integerRanges[vr] ? integer : decimal;
  if (text.length > maxTextLength || !grammar.test(text)) return { value: null, raw: json, problem: notOne(vr) };
  const range = integerRanges[vr];
  return range ? fromInteger(BigInt(text.replace('+', '')), range, json) : fromNumber(vr, Number(text), json);
}

function fromNumber(vr: NumberVr, value: number, raw: string): NumberValue {
  const range = integerRanges[vr];
  if (!Number.isFinite(value)) return { value: null, raw, problem: 'not a finite number' };
  if (range) {
    return Number.isInteger(value) ? fromInteger(BigInt(value), range, raw) : { value: null, raw, problem: notOne(vr) };
  }
  const size = Math.abs(value);
  const standsForInfinity = size === Number.MAX_VALUE || (vr === 'FL' && size >= largestFloat);
  return standsForInfinity ? { value: null, raw, problem: 'not a finite number' } : { value, raw, problem: null };
}

function fromInteger(value: bigint, [least, most]: readonly [bigint, bigint], raw: string): NumberValue {
  if (value < least || value > most) return { value: null, raw, problem: 'out of range' };
  const rounded = Number(value);
  return { value: rounded, raw, problem: Number.isSafeInteger(rounded) ? null : 'beyond 2^53, rounded' };
}

function notOne(vr: NumberVr): string {
  return integerRanges[vr] ? 'not an integer' : 'not a number';
}
