import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { entryOfKeyword } from '../../src/dicom/dictionary.ts';
import { dicomFile, startTestArchive, type TestArchive } from '../support/archive.ts';
import { sampleStudies } from './sample-studies.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: sampleStudies() });
});
afterAll(() => archive.close());

const tagOf = (keyword: string): string => entryOfKeyword(keyword)?.tag ?? keyword;
const values = (row: JsonDataSet | undefined, keyword: string) => row?.[tagOf(keyword)]?.Value;
const has = (row: JsonDataSet | undefined, keyword: string): boolean => row?.[tagOf(keyword)] !== undefined;

// PS3.18 Tables 10.6.3-3 to 10.6.3-5, type R and U.
const studyAttributes = [
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ModalitiesInStudy',
  'ReferringPhysicianName',
  'RetrieveURL',
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyInstanceUID',
  'StudyID',
  'NumberOfStudyRelatedSeries',
  'NumberOfStudyRelatedInstances',
];
const seriesAttributes = [
  'Modality',
  'RetrieveURL',
  'SeriesInstanceUID',
  'SeriesNumber',
  'NumberOfSeriesRelatedInstances',
];
const instanceAttributes = ['SOPClassUID', 'SOPInstanceUID', 'InstanceNumber', 'RetrieveURL'];

describe('rows of the six searches of PS3.18 §10.6', () => {
  test.each<[path: string, levels: string[][], notOf: string[]]>([
    ['/studies', [studyAttributes], ['Modality', 'SOPInstanceUID']],
    ['/series', [studyAttributes, seriesAttributes], ['SOPInstanceUID']],
    ['/instances', [studyAttributes, seriesAttributes, instanceAttributes], []],
    ['/studies/1.2/series', [seriesAttributes], ['PatientName', 'StudyDate', 'SOPInstanceUID']],
    ['/studies/1.2/instances', [seriesAttributes, instanceAttributes], ['PatientName', 'StudyDate']],
    ['/studies/1.2/series/1.2.1/instances', [instanceAttributes], ['PatientName', 'Modality']],
  ])('%s has the attributes of its tables in every row, known or not', async (path, levels, notOf) => {
    const rows = await archive.search(path);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(levels.flat().filter((keyword) => !has(row, keyword))).toEqual([]);
      expect(notOf.filter((keyword) => has(row, keyword))).toEqual([]);
    }
  });

  test('a study tells what it has', async () => {
    const [study] = await archive.search('/studies?StudyInstanceUID=1.1');
    expect(values(study, 'NumberOfStudyRelatedSeries')).toEqual([2]);
    expect(values(study, 'NumberOfStudyRelatedInstances')).toEqual([4]);
    expect(values(study, 'ModalitiesInStudy')).toEqual(['CT', 'SR']);
    expect(values(study, 'RetrieveURL')).toEqual([`${archive.url}/studies/1.1`]);
    expect(values(study, 'PatientName')).toEqual([
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
    ]);
  });

  test('a series tells how many instances it has, an instance how it is stored', async () => {
    const [, ct] = await archive.search('/studies/1.1/series');
    expect(values(ct, 'NumberOfSeriesRelatedInstances')).toEqual([3]);
    const [instance] = await archive.search('/instances?SOPInstanceUID=1.1.1.1');
    expect(values(instance, 'AvailableTransferSyntaxUID')).toEqual(['1.2.840.10008.1.2.1']);
    expect(values(instance, 'RetrieveURL')).toEqual([`${archive.url}/studies/1.1/series/1.1.1/instances/1.1.1.1`]);
  });

  test('what a required attribute has no value for is empty, with its VR', async () => {
    const [study] = await archive.search('/studies?StudyInstanceUID=1.3');
    expect(study?.[tagOf('StudyDate')]).toEqual({ vr: 'DA' });
    expect(study?.[tagOf('ReferringPhysicianName')]).toEqual({ vr: 'PN' });
  });

  test('studies come newest first, series and instances by number, those without last', async () => {
    expect((await archive.search('/studies')).map((row) => values(row, 'StudyInstanceUID'))).toEqual([
      ['1.1'],
      ['1.2'],
      ['1.3'],
    ]);
    const instances = await archive.search('/studies/1.1/instances');
    expect(instances.map((row) => values(row, 'SOPInstanceUID')?.[0])).toEqual([
      '1.1.2.1',
      '1.1.1.1',
      '1.1.1.2',
      '1.1.1.3',
    ]);
  });

  test('the UIDs of the levels above are in every row', async () => {
    const [row] = await archive.search('/studies/1.2/series/1.2.1/instances');
    expect(values(row, 'StudyInstanceUID')).toEqual(['1.2']);
    expect(values(row, 'SeriesInstanceUID')).toEqual(['1.2.1']);
  });
});

describe('includefield', () => {
  const one = '/studies/1.1/series/1.1.1/instances?SOPInstanceUID=1.1.1.3';

  test.each([
    ['a keyword', 'includefield=SliceLocation'],
    ['a tag', 'includefield=00201041'],
    ['a comma list', 'includefield=ImageType,SliceLocation'],
    ['a repeated parameter', 'includefield=ImageType&includefield=SliceLocation'],
    ['all', 'includefield=all'],
  ])('brings an attribute, by %s', async (_how, parameter) => {
    expect(has((await archive.search(one))[0], 'SliceLocation')).toBe(false);
    expect(values((await archive.search(`${one}&${parameter}`))[0], 'SliceLocation')).toEqual(['12.50']);
  });

  test('brings attributes of the levels above', async () => {
    const [row] = await archive.search(`${one}&includefield=PatientName,SeriesDescription`);
    expect(values(row, 'SeriesDescription')).toEqual(['Axial']);
    expect(has(row, 'PatientName')).toBe(true);
  });

  test.each(['SliceLocation', 'Modality', 'all'])('%s brings nothing of a lower level', async (field) => {
    for (const row of await archive.search(`/studies?includefield=${field}`)) {
      expect(has(row, 'SliceLocation')).toBe(false);
      expect(has(row, 'Modality')).toBe(false);
    }
  });

  test('an attribute within a sequence brings the sequence', async () => {
    const [row] = await archive.search(`${one}&includefield=RequestAttributesSequence.ScheduledProcedureStepID`);
    expect(values(row, 'RequestAttributesSequence')).toHaveLength(2);
  });

  test('an attribute that the object lacks is not made up', async () => {
    const [row] = await archive.search(`${one}&includefield=EchoTime`);
    expect(has(row, 'EchoTime')).toBe(false);
  });

  test('what is matched is returned', async () => {
    const [row] = await archive.search('/studies/1.1/instances?SliceLocation=12.5&StudyDescription=*');
    expect(values(row, 'SliceLocation')).toEqual(['12.50']);
    expect(values(row, 'StudyDescription')).toEqual(['Chest T1+C']);
  });

  test('a bulk data reference in a row is absolute', async () => {
    const files = [
      dicomFile({ StudyInstanceUID: '1', SeriesInstanceUID: '2', SOPInstanceUID: '3', PixelData: Uint16Array.of(7) }),
    ];
    await using images = await startTestArchive({ files });
    const [row] = await images.search('/instances?includefield=PixelData');
    expect(row?.['7FE00010']?.BulkDataURI).toBe(`${images.url}/studies/1/series/2/instances/3/bulkdata/7FE00010`);
  });
});
