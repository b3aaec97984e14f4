import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRange } from '../../../src/gateway/bytes/byte-range.ts';

describe('of ten bytes', () => {
  test.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=9-9', { start: 9, end: 9 }],
    ['bytes=2-99999999999999999999999', { start: 2, end: 9 }],
    ['BYTES=0-0', { start: 0, end: 0 }],
    ['bytes= 1-2 ,', { start: 1, end: 2 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-12', 'unsatisfiable'],
    ['bytes=99999999999999999999999-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
  ])('%s is %j', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  test.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=3-2',
    'bytes=0-1,4-5',
    'bytes=a-b',
    'bytes=0x1-2',
    'bytes=1-2-3',
    'bytes=+1-2',
    'bytes=1.5-2',
    'items=0-1',
    'bytes 0-1',
    'frames=1-2',
  ])('%s is no one range: the whole', (header) => {
    expect(parseRange(header, 10)).toBeNull();
  });
});

test('of nothing the end is nothing, and what comes after it is not there', () => {
  expect([parseRange('bytes=-5', 0), parseRange('bytes=0-', 0)]).toEqual([null, 'unsatisfiable']);
});

test('a range is within the body, never empty, and what a slice of as many bytes has', () => {
  const bound = fc.option(fc.nat(40), { nil: undefined });
  fc.assert(
    fc.property(bound, bound, fc.nat(30), (first, last, length) => {
      const range = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, length);
      const all = Array.from({ length }, (_, index) => index);
      const wanted =
        first === undefined
          ? all.filter((index) => index >= length - (last ?? 0))
          : all.filter((index) => index >= first && index <= (last ?? length));
      if (range === null || range === 'unsatisfiable') {
        const isBackwards = first !== undefined && last !== undefined && last < first;
        expect(isBackwards || wanted.length === 0).toBe(true);
      } else {
        expect(all.slice(range.start, range.end + 1)).toEqual(wanted);
        expect(wanted).not.toHaveLength(0);
      }
    }),
  );
});

test('no text makes it throw, or give what is not within the body', () => {
  const pieces = fc.constantFrom('bytes', '=', '-', ',', ' ', '0', '1', '9', '99', 'x', '\t', 'BYTES=', '"');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), fc.nat(20), (parts, length) => {
      const range = parseRange(parts.join(''), length);
      if (range === null || range === 'unsatisfiable') return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.start).toBeLessThanOrEqual(range.end);
      expect(range.end).toBeLessThan(length);
    }),
  );
});
