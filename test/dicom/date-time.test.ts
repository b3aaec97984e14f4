import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDa, parseDt, parseTm, toDa } from '../../src/dicom/date-time.ts';

describe('a date (DA)', () => {
  test.each([
    ['20240229', '2024-02-29'],
    ['20001231', '2000-12-31'],
    ['00010101', '0001-01-01'],
    ['20240229  ', '2024-02-29'],
    ['20240229\0', '2024-02-29'],
  ])('%j is %s', (text, iso) => {
    expect(parseDa(text)).toBe(iso);
  });

  test.each([
    '20230229',
    '19000229',
    '20241301',
    '20240001',
    '20240431',
    '20240100',
    '00000101',
    '2024.02.29',
    '2024-02-29',
    '202402',
    '20240229-20240301',
    '20240229-',
    ' 20240229',
    '2024022９',
    '',
  ])('%j is none', (text) => {
    expect(parseDa(text)).toBeNull();
  });

  test('of ISO form is written as DA, unless the calendar does not have it', () => {
    expect(toDa('2024-02-29')).toBe('20240229');
    for (const text of ['2023-02-29', '20240229', '2024-2-9', '', '2024-02-29T00:00']) {
      expect(() => toDa(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    }
  });

  test('every day of the calendar goes there and back', () => {
    const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        expect(parseDa(toDa(iso))).toBe(iso);
      }),
    );
  });
});

describe('a time (TM)', () => {
  test.each([
    ['14', '14'],
    ['1405', '14:05'],
    ['140530', '14:05:30'],
    ['140530.25', '14:05:30.25'],
    ['140530.250000', '14:05:30.250000'],
    ['235960', '23:59:60'],
    ['000000', '00:00:00'],
    ['1405  ', '14:05'],
  ])('%j is %s, as precise as it is', (text, time) => {
    expect(parseTm(text)).toBe(time);
  });

  test.each([
    '24',
    '1460',
    '140561',
    '140530.',
    '140530.1234567',
    '1405.5',
    '1',
    '140',
    '14:05',
    '1405-1500',
    '-14',
    '',
  ])('%j is none', (text) => {
    expect(parseTm(text)).toBeNull();
  });
});

describe('a date and time (DT)', () => {
  test.each([
    ['2024', '2024'],
    ['202402', '2024-02'],
    ['20240229', '2024-02-29'],
    ['2024022914', '2024-02-29T14'],
    ['202402291405', '2024-02-29T14:05'],
    ['20240229140530', '2024-02-29T14:05:30'],
    ['20240229140530.25', '2024-02-29T14:05:30.25'],
    ['20240229140530.25+0530', '2024-02-29T14:05:30.25+05:30'],
    ['20240229140530-1200', '2024-02-29T14:05:30-12:00'],
    ['20240229140530+0000', '2024-02-29T14:05:30+00:00'],
    ['20161231235960+0000', '2016-12-31T23:59:60+00:00'],
    ['202402+0100', '2024-02+01:00'],
    ['20240229140530 ', '2024-02-29T14:05:30'],
  ])('%j is %s', (text, iso) => {
    expect(parseDt(text)).toBe(iso);
  });

  test.each([
    '20240230',
    '2024022924',
    '202402291460',
    '20240229140530+1401',
    '20240229140530-1201',
    '20240229140530-0000',
    '20240229140530+0160',
    '20240229140530+01',
    '20240229140530Z',
    '2024-02-29T14:05:30',
    '20240229-20240301',
    '',
  ])('%j is none', (text) => {
    expect(parseDt(text)).toBeNull();
  });
});
