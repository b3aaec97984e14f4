import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { sampleStudies } from './sample-studies.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: sampleStudies() });
});
afterAll(() => archive.close());

const uidTag = { studies: '0020000D', series: '0020000E', instances: '00080018' } as const;

async function found(level: keyof typeof uidTag, query: string): Promise<unknown[]> {
  const rows = await archive.search(`/${level}?${query}`);
  return rows.map((row) => row[uidTag[level]]?.Value?.[0]).sort();
}

const all = ['1.1', '1.2', '1.3'];

describe('attribute matching of PS3.4 §C.2.2.2, over HTTP', () => {
  test.each<[what: string, query: string, studies: string[]]>([
    ['single value', 'PatientID=Pat-1', ['1.1']],
    ['text regardless of case', 'PatientID=PAT-1', ['1.1']],
    ['no part of a value', 'PatientID=Pat', []],
    ['a key by tag', '00100020=Pat-1', ['1.1']],
    ['a tag in lower-case hex', '0020000d=1.1', ['1.1']],
    ['spaces around a value do not count', 'PatientID=%20Pat-1%20', ['1.1']],
    ['every key has to match', 'PatientID=Pat-1&AccessionNumber=ACC-2', []],
    ['universal: an empty value finds all', 'AccessionNumber=', all],
    ['universal: a name without value finds all', 'AccessionNumber', all],
    ['a lone asterisk is universal, also for objects without the attribute', 'AccessionNumber=*', all],
    ['* stands for any characters', 'AccessionNumber=ACC*', ['1.1', '1.2']],
    ['* stands for none, too', 'AccessionNumber=ACC-1*', ['1.1']],
    ['? stands for one character', 'AccessionNumber=ACC-?', ['1.1', '1.2']],
    ['? does not stand for none', 'AccessionNumber=ACC-1?', []],
    ['characters of a regular expression mean themselves', 'AccessionNumber=ACC.1', []],
    ['+ is a plus sign, not a space (RFC 3986)', 'StudyDescription=Chest%20T1+C', ['1.1']],
    ['a date', 'StudyDate=20240115', ['1.1']],
    ['a range of dates, both ends included', 'StudyDate=20230630-20240115', ['1.1', '1.2']],
    ['dates from one on', 'StudyDate=20230701-', ['1.1']],
    ['dates up to one', 'StudyDate=-20230701', ['1.2']],
    ['a range finds no object without a date', 'StudyDate=-99991231', ['1.1', '1.2']],
    ['a range that ends before it begins finds nothing', 'StudyDate=20240115-20230630', []],
    ['a time finds what begins within it', 'StudyTime=1015', ['1.1']],
    ['a more precise time does not find a coarser one', 'StudyTime=235930', []],
    ['a range of times', 'StudyTime=10-1016', ['1.1']],
    ['times to the end of the minute that ends the range', 'StudyTime=2300-2359', ['1.2']],
    ['a UID', 'StudyInstanceUID=1.2', ['1.2']],
    ['a list of UIDs', 'StudyInstanceUID=1.1,1.3,9.9', ['1.1', '1.3']],
    ['a name, regardless of case', 'PatientName=doe%5Ejane', ['1.2']],
    ['a name with letters beyond ASCII, regardless of case', 'PatientName=M%C3%9CLLER*', ['1.3']],
    ['a name with the same letters decomposed', `PatientName=${encodeURIComponent('Mu\u0308ller*')}`, ['1.3']],
    ['carets at the end of a name do not count', 'PatientName=DOE%5EJANE%5E%5E', ['1.2']],
    ['the family name alone is not the name', 'PatientName=DOE', []],
    ['the ideographic group of a name', `PatientName=${encodeURIComponent('山田*')}`, ['1.1']],
    ['the phonetic group of a name', `PatientName=${encodeURIComponent('やまだ^たろう')}`, ['1.1']],
    ['groups of a name one by one', `PatientName=${encodeURIComponent('Yamada*=山田^太郎')}`, ['1.1']],
    ['groups of a name in their places only', `PatientName=${encodeURIComponent('山田^太郎=Yamada*')}`, []],
    ['a modality of the study', 'ModalitiesInStudy=SR', ['1.1']],
    ['codes by the letter', 'ModalitiesInStudy=sr', []],
    ['a SOP class of the study', 'SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.4', ['1.2']],
    ['a count', 'NumberOfStudyRelatedInstances=4', ['1.1']],
    ['a character set is never matched', 'SpecificCharacterSet=ISO_IR%20100', all],
    ['studies by an attribute of their series', 'Modality=CT', ['1.1']],
    ['studies by an attribute of their instances', 'EchoTime=4.6', ['1.2']],
    ['keys of a lower level are asked of one and the same object', 'Modality=SR&SliceLocation=12.5', []],
    ['an item of a sequence', 'RequestAttributesSequence.ScheduledProcedureStepID=SPS-2', ['1.1']],
    ['an item of a sequence, by tags', '00400275.00400009=SPS-2', ['1.1']],
    [
      'all keys of a sequence by the same item',
      'RequestAttributesSequence.ScheduledProcedureStepID=SPS-2&RequestAttributesSequence.RequestedProcedureID=RP-1',
      [],
    ],
    ['an empty key within a sequence finds all', 'RequestAttributesSequence.ScheduledProcedureStepID=', all],
    ['a sequence as a whole finds all', 'RequestAttributesSequence=', all],
  ])('%s', async (_what, query, studies) => {
    expect(await found('studies', query)).toEqual(studies);
  });

  test.each<[what: string, query: string, instances: string[]]>([
    ['an integer by its value', 'InstanceNumber=01', ['1.1.1.1', '1.1.2.1']],
    ['a decimal by its value', 'SliceLocation=1.25e1', ['1.1.1.3']],
    ['a negative decimal', 'SliceLocation=-3.0', ['1.1.1.1']],
    ['one of several values', 'ImageType=PRIMARY', ['1.1.1.3']],
    [
      'a date and time with an offset from UTC, at one instant',
      'AcquisitionDateTime=20240115011600%2B0000',
      ['1.1.1.2'],
    ],
    ['a range of date and time', 'AcquisitionDateTime=20240115-', ['1.1.1.2']],
    ['a range that ends before the instant, by offset', 'AcquisitionDateTime=-20240115011559', []],
    ['a private attribute, by tag', '00291001=X1', ['1.1.1.1']],
    ['a private attribute with its creator', '00290010=ACME&00291001=x*', ['1.1.1.1']],
    ['a private attribute of another creator', '00290010=OTHER&00291001=x1', []],
    ['instances by an attribute of their study', 'PatientID=pat-2', ['1.2.1.1']],
    ['a list of UIDs and another key', 'SOPInstanceUID=1.1.1.1,1.1.2.1&Modality=SR', ['1.1.2.1']],
    ['instances by the series they are in', 'SeriesInstanceUID=1.1.2,1.2.1', ['1.1.2.1', '1.2.1.1']],
    ['an availability', 'InstanceAvailability=ONLINE&SOPInstanceUID=1.1.2.1', ['1.1.2.1']],
    ['a transfer syntax', 'AvailableTransferSyntaxUID=1.2.840.10008.1.2.1&Modality=US', ['1.3.1.1']],
  ])('instances: %s', async (_what, query, instances) => {
    expect(await found('instances', query)).toEqual(instances);
  });

  test('a key that names another study than the path finds nothing', async () => {
    expect(await archive.search('/studies/1.1/series?StudyInstanceUID=1.2')).toEqual([]);
    expect(await archive.search('/studies/1.1/series?StudyInstanceUID=1.2,1.1')).toHaveLength(2);
  });

  test('400 UIDs in one list are matched', async () => {
    const uids = Array.from({ length: 400 }, (_, i) => `1.2.840.113619.2.55.3.604688119.868.1234567890.${i}`);
    expect(await found('instances', `SOPInstanceUID=${[...uids, '1.1.1.2'].join(',')}`)).toEqual(['1.1.1.2']);
  });
});
