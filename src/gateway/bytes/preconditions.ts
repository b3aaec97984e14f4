import type { IncomingHttpHeaders } from 'node:http';
import { FacadeError } from '../../errors.ts';

/** 412: the client insists on a version that is not there (If-Match, If-Unmodified-Since). */
export class PreconditionError extends FacadeError {
  readonly status = 412;

  constructor() {
    super('BAD_USER_INPUT', 'There is no such version');
  }
}

/** What tells one version of a body from another. */
export interface Validators {
  /** As it is sent: quoted, with `W/` where it is weak. */
  readonly etag: string | null;
  /** Milliseconds since the epoch. */
  readonly lastModified: number | null;
}

/**
 * Whether a GET or HEAD is to be answered, in the order of RFC 9110 §13.2.2.
 *
 * @returns `unchanged`: 304, the client has it. `failed`: 412, it is another version than the client insists on.
 */
export function judgePreconditions(
  headers: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
): 'send' | 'unchanged' | 'failed' {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const modified = lastModified === null ? null : wholeSeconds(lastModified);
  if (ifMatch !== undefined) {
    if (!isListed(ifMatch, etag, isSameStrong)) return 'failed';
  } else if (modified !== null && modified > dateOf(headers['if-unmodified-since'], Number.POSITIVE_INFINITY)) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) return isListed(ifNoneMatch, etag, isSameWeak) ? 'unchanged' : 'send';
  const isOld = modified !== null && modified <= dateOf(headers['if-modified-since'], Number.NEGATIVE_INFINITY);
  return isOld ? 'unchanged' : 'send';
}

/**
 * Whether a range continues what the client has: only where it is certain that the bytes are the same.
 *
 * @param now - Milliseconds since the epoch. A date tells versions apart only once its second is over (RFC 9110 §8.8.2.2).
 * @see RFC 9110 §13.1.5
 */
export function allowsRange(ifRange: string | undefined, { etag, lastModified }: Validators, now: number): boolean {
  if (ifRange === undefined) return true;
  if (/^(?:W\/)?"/.test(ifRange)) return etag !== null && isSameStrong(ifRange.trim(), etag);
  if (lastModified === null) return false;
  const modified = wholeSeconds(lastModified);
  return modified === dateOf(ifRange, Number.NaN) && modified + 1_000 <= now;
}

/** `*` is whatever there is. A tag may hold commas: the list is not split at them. */
function isListed(list: string, etag: string | null, isSame: (a: string, b: string) => boolean): boolean {
  if (list.trim() === '*') return true;
  const tags: readonly string[] = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return etag !== null && tags.some((tag) => isSame(tag, etag));
}

/** RFC 9110 §8.8.3.2. */
const isSameStrong = (a: string, b: string): boolean => a === b && !a.startsWith('W/');
const isSameWeak = (a: string, b: string): boolean => a.replace(/^W\//, '') === b.replace(/^W\//, '');

const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

/** A field that is no date is as if it were not there. */
function dateOf(text: string | undefined, otherwise: number): number {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? otherwise : ms;
}
