import { describe, expect, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { tag } from '../../src/dicom/tag.ts';

describe('a data set', () => {
  // The example of PS3.18 §F.2.1.1.2, shortened.
  const dataSet = DataSet.parse({
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080020': { vr: 'DT', Value: ['20130409'] },
    '00080030': { vr: 'TM', Value: ['131600.0000'] },
    '00080050': { vr: 'SH', Value: ['11235813'] },
    '00080061': { vr: 'CS', Value: ['CT', 'PET'] },
    '00080090': { vr: 'PN', Value: [{ Alphabetic: '^Bob^^Dr.' }] },
    '00081190': {
      vr: 'UR',
      Value: ['http://wado.nema.org/studies/1.2.392.200036.9116.2.2.2.1762893313.1029997326.945873'],
    },
    '00090010': { vr: 'LO', Value: ['Vendor A'] },
    '00091002': { vr: 'UN', InlineBinary: 'z0x9c8v7' },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' }] },
    '00100020': { vr: 'LO', Value: ['12345'] },
    '00100021': { vr: 'LO', Value: ['Hospital A'] },
    '00100030': { vr: 'DA', Value: ['19670701'] },
    '00100040': { vr: 'CS', Value: ['M'] },
    '00101002': {
      vr: 'SQ',
      Value: [
        { '00100020': { vr: 'LO', Value: ['54321'] }, '00100021': { vr: 'LO', Value: ['Hospital B'] } },
        { '00100020': { vr: 'LO', Value: ['24680'] }, '00100021': { vr: 'LO', Value: ['Hospital C'] } },
      ],
    },
    '0020000D': { vr: 'UI', Value: ['1.2.392.200036.9116.2.2.2.1762893313.1029997326.945873'] },
    '00200010': { vr: 'SH', Value: ['11235813'] },
    '00201206': { vr: 'IS', Value: [4] },
    '00201208': { vr: 'IS', Value: ['942'] },
  });

  test('gives typed values by tag', () => {
    expect(dataSet.text(tagOf('PatientID'))).toBe('12345');
    expect(dataSet.date(tagOf('PatientBirthDate'))).toBe('1967-07-01');
    expect(dataSet.dateTime(tagOf('StudyDate'))).toBe('2013-04-09');
    expect(dataSet.time(tagOf('StudyTime'))).toBe('13:16:00.0000');
    expect(dataSet.texts(tagOf('ModalitiesInStudy'))).toEqual(['CT', 'PET']);
    expect(dataSet.uid(tagOf('StudyInstanceUID'))).toBe('1.2.392.200036.9116.2.2.2.1762893313.1029997326.945873');
    expect(dataSet.integer(tagOf('NumberOfStudyRelatedSeries'))).toBe(4);
    expect(dataSet.integer(tagOf('NumberOfStudyRelatedInstances'))).toBe(942);
    expect(dataSet.text(tagOf('NumberOfStudyRelatedInstances'))).toBe('942');
    expect(dataSet.personName(tagOf('PatientName'))).toMatchObject({
      alphabetic: { familyName: 'Wang', givenName: 'XiaoDong' },
      ideographic: { familyName: '王', givenName: '小東' },
      phonetic: null,
      formatted: 'XiaoDong Wang',
      raw: 'Wang^XiaoDong=王^小東',
    });
    expect(dataSet.personName(tagOf('ReferringPhysicianName'))?.formatted).toBe('Dr. Bob');
    expect(dataSet.items(tagOf('OtherPatientIDsSequence')).map((item) => item.text(tagOf('PatientID')))).toEqual([
      '54321',
      '24680',
    ]);
  });

  test('tells an attribute that is absent from one of another kind, and gives null for both', () => {
    expect(dataSet.has(tagOf('Rows'))).toBe(false);
    expect(dataSet.element(tagOf('Rows'))).toBeUndefined();
    for (const absent of [tagOf('Rows'), tagOf('OtherPatientIDsSequence')]) {
      expect(dataSet.text(absent)).toBeNull();
      expect(dataSet.number(absent)).toBeNull();
      expect(dataSet.integer(absent)).toBeNull();
      expect(dataSet.uid(absent)).toBeNull();
      expect(dataSet.date(absent)).toBeNull();
      expect(dataSet.time(absent)).toBeNull();
      expect(dataSet.dateTime(absent)).toBeNull();
      expect(dataSet.personName(absent)).toBeNull();
      expect(dataSet.texts(absent)).toEqual([]);
      expect(dataSet.numbers(absent)).toEqual([]);
    }
    expect(dataSet.items(tagOf('PatientID'))).toEqual([]);
  });

  test('has its tags in ascending order, however they came', () => {
    const shuffled = DataSet.parse({ '7FE00010': { vr: 'OW' }, '00080005': { vr: 'CS' }, '0020000D': { vr: 'UI' } });
    expect(shuffled.tags()).toEqual(['00080005', '0020000D', '7FE00010']);
  });

  test('decodes an element once', () => {
    expect(dataSet.element(tagOf('PatientName'))).toBe(dataSet.element(tagOf('PatientName')));
  });

  test('may be empty, as an empty item is', () => {
    expect(DataSet.parse({}).tags()).toEqual([]);
  });

  test('is read from lower-case keys too, and a key in the right case wins', () => {
    const lower = DataSet.parse({ '0020000d': { vr: 'UI', Value: ['1.2'] } });
    expect(lower.uid(tagOf('StudyInstanceUID'))).toBe('1.2');
    expect(lower.tags()).toEqual(['0020000D']);
    const both = DataSet.parse({ '0020000D': { vr: 'UI', Value: ['1.3'] }, '0020000d': { vr: 'UI', Value: ['1.2'] } });
    expect(both.uid(tagOf('StudyInstanceUID'))).toBe('1.3');
    expect(both.tags()).toEqual(['0020000D']);
  });

  test('passes over keys that are no tags', () => {
    const mixed = DataSet.parse({ PatientID: 'X', '00100020': { vr: 'LO', Value: ['Y'] }, __proto__: { vr: 'LO' } });
    expect(mixed.tags()).toEqual(['00100020']);
  });

  test.each([null, undefined, [], 'data set', 12, { Details: 'Unknown tag', HttpStatus: 400 }, { message: 'no' }])(
    'is not read from %j',
    (json) => {
      expect(() => DataSet.parse(json)).toThrow(
        expect.objectContaining({ name: 'DicomJsonError', code: 'ORIGIN_RESPONSE' }),
      );
    },
  );

  test('gives a UID only where it is one', () => {
    const broken = DataSet.parse({ '0020000D': { vr: 'UI', Value: ['1.2/../3'] } });
    expect(broken.uid(tagOf('StudyInstanceUID'))).toBeNull();
    expect(broken.text(tagOf('StudyInstanceUID'))).toBe('1.2/../3');
    expect(broken.element(tagOf('StudyInstanceUID'))?.problems).toEqual(['UI: not a UID']);
  });

  test('gives an integer only where it is one', () => {
    const numbers = DataSet.parse({
      '00180050': { vr: 'DS', Value: [2.5] },
      '00201208': { vr: 'DS', Value: ['12.0'] },
    });
    expect(numbers.integer(tag('00180050'))).toBeNull();
    expect(numbers.number(tag('00180050'))).toBe(2.5);
    expect(numbers.integer(tag('00201208'))).toBe(12);
  });
});
