import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileElementTest } from '../../src/archive/element-test.ts';
import { contains, dateInterval, dateTimeInterval, parseRange, timeInterval } from '../../src/archive/range.ts';
import { matchesWildcard } from '../../src/archive/wildcard.ts';

const matches = (vr: string, asked: string, ...values: unknown[]): boolean | undefined =>
  compileElementTest(vr, asked)?.({ vr, Value: values });

describe('wildcards of PS3.4 §C.2.2.2.4', () => {
  test('agree with a regular expression on any text and pattern', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '^', '.', '\u{1F9E0}'), maxLength: 12 });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '^', '.', '\u{1F9E0}', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, patterns, (text, pattern) => {
        const source = pattern
          .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
          .replace(/\*/g, '.*')
          .replace(/\?/g, '.');
        expect(matchesWildcard(text, pattern)).toBe(new RegExp(`^${source}$`, 'su').test(text));
      }),
    );
  });

  test('take no longer for a pattern that makes a regular expression run for years', () => {
    const started = performance.now();
    expect(matchesWildcard('a'.repeat(5_000), `${'*a'.repeat(50)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('ranges of PS3.4 §C.2.2.2.5', () => {
  const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
  const toDa = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '');

  test('a date lies in a range as its text lies between the ends', () => {
    fc.assert(
      fc.property(day, day, day, (a, b, c) => {
        const [from, value, to] = [toDa(a), toDa(b), toDa(c)];
        const interval = dateInterval(value);
        expect(interval && contains(parseRange(`${from}-${to}`, dateInterval), interval)).toBe(
          from <= value && value <= to,
        );
      }),
    );
  });

  test.each<[range: string, value: string, within: boolean]>([
    ['2020', '202006', true],
    ['2020', '20200101000000-0500', true],
    ['20200101000000+0100', '20191231230000+0000', true],
    ['20200101-0500', '20200101000000-0500', true],
    ['20200101-0500', '20200101000000+0000', false],
    ['2020-0500-2021-0500', '20201231235959.999999-0500', true],
    ['2019-2020', '20201231', true],
    ['2019-2020', '20210101', false],
    ['-2020', '19991231235959', true],
    ['20200101-', '20200101000000', true],
    ['202002', '20200229235959', true],
    ['202012', '20201231', true],
  ])('date and time %s, value %s: %s', (range, value, within) => {
    const interval = dateTimeInterval(value);
    expect(interval && contains(parseRange(range, dateTimeInterval), interval)).toBe(within);
  });

  test.each<[range: string, value: string, within: boolean]>([
    ['10', '105959.999999', true],
    ['10', '11', false],
    ['1030-', '10', false],
    ['103000.5', '103000.500000', true],
    ['103000.5', '103000.600000', false],
    ['-10', '10:59:59', true],
  ])('time %s, value %s: %s', (range, value, within) => {
    const interval = timeInterval(value);
    expect(interval && contains(parseRange(range, timeInterval), interval)).toBe(within);
  });

  test('any text is either a range or refused', () => {
    const texts = fc.string({ unit: fc.constantFrom('0', '1', '2', '9', '-', '+', '.', ' '), maxLength: 30 });
    for (const read of [dateInterval, timeInterval, dateTimeInterval]) {
      fc.assert(
        fc.property(texts, (text) => {
          try {
            expect(parseRange(text, read).start).not.toBeNaN();
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
          }
        }),
      );
    }
  });
});

describe('one attribute', () => {
  test('any key and any element give a yes, a no or a refusal', () => {
    const vrs = fc.constantFrom(
      'AE',
      'AS',
      'AT',
      'CS',
      'DA',
      'DS',
      'DT',
      'FD',
      'IS',
      'LO',
      'OB',
      'PN',
      'SQ',
      'TM',
      'UI',
      'UN',
      'UR',
      'ZZ',
    );
    fc.assert(
      fc.property(fc.option(vrs), fc.string(), vrs, fc.option(fc.array(fc.jsonValue())), (vr, asked, given, values) => {
        try {
          const test = compileElementTest(vr, asked);
          expect(typeof (test?.({ vr: given, ...(values && { Value: values }) }) ?? true)).toBe('boolean');
          expect(test?.(undefined) ?? false).toBe(false);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each<[vr: string, asked: string, value: unknown, matching: boolean]>([
    ['AE', 'STORE*', 'STORE_SCU', true],
    ['AE', 'store*', 'STORE_SCU', false],
    ['LT', '*lung*', 'Left\r\nLUNG nodule', true],
    ['UR', 'http://a/?x', 'http://a/?x', true],
    ['UR', 'http://a/?x', 'http://a/yx', false],
    ['AS', '045Y', '045Y', true],
    ['AT', '00100010', '00100010', true],
    ['DS', '1.0', '1', true],
    ['IS', '12', 12, true],
    ['UV', '3', '3', true],
    ['US', '0', null, false],
    ['DA', '19970424', '1997.04.24', true],
    ['LO', 'x', null, false],
    ['PN', 'a', {}, false],
    ['PN', '*', { Alphabetic: '' }, true],
  ])('VR %s, %s asked of %j: %s', (vr, asked, value, matching) => {
    expect(matches(vr, asked, value) ?? true).toBe(matching);
  });
});
