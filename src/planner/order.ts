import { tagOf } from '../dicom/dictionary.ts';
import { FacadeError } from '../errors.ts';
import type { Criteria, Criterion } from './criterion.ts';
import { parseStudyFilter } from './criterion.ts';
import type { Position } from './cursor.ts';
import type { Loaders } from './loaders.ts';
import { type Page, type PageRequest, searchRows } from './page.ts';
import type { Row } from './row.ts';
import { keyTag } from './search-runner.ts';

export type StudyOrder = 'STUDY_DATE_DESC' | 'STUDY_DATE_ASC';

/** Rows of one slice of StudyDate; a slice that holds more is halved, a day that holds more is refused. */
const maxRowsPerSlice = 5_000;
/** Slices asked for one page at the most: ranges of dates double from a day, so that empty decades cost few. */
const maxSlices = 40;

const studyDate = tagOf('StudyDate');
const dayMs = 86_400_000;
const firstDay = toDayNumber('1880-01-01'); // before the first radiograph

export interface OrderedPageRequest extends Omit<PageRequest, 'after' | 'orderBy' | 'level' | 'scope'> {
  readonly order: StudyOrder;
  readonly after: (Position & { kind: 'after' }) | null;
  readonly now: Date;
}

interface Keyed {
  readonly row: Row;
  readonly date: string;
  readonly uid: string;
}

/**
 * A page of studies by StudyDate, then by UID; undated studies last.
 *
 * For origins that do not order: the matches of one range of dates after the other, each complete before it is sorted.
 * Never by sorting a page, which would order only what happened to be on it.
 *
 * @throws {FacadeError} ORDER_UNSUPPORTED: one day holds more studies than a slice may, or the dates lie too far apart.
 */
export async function searchByStudyDate(loaders: Loaders, request: OrderedPageRequest): Promise<Page> {
  const descending = request.order === 'STUDY_DATE_DESC';
  const tags = new Set([...request.tags, studyDate]);
  const found: Keyed[] = [];
  const isBehind = (item: Keyed): boolean => request.after === null || compare(request.after, item, descending) < 0;
  const take = (rows: readonly Row[]): void => {
    const items = rows.map(toKeyed).sort((a, b) => compare(a, b, descending));
    found.push(...items.filter(isBehind));
  };

  if (request.after?.date !== '') {
    const own = request.criteria.all.find(({ key }) => key === 'StudyDate');
    const { from, to, openFrom, openTo } = boundsOf(own, request.now);
    let slices = 0;
    let width = 1;
    const start = request.after ? toDayNumber(request.after.date) : null;
    let day = start ?? (descending ? to : from);
    while (descending ? day >= from : day <= to) {
      if (found.length > request.first) break;
      if (++slices > maxSlices) throw unsupported(loaders, 'The dates of the matches lie too far apart');
      const edge = descending ? Math.max(from, day - width + 1) : Math.min(to, day + width - 1);
      const [low, high] = descending ? [edge, day] : [day, edge];
      const slice = { from: low === from && openFrom ? null : low, to: high === to && openTo ? null : high };
      const rows = await searchSlice(loaders, tags, withDates(request.criteria, slice));
      if (rows === null) {
        if (width === 1) throw unsupported(loaders, `One day holds more than ${maxRowsPerSlice} matches`);
        width = Math.max(1, Math.floor(width / 4));
        continue;
      }
      take(rows);
      day = descending ? edge - 1 : edge + 1;
      width *= rows.length > request.first / 2 ? 1 : 4;
    }
  }
  const dated = request.criteria.all.some(({ key }) => key === 'StudyDate');
  if (found.length <= request.first && !dated) {
    const rows = await searchSlice(loaders, tags, request.criteria);
    if (rows === null) throw unsupported(loaders, 'Studies without a date can be told only among all matches');
    take(rows.filter((row) => toKeyed(row).date === ''));
  }
  return {
    items: found.slice(0, request.first).map(({ row, date, uid }) => ({ row, position: { kind: 'after', date, uid } })),
    hasNextPage: found.length > request.first,
    totalCount: null,
  };
}

/** All matches of a range of dates; null where there are too many to be sorted at once. */
async function searchSlice(
  loaders: Loaders,
  tags: PageRequest['tags'],
  criteria: Criteria,
): Promise<readonly Row[] | null> {
  const page = await searchRows(loaders, { level: 'study', criteria, tags, first: maxRowsPerSlice, after: null });
  return page.hasNextPage ? null : page.items.map(({ row }) => row);
}

/**
 * The filter's own range; where an end is open, the days beyond which nearly nothing is: the slice at that end is open
 * too, for a study dated in the next century by a clock gone wrong is a match as well.
 */
function boundsOf(
  criterion: Criterion | undefined,
  now: Date,
): { from: number; to: number; openFrom: boolean; openTo: boolean } {
  const range = criterion?.alternatives[0]?.query ?? '-';
  const [from = '', to = ''] = range.includes('-') ? range.split('-') : [range, range];
  const day = (da: string): number => toDayNumber(`${da.slice(0, 4)}-${da.slice(4, 6)}-${da.slice(6, 8)}`);
  const low = from === '' ? Math.min(firstDay, to === '' ? firstDay : day(to)) : day(from);
  const high = to === '' ? Math.max(Math.floor(now.getTime() / dayMs), low) : day(to);
  return { from: low, to: high, openFrom: from === '', openTo: to === '' };
}

function withDates(criteria: Criteria, slice: { from: number | null; to: number | null }): Criteria {
  const { from, to } = slice;
  if (from === null && to === null) return criteria;
  const studyDates = { from: from === null ? null : toIsoDay(from), to: to === null ? null : toIsoDay(to) };
  const { all } = parseStudyFilter({ studyDate: studyDates }, 'orderBy');
  return { ...criteria, all: [...criteria.all.filter(({ key }) => key !== 'StudyDate'), ...all] };
}

function toKeyed(row: Row): Keyed {
  return { row, date: row.dataSet.date(studyDate) ?? '', uid: row.dataSet.uid(keyTag.study) ?? '' };
}

function compare(a: { date: string; uid: string }, b: { date: string; uid: string }, descending: boolean): number {
  if (a.date !== b.date) {
    if (a.date === '' || b.date === '') return a.date === '' ? 1 : -1;
    return a.date < b.date === descending ? 1 : -1;
  }
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0;
}

function toDayNumber(isoDay: string): number {
  return Math.floor(Date.parse(`${isoDay}T00:00:00Z`) / dayMs);
}

const toIsoDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

const unsupported = (loaders: Loaders, why: string): FacadeError =>
  new FacadeError('ORDER_UNSUPPORTED', `${why}: narrow the filter by studyDate`, {
    origin: loaders.origin.id,
    argument: 'orderBy',
  });
