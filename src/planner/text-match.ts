import { FacadeError } from '../errors.ts';
import type { TextMatch } from './filter-input.ts';

/** One value to match, as the origin is asked for it and as its rows are checked again. */
export interface TextPattern {
  /** Value of a QIDO-RS match parameter, not yet percent-encoded (PS3.18 §8.3.4, PS3.4 C.2.2.2). */
  readonly query: string;
  readonly accepts: (value: string) => boolean;
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** Components that are empty at the end of a person name say nothing; spaces at both ends are padding. */
const normalise = (text: string): string => text.trim().replace(/\^+$/u, '');

/**
 * A comma would separate the values of a list where an origin has lists for every attribute (Orthanc), and a backslash
 * separates values in DICOM: any one character is asked for instead, and the rows are checked for the real one.
 */
const toQuery = (text: string): string => text.replace(/[,\\]/gu, '?');

function pattern(query: string, expression: string): TextPattern {
  const regExp = new RegExp(`^${expression}$`, 'isu');
  return { query: toQuery(query), accepts: (value) => regExp.test(normalise(value)) };
}

/**
 * Patterns of which a value must match one. Case-insensitive.
 *
 * @param argument - Path of the argument, for the error.
 * @throws {FacadeError} BAD_USER_INPUT: a literal `*` or `?`, which DICOM cannot escape, an empty text, or over 400 values.
 */
export function parseTextMatch(match: TextMatch, argument: string): readonly TextPattern[] {
  if (typeof match.wildcard === 'string') {
    const text = required(match.wildcard, `${argument}.wildcard`);
    const expression = Array.from(text, (c) => (c === '*' ? '.*' : c === '?' ? '.' : escapeRegExp(c))).join('');
    return [pattern(text, expression)];
  }
  if (typeof match.startsWith === 'string') {
    const text = literal(match.startsWith, `${argument}.startsWith`);
    return [pattern(`${text}*`, `${escapeRegExp(text)}.*`)];
  }
  if (typeof match.contains === 'string') {
    const text = literal(match.contains, `${argument}.contains`);
    return [pattern(`*${text}*`, `.*${escapeRegExp(text)}.*`)];
  }
  if (match.anyOf) {
    boundedList(match.anyOf, `${argument}.anyOf`);
    return match.anyOf.map((value, index) => exact(value, `${argument}.anyOf[${index}]`));
  }
  return [exact(match.equals ?? '', `${argument}.equals`)];
}

function exact(value: string, argument: string): TextPattern {
  const text = normalise(literal(value, argument));
  return pattern(text, escapeRegExp(text));
}

function literal(text: string, argument: string): string {
  if (/[*?]/u.test(text)) {
    throw new FacadeError('BAD_USER_INPUT', 'DICOM cannot escape * and ?: match a literal one with "wildcard"', {
      argument,
    });
  }
  return required(text, argument);
}

function required(text: string, argument: string): string {
  if (text.trim() === '') throw new FacadeError('BAD_USER_INPUT', 'An empty text matches nothing', { argument });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (text.length > 1024 || /[\u0000-\u001f\u007f]/u.test(text)) {
    throw new FacadeError('BAD_USER_INPUT', 'A text of at most 1024 characters, none of them a control character', {
      argument,
    });
  }
  return text;
}

/** @throws {FacadeError} BAD_USER_INPUT: more values than a list of the schema may hold. */
export function boundedList(values: readonly unknown[], argument: string, limit = 400): void {
  if (values.length > limit) {
    throw new FacadeError('BAD_USER_INPUT', `A list of ${values.length}, of at most ${limit}`, {
      argument,
      need: values.length,
      limit,
    });
  }
}
