import { type CountedStudy, sum } from './counted-study.ts';

/** The names of the schema's enum. */
export type DateInterval = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR';

/** Studies that have something in common. */
export interface Bucket {
  /** Null: they have no value of the attribute. */
  readonly key: string | null;
  readonly studies: readonly CountedStudy[];
}

/** The series or instances of studies together; null where one of the studies does not tell. */
export const total = (studies: readonly CountedStudy[], of: 'series' | 'instances'): number | null =>
  studies.reduce<number | null>((all, study) => sum(all, study[of]), 0);

/**
 * Studies by modality, each in the bucket of each of its modalities. By key, null last.
 *
 * @returns Null: the origin tells the modalities of none of them. Studies always have some, so that a study that lacks
 *   the attribute says nothing unless others have it.
 */
export function byModality(studies: readonly CountedStudy[]): readonly Bucket[] | null {
  if (studies.length > 0 && studies.every(({ modalities }) => modalities === null)) return null;
  return bucketsOf(studies, ({ modalities }) => (modalities?.length ? modalities : [null]));
}

/**
 * Studies by the day, ISO week, month or year of their Study Date. Keys are the first days of intervals that have a study,
 * in order; null last.
 */
export const byStudyDate = (studies: readonly CountedStudy[], interval: DateInterval): readonly Bucket[] =>
  bucketsOf(studies, ({ date }) => [date && firstDayOf(interval, date)]);

function bucketsOf(
  studies: readonly CountedStudy[],
  keysOf: (study: CountedStudy) => readonly (string | null)[],
): readonly Bucket[] {
  const buckets = new Map<string | null, CountedStudy[]>();
  for (const study of studies) {
    for (const key of keysOf(study)) {
      const bucket = buckets.get(key);
      if (bucket) bucket.push(study);
      else buckets.set(key, [study]);
    }
  }
  return [...buckets].sort(([a], [b]) => compareKeys(a, b)).map(([key, members]) => ({ key, studies: members }));
}

function compareKeys(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const dayMs = 86_400_000;

/** @param isoDay - `2026-11-22`. */
export function firstDayOf(interval: DateInterval, isoDay: string): string {
  switch (interval) {
    case 'DAY':
      return isoDay;
    case 'WEEK': {
      const day = Date.parse(`${isoDay}T00:00:00Z`);
      const sinceMonday = (new Date(day).getUTCDay() + 6) % 7;
      return new Date(day - sinceMonday * dayMs).toISOString().slice(0, 10);
    }
    case 'MONTH':
      return `${isoDay.slice(0, 8)}01`;
    case 'YEAR':
      return `${isoDay.slice(0, 5)}01-01`;
  }
}
