/** Part of a body, both ends inclusive, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header field against the length of the body that it is for.
 *
 * What is not one range of bytes is passed over, and the whole is sent: other units, text that is no range, and several
 * ranges, which no viewer asks for and which cost more than they save.
 *
 * @returns null: the whole body. `unsatisfiable`: the range begins behind the last byte.
 * @see RFC 9110 §14.1.2, §14.2
 */
export function parseRange(header: string | undefined, length: number): ByteRange | 'unsatisfiable' | null {
  const [, set = ''] = /^bytes=(.*)$/is.exec(header ?? '') ?? [];
  const [spec, ...others] = set.split(',').flatMap((text) => text.trim() || []);
  const [, first, last] = /^(\d*)-(\d*)$/.exec(spec ?? '') ?? [];
  if (first === undefined || last === undefined || others.length > 0) return null;
  if (first === '') return lastBytes(last, length);
  const start = Number(first);
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (end < start) return null;
  return start < length ? { start, end: Math.min(end, length - 1) } : 'unsatisfiable';
}

/** `bytes=-500`: the last 500. */
function lastBytes(count: string, length: number): ByteRange | 'unsatisfiable' | null {
  if (count === '') return null;
  if (Number(count) === 0) return 'unsatisfiable';
  // The end of nothing is nothing, which no Content-Range can say.
  return length === 0 ? null : { start: Math.max(0, length - Number(count)), end: length - 1 };
}
