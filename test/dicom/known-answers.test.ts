import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DataSet, type JsonElement } from '../../src/dicom/data-set.ts';
import { parseDa, parseDt, parseTm } from '../../src/dicom/date-time.ts';
import { tag } from '../../src/dicom/tag.ts';

interface KnownAnswers {
  readonly names: readonly {
    readonly json: JsonElement;
    readonly expected: {
      readonly alphabetic: readonly string[];
      readonly ideographic: string;
      readonly phonetic: string;
    };
  }[];
  readonly numbers: readonly { readonly json: JsonElement; readonly texts: string[]; readonly expected: number[] }[];
  readonly dates: readonly { readonly text: string; readonly expected: string }[];
  readonly times: readonly { readonly text: string; readonly expected: string }[];
  readonly dateTimes: readonly { readonly text: string; readonly expected: string }[];
}

// Written by known-answers.py beside it with pydicom, which shares no code with the product.
const file = readFileSync(new URL('known-answers.json', import.meta.url), 'utf8');
const { names, numbers, dates, times, dateTimes }: KnownAnswers = JSON.parse(file);
const anyTag = tag('00091001');

/** A time as precise as it is, with the zeros that pydicom reads into it. */
const inFull = (time: string): string => {
  const [hour = '', minute = '00', second = '00'] = time.split(':');
  const [whole = '', fraction = ''] = second.split('.');
  return `${hour}:${minute}:${whole}.${fraction.padEnd(6, '0')}`;
};

describe('as pydicom reads it', () => {
  test.each(names)("a person's name: $expected.alphabetic $expected.ideographic", ({ json, expected }) => {
    const name = DataSet.parse({ [anyTag]: json }).personName(anyTag);
    const { familyName, givenName, middleName, prefix, suffix } = name?.alphabetic ?? {};
    const alphabetic = [familyName, givenName, middleName, prefix, suffix].map((component) => component ?? '');
    expect(alphabetic).toEqual(expected.alphabetic);
    expect(name?.ideographic?.raw ?? '').toBe(expected.ideographic);
    expect(name?.phonetic?.raw ?? '').toBe(expected.phonetic);
  });

  test.each(numbers)('$json.vr as numbers and as texts', ({ json, texts, expected }) => {
    expect(DataSet.parse({ [anyTag]: json }).numbers(anyTag)).toEqual(expected);
    expect(DataSet.parse({ [anyTag]: { ...json, Value: texts } }).numbers(anyTag)).toEqual(expected);
  });

  test.each(dates)('the date $text', ({ text, expected }) => {
    expect(parseDa(text)).toBe(expected);
  });

  test.each(times)('the time $text', ({ text, expected }) => {
    expect(inFull(parseTm(text) ?? '')).toBe(expected);
  });

  test.each(dateTimes)('the date and time $text', ({ text, expected }) => {
    const [, date = '', time = '00', offset = ''] = /^([^T]+)(?:T([^+-]+)([+-].+)?)?$/.exec(parseDt(text) ?? '') ?? [];
    expect(`${`${date}-01-01`.slice(0, 10)}T${inFull(time)}${offset}`).toBe(expected);
  });
});
