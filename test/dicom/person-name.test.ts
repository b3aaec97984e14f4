import { describe, expect, test } from 'vitest';
import { parsePersonName, personNameProblem } from '../../src/dicom/person-name.ts';

const group = (raw: string, [familyName, givenName, middleName, prefix, suffix]: (string | null)[]) => ({
  familyName: familyName ?? null,
  givenName: givenName ?? null,
  middleName: middleName ?? null,
  prefix: prefix ?? null,
  suffix: suffix ?? null,
  raw,
});

// The examples of PS3.5 §6.2.1.1, §H.3.1 and §I.2.
describe("a person's name of the standard's own examples", () => {
  test('has family, given, middle name, prefix and suffix, in this order', () => {
    const name = parsePersonName({ Alphabetic: 'Adams^John Robert Quincy^^Rev.^B.A. M.Div.' });
    expect(name?.alphabetic).toEqual(
      group('Adams^John Robert Quincy^^Rev.^B.A. M.Div.', ['Adams', 'John Robert Quincy', null, 'Rev.', 'B.A. M.Div.']),
    );
    expect(name?.formatted).toBe('Rev. John Robert Quincy Adams B.A. M.Div.');
    expect(name?.raw).toBe('Adams^John Robert Quincy^^Rev.^B.A. M.Div.');
  });

  test('may stop early', () => {
    expect(parsePersonName({ Alphabetic: 'Morrison-Jones^Susan^^^Ph.D., Chief Executive Officer' })?.formatted).toBe(
      'Susan Morrison-Jones Ph.D., Chief Executive Officer',
    );
    expect(parsePersonName({ Alphabetic: 'Doe^John' })?.formatted).toBe('John Doe');
    expect(parsePersonName({ Alphabetic: 'Smith^Fluffy' })?.alphabetic?.middleName).toBeNull();
  });

  test('has three component groups', () => {
    const name = parsePersonName({
      Alphabetic: 'Yamada^Tarou',
      Ideographic: '山田^太郎',
      Phonetic: 'やまだ^たろう',
    });
    expect(name?.ideographic).toEqual(group('山田^太郎', ['山田', '太郎']));
    expect(name?.phonetic).toEqual(group('やまだ^たろう', ['やまだ', 'たろう']));
    expect(name?.raw).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう');
    expect(name?.formatted).toBe('Tarou Yamada');
  });

  test('has three groups also where it is one text', () => {
    const groups = parsePersonName({ Alphabetic: 'Hong^Gildong', Ideographic: '洪^吉洞', Phonetic: '홍^길동' });
    expect(parsePersonName('Hong^Gildong=洪^吉洞=홍^길동')).toEqual(groups);
    expect(parsePersonName({ Alphabetic: 'Hong^Gildong=洪^吉洞=홍^길동' })).toEqual(groups);
  });
});

describe("a person's name", () => {
  test('without an alphabetic group is read family first', () => {
    expect(parsePersonName({ Ideographic: '山田^太郎' })).toMatchObject({
      alphabetic: null,
      formatted: '山田 太郎',
      raw: '=山田^太郎',
    });
    expect(parsePersonName({ Phonetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ' })).toMatchObject({ formatted: 'ﾔﾏﾀﾞ ﾀﾛｳ', raw: '==ﾔﾏﾀﾞ^ﾀﾛｳ' });
  });

  test('is read family first where ideographs or hangul stand in the alphabetic group', () => {
    expect(parsePersonName({ Alphabetic: '王^小东' })?.formatted).toBe('王 小东');
    expect(parsePersonName({ Alphabetic: '홍^길동' })?.formatted).toBe('홍 길동');
  });

  test('in Arabic or Greek script is read given name first', () => {
    expect(parsePersonName({ Alphabetic: 'قباني^لنزار' })?.formatted).toBe('لنزار قباني');
    expect(parsePersonName({ Alphabetic: 'Διονυσιος' })?.formatted).toBe('Διονυσιος');
  });

  test('of one group without carets is all family name', () => {
    expect(parsePersonName('ANONYMOUS')).toMatchObject({
      alphabetic: { familyName: 'ANONYMOUS' },
      formatted: 'ANONYMOUS',
    });
  });

  test('loses its padding, not the spaces inside', () => {
    expect(parsePersonName({ Alphabetic: 'van der Berg^ Jan ^^^ ' })).toMatchObject({
      alphabetic: { familyName: 'van der Berg', givenName: 'Jan', suffix: null, raw: 'van der Berg^ Jan ^^^' },
      formatted: 'Jan van der Berg',
    });
  });

  test.each([null, undefined, '', ' ', '==', {}, { Alphabetic: '' }, { Alphabetic: null }, { Phonetic: '  ' }])(
    '%j is none, and no mistake',
    (value) => {
      expect(parsePersonName(value)).toBeNull();
      if (value !== null && value !== undefined) expect(personNameProblem(value)).toBeNull();
    },
  );

  test('of carets alone has nothing to read', () => {
    expect(parsePersonName('^^^^')).toMatchObject({ formatted: null, raw: '^^^^' });
  });

  test.each([
    [12, 'not a person name'],
    [['Doe^John'], 'not a person name'],
    [{ Alphabetic: ['Doe'] }, 'not a person name'],
    ['a=b=c=d', 'more than 3 component groups'],
    [{ Alphabetic: 'a^b^c^d^e^f' }, 'more than 5 components'],
  ])('%j is told as %s', (value, problem) => {
    expect(personNameProblem(value)).toBe(problem);
  });
});
