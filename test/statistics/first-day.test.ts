import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstDayOf } from '../../src/statistics/buckets.ts';

const day = fc
  .date({ min: new Date('0001-01-08T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('the first day of an interval', () => {
  // ISO 8601 week dates: 2020-W53, 2021-W01, 2024-W09, 1900-W01.
  test.each([
    ['2021-01-03', '2020-12-28'],
    ['2021-01-04', '2021-01-04'],
    ['2024-02-29', '2024-02-26'],
    ['1900-01-01', '1900-01-01'],
    ['0001-01-01', '0001-01-01'],
  ])('%s is in the week of Monday %s', (date, monday) => {
    expect(firstDayOf('WEEK', date)).toBe(monday);
  });

  test('is a Monday, at most six days before', () => {
    fc.assert(
      fc.property(day, (date) => {
        const monday = Date.parse(`${firstDayOf('WEEK', date)}T00:00:00Z`);
        expect(new Date(monday).getUTCDay()).toBe(1);
        const days = (Date.parse(`${date}T00:00:00Z`) - monday) / 86_400_000;
        expect(days).toBeGreaterThanOrEqual(0);
        expect(days).toBeLessThanOrEqual(6);
      }),
    );
  });

  test('of a month or a year is its first', () => {
    fc.assert(
      fc.property(day, (date) => {
        const [year = '', month = ''] = date.split('-');
        expect(firstDayOf('MONTH', date)).toBe(`${year}-${month}-01`);
        expect(firstDayOf('YEAR', date)).toBe(`${year}-01-01`);
        expect(firstDayOf('DAY', date)).toBe(date);
      }),
    );
  });
});
