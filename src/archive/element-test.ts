import type { JsonElement } from '../dicom/data-set.ts';
import { isUid } from '../dicom/uid.ts';
import { badRequest } from './problem.ts';
import { contains, dateInterval, dateTimeInterval, parseRange, type ReadInterval, timeInterval } from './range.ts';
import { matchesWildcard } from './wildcard.ts';

/** Whether an element of a data set, or its absence, satisfies what a query asks of it. */
export type ElementTest = (element: JsonElement | undefined) => boolean;

/** Text is compared without regard to case, and composed: archives in the field do so, PS3.4 asks it for PN only. */
const fold = (text: string): string => text.normalize('NFC').toLowerCase();
const keep = (text: string): string => text;

const intervals: Readonly<Record<string, ReadInterval>> = {
  DA: dateInterval,
  TM: timeInterval,
  DT: dateTimeInterval,
};
const textFolds: Readonly<Record<string, (text: string) => string>> = {
  AE: keep,
  CS: keep,
  LO: fold,
  LT: fold,
  SH: fold,
  ST: fold,
  UC: fold,
  UT: fold,
};
const numeric = new Set(['IS', 'DS', 'FL', 'FD', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
const exact = new Set(['AS', 'AT', 'UR']);

/**
 * Compiles what a query asks of one attribute: single value, wildcard, range or UID list, by its VR.
 *
 * An attribute with several values matches when one of them does. `null` stands for universal matching: everything
 * matches, also an object without the attribute.
 *
 * Readings taken where PS3.4 leaves room or archives differ:
 * - LO, LT, SH, ST, UC, UT and PN regardless of case; AE, CS, UI and the rest exactly.
 * - Numbers by value: `InstanceNumber=1` finds `01`.
 * - A time or date matches when its start lies in what is asked, at the precision it is asked with: `StudyTime=10` finds
 *   10:00 to 10:59.
 *
 * @param vr - By the dictionary; null for private attributes, whose VR each object tells.
 * @throws {ArchiveError} BAD_USER_INPUT: not a value that this VR can have, or one it cannot be matched on.
 * @see PS3.4 §C.2.2.2.1 to §C.2.2.2.5, PS3.18 §8.3.4.1
 */
export function compileElementTest(vr: string | null, asked: string): ElementTest | null {
  const value = asked.trim();
  if (value === '') return null;
  if (vr === null) return privateTest(value);
  if (vr === 'UI') return uidTest(value);
  const read = intervals[vr];
  if (read) {
    const range = parseRange(value, read);
    return ofStrings((text) => {
      const interval = read(text);
      return interval !== null && contains(range, interval);
    });
  }
  const foldText = textFolds[vr];
  if (foldText) return /^\*+$/.test(value) ? null : textTest(value, foldText);
  if (vr === 'PN') return /^\*+$/.test(value) ? null : personNameTest(value);
  if (numeric.has(vr)) return numberTest(value);
  if (exact.has(vr)) return ofStrings((text) => text === value);
  throw badRequest(`An attribute of VR ${vr} cannot be matched with a value`);
}

const textTest = (value: string, foldText: (text: string) => string): ElementTest => {
  const pattern = foldText(value);
  return ofStrings((text) => matchesWildcard(foldText(text), pattern));
};

function uidTest(value: string): ElementTest {
  const uids = new Set(parseUidList(value));
  return ofStrings((text) => uids.has(text));
}

/** @throws {ArchiveError} BAD_USER_INPUT: an entry is not a UID; lists are made with commas (PS3.18 §8.3.4.1). */
export function parseUidList(value: string): string[] {
  const uids = value.split(',').map((uid) => uid.trim());
  if (!uids.every(isUid)) throw badRequest('A UID to match is not a UID, or not a list of them made with commas');
  return uids;
}

function numberTest(value: string): ElementTest {
  const asked = Number(value);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) throw badRequest('A number to match is not a number');
  return (element) => (element?.Value ?? []).some((given) => given !== null && given !== '' && Number(given) === asked);
}

/**
 * Each component group (alphabetic, ideographic, phonetic) is compared on its own, any of them may match; a name asked
 * with `=` is compared group by group, and an empty group matches every one. Trailing `^` never count.
 */
function personNameTest(value: string): ElementTest {
  const asked = value.split('=').map(foldName);
  const [only] = asked;
  return (element) =>
    (element?.Value ?? []).some((name) => {
      const groups = nameGroups(name).map(foldName);
      if (asked.length === 1 && only !== undefined) return groups.some((g) => g !== '' && matchesWildcard(g, only));
      return asked.every((pattern, i) => pattern === '' || matchesWildcard(groups[i] ?? '', pattern));
    });
}

const foldName = (group: string): string => fold(group.trim().replace(/[\s^]+$/, ''));

function nameGroups(name: unknown): string[] {
  if (typeof name === 'string') return name.split('=');
  if (typeof name !== 'object' || name === null) return [];
  const groups = name as Readonly<Record<string, unknown>>;
  return ['Alphabetic', 'Ideographic', 'Phonetic'].map((key) => (typeof groups[key] === 'string' ? groups[key] : ''));
}

/** The VR is the object's own word; where what is asked makes no sense for it, the object does not match. */
function privateTest(value: string): ElementTest {
  const byVr = new Map<string, ElementTest | null>();
  return (element) => {
    const vr = element?.vr;
    if (vr === undefined) return false;
    let test = byVr.get(vr);
    if (test === undefined) {
      try {
        test = compileElementTest(vr, value);
      } catch {
        test = () => false;
      }
      byVr.set(vr, test);
    }
    return test === null || test(element);
  };
}

function ofStrings(test: (text: string) => boolean): ElementTest {
  return (element) => (element?.Value ?? []).some((text) => typeof text === 'string' && test(text.trim()));
}
