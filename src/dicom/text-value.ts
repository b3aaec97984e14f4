import { parseDa, parseDt, parseTm } from './date-time.ts';
import { isUid } from './uid.ts';
import type { TextVr } from './vr.ts';

/** One text of an element and what is wrong with it (without the value). */
export interface TextValue {
  readonly value: string | null;
  readonly problem: string | null;
}

/** VRs in which leading spaces mean nothing (PS3.5 §6.2); in the others only trailing ones do. */
const leadingSpacesMeanNothing: ReadonlySet<TextVr> = new Set(['AE', 'CS', 'LO', 'SH', 'UI']);

const problems: Readonly<Partial<Record<TextVr, (text: string) => string | null>>> = {
  AS: (text) => (/^\d{3}[DWMY]$/.test(text) ? null : 'not an age'),
  AT: (text) => (/^[0-9A-Fa-f]{8}$/.test(text) ? null : 'not a tag'),
  DA: (text) => (parseDa(text) === null ? 'not a date' : null),
  DT: (text) => (parseDt(text) === null ? 'not a date and time' : null),
  TM: (text) => (parseTm(text) === null ? 'not a time' : null),
  UI: (text) => (isUid(text) ? null : 'not a UID'),
};

/**
 * Reads one value of a text VR, without its padding. A text that its VR does not allow is kept, with the problem told:
 * what is typed (dates, UIDs) is null then, and this is where the text stays readable.
 */
export function parseTextValue(vr: TextVr, json: unknown): TextValue {
  if (json === null || json === undefined) return { value: null, problem: null };
  if (typeof json === 'number' || typeof json === 'boolean') return { value: String(json), problem: 'not a text' };
  if (typeof json !== 'string') return { value: null, problem: 'not a text' };
  const unpadded = json.replace(/[ \0]+$/, '');
  const text = leadingSpacesMeanNothing.has(vr) ? unpadded.trimStart() : unpadded;
  if (text === '') return { value: null, problem: null };
  return { value: vr === 'AT' ? text.toUpperCase() : text, problem: problems[vr]?.(text) ?? null };
}
