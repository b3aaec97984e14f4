import { type Criteria, type Criterion, parseStudyFilter } from '../planner/criterion.ts';

/** Days from one to another, both of them in it: `2026-11-22`. Null: there is no end on that side. */
export interface DateSlice {
  readonly from: string | null;
  readonly to: string | null;
}

/** How many parts a range is cut into: searches that run side by side. */
const parts = 4;
const dayMs = 86_400_000;

const isStudyDate = ({ key }: Criterion): boolean => key === 'StudyDate';

/** The range of StudyDate that a filter demands: open at both ends where it demands none. Null: it is no range. */
export function rangeOf(criteria: Criteria): DateSlice | null {
  const criterion = criteria.all.find(isStudyDate);
  if (criterion === undefined) return { from: null, to: null };
  const [only, ...others] = criterion.alternatives;
  const range = /^(\d{8})?(-?)(\d{8})?$/.exec(only?.query ?? '');
  if (range === null || others.length > 0) return null;
  const [, from, dash, to] = range;
  if (dash === '') return from === undefined || to !== undefined ? null : { from: isoDay(from), to: isoDay(from) };
  return { from: from === undefined ? null : isoDay(from), to: to === undefined ? null : isoDay(to) };
}

export const isWithin = ({ from, to }: DateSlice, day: string): boolean =>
  (from === null || day >= from) && (to === null || day <= to);

/** The same criteria, of the studies of these days. */
export function withinSlice(criteria: Criteria, { from, to }: DateSlice): Criteria {
  const { all } = parseStudyFilter({ studyDate: { from, to } });
  return { ...criteria, all: [...criteria.all.filter((criterion) => !isStudyDate(criterion)), ...all] };
}

/**
 * Cuts a range of days where as many of the days seen in it lie in each part. Together the parts are the range, and no day
 * is in two of them.
 *
 * @param seen - ISO days of studies in the range, each as often as it was seen.
 * @returns One part: the range cannot be cut there, for it is one day, or nothing was seen in it.
 */
export function cutRange({ from, to }: DateSlice, seen: readonly string[]): readonly DateSlice[] {
  const days = [...seen].sort();
  const starts = new Set<string>();
  for (let part = 1; part < parts; part++) {
    const day = days[Math.floor((days.length * part) / parts)];
    if (day !== undefined) starts.add(day);
  }
  // A day that holds all that was seen is a part of its own.
  const [only] = starts;
  if (starts.size === 1 && only !== undefined) starts.add(addDays(only, 1));
  const inside = [...starts].filter((day) => (from === null || day > from) && (to === null || day <= to)).sort();
  return [...inside, null].map((start, index) => ({
    from: index === 0 ? from : (inside[index - 1] ?? from),
    to: start === null ? to : addDays(start, -1),
  }));
}

const isoDay = (da: string): string => `${da.slice(0, 4)}-${da.slice(4, 6)}-${da.slice(6, 8)}`;

const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
