import { DicomInputError } from './dicom-input-error.ts';

const daGrammar = /^(\d{4})(\d{2})(\d{2})$/;
const tmGrammar = /^(\d{2})(?:(\d{2})(?:(\d{2})(\.\d{1,6})?)?)?$/;
const dtGrammar = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?$/;
const isoDateGrammar = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * A date (DA) as ISO 8601, `20240229` to `2024-02-29`; null where it is not a day of the calendar.
 *
 * A range is a query, not a value, and the form of ACR-NEMA 2.0 (`2024.02.29`) left the standard: both are null.
 *
 * @see PS3.5 §6.2 (DA)
 */
export function parseDa(text: string): string | null {
  const [, year, month, day] = daGrammar.exec(trimPadding(text)) ?? [];
  return isDay(year, month, day) ? `${year}-${month}-${day}` : null;
}

/**
 * A time (TM) with the precision it has: `14`, `14:05`, `14:05:30`, `14:05:30.25`; null where it is not a time.
 *
 * Second 60 is a leap second and stays.
 *
 * @see PS3.5 §6.2 (TM)
 */
export function parseTm(text: string): string | null {
  const [, hour, minute, second, fraction = ''] = tmGrammar.exec(trimPadding(text)) ?? [];
  if (hour === undefined || !isTime(hour, minute, second)) return null;
  return [hour, minute, second].filter((part) => part !== undefined).join(':') + fraction;
}

/**
 * A date and time (DT) as ISO 8601 with the precision it has, from `2024` to `2024-02-29T14:05:30.25+01:00`; null where
 * it is not one. The offset is there only where DICOM gives it, also behind a mere date: `2024-02+01:00`.
 *
 * @see PS3.5 §6.2 (DT)
 */
export function parseDt(text: string): string | null {
  const match = dtGrammar.exec(trimPadding(text));
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', offset = ''] = match;
  if (!isDay(year, month ?? '01', day ?? '01') || !isTime(hour ?? '00', minute, second) || !isOffset(offset))
    return null;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  const time = [hour, minute, second].filter((part) => part !== undefined).join(':') + fraction;
  return `${date}${time && `T${time}`}${offset && `${offset.slice(0, 3)}:${offset.slice(3)}`}`;
}

/**
 * An ISO 8601 calendar date as DA, for a query: `2024-02-29` to `20240229`.
 *
 * @throws {DicomInputError} BAD_USER_INPUT. Not a day of the calendar.
 */
export function toDa(isoDate: string): string {
  const [, year, month, day] = isoDateGrammar.exec(isoDate) ?? [];
  if (isDay(year, month, day)) return `${year}${month}${day}`;
  throw new DicomInputError('BAD_USER_INPUT', 'Not a calendar date: yyyy-mm-dd is expected');
}

/** Values are padded to even length with a space; some writers take NUL. */
function trimPadding(text: string): string {
  return text.replace(/[ \0]+$/, '');
}

function isDay(year: string | undefined, month: string | undefined, day: string | undefined): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const isLeap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const last = m === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31;
  return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= last;
}

function isTime(hour: string, minute = '00', second = '00'): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60;
}

/** `&ZZXX` from -1200 to +1400; -0000 is not allowed. */
function isOffset(offset: string): boolean {
  const minutes = Number(offset.slice(0, 1) + String(Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))));
  return offset === '' || (offset !== '-0000' && Number(offset.slice(3)) <= 59 && minutes >= -720 && minutes <= 840);
}
