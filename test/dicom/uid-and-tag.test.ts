import { describe, expect, test } from 'vitest';
import { isPrivateCreatorTag, isPrivateTag, isTag, parseTag, tag } from '../../src/dicom/tag.ts';
import { isUid, parseUid } from '../../src/dicom/uid.ts';

describe('a UID', () => {
  test.each([
    '1.2.840.10008.1.2.1',
    '2.25.329800735698586629295641978511506172918',
    '0',
    '1.2.04.5', // against PS3.5 §9.1, and found in archives
    '1'.repeat(64),
  ])('may be %s', (text) => {
    expect(isUid(text)).toBe(true);
    expect(parseUid(text)).toBe(text);
  });

  test.each([
    '',
    '.1',
    '1.',
    '1..2',
    '1.2.840 ',
    '1.2\0',
    '1.2\n',
    '1.2/../3',
    '1.2,1.3',
    '1.2\\1.3',
    '1.2.*',
    '%31',
    '１.2',
    'a.b',
    '1'.repeat(65),
  ])('may not be %j', (text) => {
    expect(isUid(text)).toBe(false);
    expect(() => parseUid(text, 'studyInstanceUID')).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: 'studyInstanceUID is not a DICOM UID' }),
    );
  });

  test('is a text, not a number or a list that looks like one', () => {
    expect([1, ['1.2'], null, undefined, { toString: () => '1.2' }].some(isUid)).toBe(false);
  });
});

describe('a tag', () => {
  test.each(['7fe00010', '7FE0,0010', '(7fe0,0010)', ' 7FE00010 '])('is read from %j', (text) => {
    expect(parseTag(text)).toBe('7FE00010');
  });

  test.each(['', '7FE0001', '7FE000100', '7FE0 0010', '0x7FE00010', '60xx0010', 'PatientID', '7FE0,,0010'])(
    'is not read from %j',
    (text) => {
      expect(() => parseTag(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );

  test('has upper-case digits, as keys of the JSON model have', () => {
    expect(isTag('7FE00010')).toBe(true);
    expect(isTag('7fe00010')).toBe(false);
  });

  test('is private in an odd group, and a creator from xx10 on', () => {
    expect(isPrivateTag(tag('00291010'))).toBe(true);
    expect(isPrivateTag(tag('00281010'))).toBe(false);
    expect(isPrivateTag(tag('000B1010'))).toBe(true);
    expect(isPrivateCreatorTag(tag('00290010'))).toBe(true);
    expect(isPrivateCreatorTag(tag('002900FF'))).toBe(true);
    expect(isPrivateCreatorTag(tag('0029000F'))).toBe(false);
    expect(isPrivateCreatorTag(tag('00291010'))).toBe(false);
    expect(isPrivateCreatorTag(tag('00280010'))).toBe(false);
  });
});
