import { badRequest } from './problem.ts';

/** Half open, in the unit of its reader: from `start` to just before `end`. A value's own precision is its width. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

export type ReadInterval = (text: string) => Interval | null;

const microsPerSecond = 1_000_000;
const microsPerMinute = 60 * microsPerSecond;
const microsPerHour = 60 * microsPerMinute;
const microsPerDay = 24 * microsPerHour;

/** Days since 1970 of a date; null where there is no such day. */
function dayNumber(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.getTime() / 86_400_000 : null;
}

/** DA, in days since 1970. Also the form of ACR-NEMA, `1997.04.24`, which old objects hold (PS3.5 §6.2). */
export const dateInterval: ReadInterval = (text) => {
  const match = /^(\d{4})(\.?)(\d{2})\2(\d{2})$/.exec(text);
  const day = match && dayNumber(Number(match[1]), Number(match[3]), Number(match[4]));
  return day === null ? null : { start: day, end: day + 1 };
};

/** TM, in microseconds since midnight. Also with colons, as in ACR-NEMA (PS3.5 §6.2). */
export const timeInterval: ReadInterval = (text) => {
  const match = /^(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(text.replaceAll(':', ''));
  return match?.[1] === undefined ? null : timeOfDay(match[1], match[2], match[3], match[4]);
};

function timeOfDay(hour: string, minute?: string, second?: string, fraction?: string): Interval | null {
  if (Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return null;
  const start =
    Number(hour) * microsPerHour +
    Number(minute ?? 0) * microsPerMinute +
    Number(second ?? 0) * microsPerSecond +
    Number((fraction ?? '0').padEnd(6, '0'));
  if (minute === undefined) return { start, end: start + microsPerHour };
  if (second === undefined) return { start, end: start + microsPerMinute };
  return { start, end: start + (fraction === undefined ? microsPerSecond : 10 ** (6 - fraction.length)) };
}

/** DT, in microseconds since 1970. Without an offset from UTC it is read as UTC, on both sides alike. */
export const dateTimeInterval: ReadInterval = (text) => {
  const match =
    /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?)?)?(?:([+-])(\d{2})(\d{2}))?$/.exec(
      text,
    );
  if (!match || Number(match[9] ?? 0) > 14 || Number(match[10] ?? 0) > 59) return null;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] = match;
  const first = dayNumber(Number(year), Number(month ?? 1), Number(day ?? 1));
  if (first === null) return null;
  const shift =
    (sign === '-' ? -1 : 1) * (Number(offsetHours ?? 0) * microsPerHour + Number(offsetMinutes ?? 0) * microsPerMinute);
  const midnight = first * microsPerDay - shift;
  if (hour !== undefined) {
    const time = timeOfDay(hour, minute, second, fraction);
    return time && { start: midnight + time.start, end: midnight + time.end };
  }
  const last =
    day !== undefined
      ? first + 1
      : month !== undefined
        ? dayNumber(Number(year) + (month === '12' ? 1 : 0), month === '12' ? 1 : Number(month) + 1, 1)
        : dayNumber(Number(year) + 1, 1, 1);
  return last === null ? null : { start: midnight, end: last * microsPerDay - shift };
};

/**
 * Reads what is asked of a date, a time or both: `a`, `a-b`, `a-` or `-b`, ends included to their precision.
 *
 * In a DT the hyphen may also begin an offset from UTC. Every hyphen is tried, the one that leaves a valid value on both
 * sides divides; a text that is a value as a whole is that value (`2020-0500` is an offset, PS3.4 §C.2.2.2.5.3).
 *
 * @throws {ArchiveError} BAD_USER_INPUT: neither a value nor a range of them.
 */
export function parseRange(text: string, read: ReadInterval): Interval {
  const single = read(text);
  if (single) return single;
  for (let hyphen = text.indexOf('-'); hyphen >= 0; hyphen = text.indexOf('-', hyphen + 1)) {
    const before = text.slice(0, hyphen).trim();
    const after = text.slice(hyphen + 1).trim();
    const from = before === '' ? { start: Number.NEGATIVE_INFINITY } : read(before);
    const to = after === '' ? { end: Number.POSITIVE_INFINITY } : read(after);
    if (from && to && text !== '-') return { start: from.start, end: to.end };
  }
  throw badRequest('A date or time to match is neither a value nor a range of its VR');
}

export const contains = (range: Interval, value: Interval): boolean =>
  value.start >= range.start && value.start < range.end;
