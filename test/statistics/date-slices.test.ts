import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStudyFilter } from '../../src/planner/criterion.ts';
import { cutRange, rangeOf } from '../../src/statistics/date-slices.ts';
import { ableOrigin, startGraphql } from '../support/graphql.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const day = (n: number): string => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);

interface Archive {
  /** DICOM dates of its studies; null: undated. */
  readonly dates: readonly (string | null)[];
  readonly pageRows: number;
  /** Most rows of one search. */
  readonly maxRows?: number;
  readonly ignoresDates?: boolean;
}

/** What statistics make of an archive that gives pages of so many rows, and of one search no more than so many. */
async function statisticsOf({ dates, pageRows, maxRows, ignoresDates = false }: Archive, filter: string, bounds = {}) {
  let [open, mostOpen] = [0, 0];
  await using origin = await startQuirkyOrigin(async (socket, { target }) => {
    mostOpen = Math.max(mostOpen, ++open);
    await new Promise((resolve) => setTimeout(resolve, 5));
    open--;
    const query = new URLSearchParams(target.split('?')[1]);
    const asked = ignoresDates ? null : query.get('StudyDate');
    const [from = '', to = ''] = asked === null ? [] : asked.includes('-') ? asked.split('-') : [asked, asked];
    const found = dates.flatMap((date, n) => {
      if (asked !== null && (date === null || (from !== '' && date < from) || (to !== '' && date > to))) return [];
      const dated = date === null ? {} : { '00080020': { vr: 'DA', Value: [date] } };
      return [
        {
          ...dated,
          '0020000D': { vr: 'UI', Value: [`1.${n}`] },
          '00100020': { vr: 'LO', Value: ['A'] },
          '00201208': { vr: 'IS', Value: [3] },
        },
      ];
    });
    const offset = Number(query.get('offset') ?? 0);
    const end = Math.min(offset + Math.min(pageRows, Number(query.get('limit'))), maxRows ?? Number.POSITIVE_INFINITY);
    reply(socket, json(found.slice(offset, end)));
  });
  await using graphql = await startGraphql({
    capabilities: {},
    origins: {
      paging: {
        url: origin.url,
        capabilities: { ...ableOrigin, rangeMatching: true, maxSearchLimit: pageRows, maxSearchRows: maxRows ?? null },
      },
    },
    bounds,
  });
  const before = origin.requests.length;
  mostOpen = 0;
  const { data, errors, extensions } = await graphql.query(
    `{ studyStatistics${filter} { studies instances exactness byStudyDate(interval: YEAR) { key studies } } }`,
  );
  expect(errors).toBeUndefined();
  const { studies, instances, exactness, byStudyDate } = data.studyStatistics;
  expect(instances).toBe(3 * studies);
  return {
    studies,
    exactness,
    byStudyDate,
    mostOpen,
    requests: origin.requests.length - before,
    warnings: extensions?.['warnings'] ?? [],
  };
}

/** Dates in no order, as an archive that orders by UID gives them. */
const spread = (count: number, days: number): string[] =>
  Array.from({ length: count }, (_, n) => day((n * 7919) % days).replaceAll('-', ''));
const since2024 = '(filter: { studyDate: { from: "2024-01-01" } })';

describe('statistics of dated studies', () => {
  test('are read by ranges of dates, side by side, where there is more than a page of them', async () => {
    const found = await statisticsOf({ dates: [...spread(200, 365), '20230101', null], pageRows: 20 }, since2024);
    expect(found).toMatchObject({
      studies: 200,
      exactness: 'EXACT',
      byStudyDate: [{ key: '2024-01-01', studies: 200 }],
    });
    expect(found.mostOpen).toBeGreaterThan(1);
    expect(found.requests).toBeLessThanOrEqual(1 + 10 + 4 + 4);
  });

  test('are one request where they are one page', async () => {
    const found = await statisticsOf({ dates: spread(19, 365), pageRows: 20 }, since2024);
    expect(found).toMatchObject({ studies: 19, exactness: 'EXACT', requests: 1 });
  });

  test('are exact beyond the rows that the origin shows of one search', async () => {
    const found = await statisticsOf({ dates: spread(500, 365), pageRows: 10, maxRows: 50 }, since2024);
    expect(found).toMatchObject({ studies: 500, exactness: 'EXACT', warnings: [] });
  });

  test('are exact where the origin shows the newest first, and those of the filter alone', async () => {
    const dates = spread(400, 365).sort().reverse();
    const filter = '(filter: { studyDate: { from: "2024-02-01", to: "2024-11-30" } })';
    const expected = dates.filter((date) => date >= '20240201' && date <= '20241130').length;
    const found = await statisticsOf({ dates, pageRows: 20, maxRows: 60 }, filter);
    expect(found).toMatchObject({ studies: expected, exactness: 'EXACT' });
  });

  test('are read page by page, as ever, where the origin ignores dates', async () => {
    const found = await statisticsOf(
      { dates: [...spread(35, 365), '20230101', null], pageRows: 10, ignoresDates: true },
      '(filter: { studyDate: { from: "2024-02-01" } })',
    );
    const expected = spread(35, 365).filter((date) => date >= '20240201').length;
    expect(found).toMatchObject({ studies: expected, exactness: 'EXACT', requests: 4, mostOpen: 1 });
  });

  test('of one day are read page by page', async () => {
    const today = '(filter: { studyDate: { from: "2024-01-01", to: "2024-01-01" } })';
    const found = await statisticsOf({ dates: spread(30, 1), pageRows: 10 }, today);
    expect(found).toMatchObject({ studies: 30, exactness: 'EXACT', mostOpen: 1 });
  });

  test('of a day that has more than the origin shows are a lower bound, and that is said', async () => {
    const dates = [...spread(60, 1), ...spread(40, 300)];
    const found = await statisticsOf({ dates, pageRows: 10, maxRows: 50 }, since2024);
    expect(found.exactness).toBe('LOWER_BOUND');
    expect(found.studies).toBeGreaterThanOrEqual(50);
    expect(found.warnings).toEqual([expect.objectContaining({ code: 'SEARCH_INCOMPLETE', about: 'maxSearchRows' })]);
  });

  test('stop at the requests and rows that an operation may cost, with what was read', async () => {
    const archive = { dates: spread(200, 365), pageRows: 20 };
    const few = await statisticsOf(archive, since2024, { maxOriginRequests: 5 });
    expect(few).toMatchObject({ exactness: 'LOWER_BOUND', requests: 5 });
    expect(few.studies).toBeGreaterThan(20);
    const short = await statisticsOf(archive, since2024, { maxRows: 70 });
    expect(short.exactness).toBe('LOWER_BOUND');
    expect(short.studies).toBeLessThanOrEqual(70);
  });
});

test('an archive of 25,000 studies that shows 10,000 of a search, 1,000 at a time, is counted exactly over its dates', async () => {
  const found = await statisticsOf({ dates: spread(25_000, 3_650), pageRows: 1_000, maxRows: 10_000 }, since2024);
  expect(found).toMatchObject({ studies: 25_000, exactness: 'EXACT', warnings: [] });
  expect(found.requests).toBeLessThanOrEqual(1 + 25 + 4 + 4);
});

describe('statistics of studies with a date or without', () => {
  test('are read page by page, which alone shows those without', async () => {
    const found = await statisticsOf({ dates: [...spread(40, 365), null, null], pageRows: 10 }, '');
    expect(found).toMatchObject({ studies: 42, exactness: 'EXACT', mostOpen: 1, requests: 5 });
  });

  test('have all that are dated beyond the rows that the origin shows, as a lower bound', async () => {
    const found = await statisticsOf({ dates: [null, ...spread(200, 365), null], pageRows: 10, maxRows: 50 }, '');
    expect(found).toMatchObject({ studies: 201, exactness: 'LOWER_BOUND' });
    expect(found.byStudyDate).toEqual([
      { key: '2024-01-01', studies: 200 },
      { key: null, studies: 1 },
    ]);
    expect(found.warnings).toEqual([expect.objectContaining({ code: 'SEARCH_INCOMPLETE' })]);
  });
});

describe('the parts of a range of days', () => {
  const dayNumber = fc.integer({ min: -40_000, max: 40_000 });

  test('hold every day of it, and no day twice', () => {
    const end = fc.option(dayNumber, { nil: null });
    fc.assert(
      fc.property(end, end, fc.array(dayNumber), dayNumber, (a, b, seen, some) => {
        const [from, to] = a !== null && b !== null && a > b ? [b, a] : [a, b];
        const isWithin = (n: number): boolean => (from === null || n >= from) && (to === null || n <= to);
        const range = { from: from === null ? null : day(from), to: to === null ? null : day(to) };
        const parts = cutRange(range, seen.filter(isWithin).map(day));
        const holding = parts.filter(
          (part) => (part.from === null || day(some) >= part.from) && (part.to === null || day(some) <= part.to),
        );
        expect(holding).toHaveLength(isWithin(some) ? 1 : 0);
        expect(parts.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  test('are more than one, unless it is one day or nothing was seen in it', () => {
    fc.assert(
      fc.property(dayNumber, fc.nat(5_000), fc.array(fc.nat(5_000), { minLength: 1 }), (from, length, seen) => {
        const days = seen.filter((n) => n <= length).map((n) => day(from + n));
        const parts = cutRange({ from: day(from), to: day(from + length) }, days);
        if (length > 0 && days.length > 0) expect(parts.length).toBeGreaterThan(1);
        else expect(parts).toEqual([{ from: day(from), to: day(from + length) }]);
      }),
    );
  });
});

describe('the range that a filter demands', () => {
  test.each([
    [{}, { from: null, to: null }],
    [{ studyDate: { from: '2024-01-02' } }, { from: '2024-01-02', to: null }],
    [{ studyDate: { to: '2024-01-02' } }, { from: null, to: '2024-01-02' }],
    [{ studyDate: { from: '2024-01-02', to: '2024-02-03' } }, { from: '2024-01-02', to: '2024-02-03' }],
    [{ studyDate: { from: '2024-01-02', to: '2024-01-02' } }, { from: '2024-01-02', to: '2024-01-02' }],
    [{ attributes: [{ path: 'StudyDate', match: { text: { wildcard: '2024*' } } }] }, null],
    [{ attributes: [{ path: 'StudyDate', match: { text: { anyOf: ['20240101', '20250101'] } } }] }, null],
  ])('%j', (filter, expected) => {
    expect(rangeOf(parseStudyFilter(filter))).toEqual(expected);
  });
});
