import type { DataSet } from '../../dicom/data-set.ts';
import { entryOfKeyword, entryOfTag } from '../../dicom/dictionary.ts';
import { isTag, type Tag } from '../../dicom/tag.ts';
import { isUid } from '../../dicom/uid.ts';
import { badParameter } from './root-parameters.ts';

/** Whether a row is what a key asks for; null: the row does not tell. */
export type RowTest = (row: DataSet) => boolean | null;

/** The attribute that a key or `includefield` names by keyword or tag; null for none of the dictionary. */
export function attributeOf(name: string): Tag | null {
  const digits = name.toUpperCase();
  if (isTag(digits)) return entryOfTag(digits) ? digits : null;
  return entryOfKeyword(name)?.tag ?? null;
}

/**
 * Makes the test that rows are checked with again, whatever the origin did with the key (PS3.18 §8.3.4.1). Text is compared
 * without regard to case, which some origins look at and others do not.
 *
 * @returns null where the key matches anything (universal matching).
 * @throws {FacadeError} BAD_USER_INPUT: a value that the attribute cannot have, or an attribute that is not matched here.
 */
export function compileRowTest(tag: Tag, value: string): RowTest | null {
  const vr = entryOfTag(tag)?.vr[0] ?? '';
  if (value === '' || value === '*') return null;
  const matches = testOf(vr, value);
  return (row) => {
    const element = row.element(tag);
    if (element === undefined) return null;
    return valuesOf(row, tag).some(matches);
  };
}

function valuesOf(row: DataSet, tag: Tag): readonly string[] {
  const element = row.element(tag);
  if (element?.kind === 'number') return element.values.flatMap((value) => (value === null ? [] : [String(value)]));
  if (element?.kind === 'text') return element.values.flatMap((value) => (value === null ? [] : [value]));
  if (element?.kind !== 'personName') return [];
  return element.values.flatMap((name) => {
    const groups = [name?.alphabetic, name?.ideographic, name?.phonetic].flatMap((group) => group?.raw ?? []);
    return name === null ? [] : [name.raw, ...groups];
  });
}

function testOf(vr: string, value: string): (given: string) => boolean {
  switch (vr) {
    case 'UI':
      return listTest(value.split(/[,\\]/), isUid);
    case 'CS':
      return anyOf(value.split(/[,\\]/).map(wildcard));
    case 'AE':
    case 'AS':
    case 'LO':
    case 'LT':
    case 'PN':
    case 'SH':
    case 'ST':
    case 'UC':
    case 'UR':
    case 'UT':
      return wildcard(value);
    case 'DA':
      return rangeTest(value, /^\d{8}$/);
    case 'TM':
      return rangeTest(value, /^\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?$/);
    case 'IS':
    case 'US':
    case 'UL':
    case 'SS':
    case 'SL':
    case 'DS':
    case 'FL':
    case 'FD':
      return numberTest(value);
    default:
      throw badParameter('Attributes of this kind are not matched below a root');
  }
}

function listTest(values: readonly string[], isValid: (value: string) => boolean): (given: string) => boolean {
  if (!values.every(isValid)) throw badParameter('A UID to match is not a UID');
  return (given) => values.includes(given);
}

const anyOf =
  (tests: readonly ((given: string) => boolean)[]) =>
  (given: string): boolean =>
    tests.some((test) => test(given));

/** More than three groups of a name, of 64 characters each (PS3.5 §6.2). */
const maxPatternCharacters = 256;

/**
 * `*` for any characters, `?` for one (PS3.4 §C.2.2.2.4). Of several `*` only the last is tried again, so that the steps are at
 * the worst as many as characters of the text times those of the pattern, whose number is bounded for that.
 *
 * @throws {FacadeError} BAD_USER_INPUT: a longer pattern.
 */
function wildcard(pattern: string): (given: string) => boolean {
  const wanted = [...fold(pattern)];
  if (wanted.length > maxPatternCharacters) {
    throw badParameter(`A text to match has at most ${maxPatternCharacters} characters`);
  }
  return (given) => {
    const text = [...fold(given)];
    let [at, next, star, restart] = [0, 0, -1, 0];
    while (at < text.length) {
      if (wanted[next] === '*') [star, restart, next] = [next, at, next + 1];
      else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === text[at]))
        [at, next] = [at + 1, next + 1];
      else if (star >= 0) [restart, at, next] = [restart + 1, restart + 1, star + 1];
      else return false;
    }
    return wanted.slice(next).every((character) => character === '*');
  };
}

const fold = (text: string): string => text.trim().normalize('NFC').toLowerCase();

/** One, or from one to another with either end open. What is less precise begins at its beginning. */
function rangeTest(value: string, grammar: RegExp): (given: string) => boolean {
  const [from = '', to = from, ...more] = value.split('-');
  const isOpen = value.includes('-') && (from === '') !== (to === '');
  if (more.length > 0 || ![from, to].every((end) => grammar.test(end) || (end === '' && isOpen))) {
    throw badParameter('A date or time to match is neither one nor a range of them');
  }
  return (given) => (from === '' || given >= from) && (to === '' || given.slice(0, to.length) <= to);
}

function numberTest(value: string): (given: string) => boolean {
  const wanted = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(wanted)) throw badParameter('A number to match is not a number');
  return (given) => Number(given) === wanted;
}
