import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleStudies } from '../archive/sample-studies.ts';
import { type Attributes, dicomFile } from '../support/archive.ts';
import { ableOrigin, startGraphql, type TestGraphql } from '../support/graphql.ts';

const study = (uid: string, attributes: Attributes = {}): Buffer =>
  dicomFile({ StudyInstanceUID: uid, SeriesInstanceUID: `${uid}.1`, SOPInstanceUID: `${uid}.1.1`, ...attributes });

// 1.1: CT with three instances and SR with one, of Monday 2024-01-15; 1.2: MR, of Friday 2023-06-30; 1.3: US, undated.
// Then a study without a modality, one on the last Sunday of 2023, and one on New Year's Day, the Monday after.
const files = [
  ...sampleStudies(),
  study('1.4', { StudyDate: '20240121' }),
  study('1.5', { StudyDate: '20231231', Modality: 'CT' }),
  study('1.6', { StudyDate: '20240101', Modality: 'CT' }),
];

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files }, capabilities: { able: ableOrigin, other: ableOrigin } });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const ask = async (selection: string): Promise<unknown> => {
  const { data, errors } = await graphql.query(`{ ${selection} }`);
  expect(errors).toBeUndefined();
  return data;
};

describe('statistics of studies', () => {
  test('count studies, and the series and instances in them', async () => {
    expect(await ask('studyStatistics { studies series instances exactness scanned suppressedBelow }')).toEqual({
      studyStatistics: { studies: 6, series: 7, instances: 9, exactness: 'EXACT', scanned: 6, suppressedBelow: null },
    });
  });

  test('count a study once for each of its modalities, and one without any under null', async () => {
    expect(await ask('studyStatistics { byModality { key studies series instances } }')).toEqual({
      studyStatistics: {
        byModality: [
          { key: 'CT', studies: 3, series: 4, instances: 6 },
          { key: 'MR', studies: 1, series: 1, instances: 1 },
          { key: 'SR', studies: 1, series: 2, instances: 4 },
          { key: 'US', studies: 1, series: 1, instances: 1 },
          { key: null, studies: 1, series: 1, instances: 1 },
        ],
      },
    });
  });

  test.each([
    ['DAY', ['2023-06-30', '2023-12-31', '2024-01-01', '2024-01-15', '2024-01-21', null], [1, 1, 1, 1, 1, 1]],
    ['WEEK', ['2023-06-26', '2023-12-25', '2024-01-01', '2024-01-15', null], [1, 1, 1, 2, 1]],
    ['MONTH', ['2023-06-01', '2023-12-01', '2024-01-01', null], [1, 1, 3, 1]],
    ['YEAR', ['2023-01-01', '2024-01-01', null], [2, 3, 1]],
  ])(
    'by %s have the first day as key, weeks from Monday, undated studies under null',
    async (interval, keys, counts) => {
      expect(await ask(`studyStatistics { byStudyDate(interval: ${interval}) { key studies } }`)).toEqual({
        studyStatistics: { byStudyDate: keys.map((key, index) => ({ key, studies: counts[index] })) },
      });
    },
  );

  test('count only what the filter matches', async () => {
    const filter = '{ modalitiesInStudy: ["CT", "MR"], studyDate: { to: "2023-12-31" } }';
    expect(await ask(`studyStatistics(filter: ${filter}) { studies instances byModality { key studies } }`)).toEqual({
      studyStatistics: {
        studies: 2,
        instances: 2,
        byModality: [
          { key: 'CT', studies: 1 },
          { key: 'MR', studies: 1 },
        ],
      },
    });
  });

  test('of nothing are zeros and empty lists, without a request where a list is empty', async () => {
    const selection = '{ studies series byModality { key } byStudyDate(interval: DAY) { key } exactness }';
    const nothing = { studies: 0, series: 0, byModality: [], byStudyDate: [], exactness: 'EXACT' };
    expect(await ask(`studyStatistics(filter: { patientID: { equals: "nobody" } }) ${selection}`)).toEqual({
      studyStatistics: nothing,
    });
    expect(graphql.requests).toHaveLength(1);
    expect(await ask(`studyStatistics(filter: { modalitiesInStudy: [] }) ${selection}`)).toEqual({
      studyStatistics: nothing,
    });
    expect(graphql.requests).toEqual([]);
  });

  test('were true when the scan began', async () => {
    const before = Date.now();
    const { studyStatistics } = (await ask('studyStatistics { asOf }')) as { studyStatistics: { asOf: string } };
    const asOf = Date.parse(studyStatistics.asOf);
    expect(asOf).toBeGreaterThanOrEqual(before);
    expect(asOf).toBeLessThanOrEqual(Date.now());
  });

  test('of a study UID that stands under two patients are of one study, with the series of both', async () => {
    await using one = await startGraphql({
      archive: {
        files: [
          study('2.1', { PatientID: 'A', Modality: 'CT', StudyDate: '20240101' }),
          study('2.1', { PatientID: 'B', Modality: 'MR', SeriesInstanceUID: '2.1.2', SOPInstanceUID: '2.1.2.1' }),
        ],
      },
    });
    const { data } = await one.query(
      '{ studyStatistics { studies series instances scanned byModality { key studies } } searchStudies { totalCount } }',
    );
    expect(data).toEqual({
      studyStatistics: {
        studies: 1,
        series: 2,
        instances: 2,
        scanned: 2,
        byModality: [
          { key: 'CT', studies: 1 },
          { key: 'MR', studies: 1 },
        ],
      },
      searchStudies: { totalCount: 1 },
    });
  });
});

describe('one scan', () => {
  test('serves all aliases of a filter, whatever each of them selects', async () => {
    expect(
      await ask(`
        a: studyStatistics { studies byYear: byStudyDate(interval: YEAR) { key } byDay: byStudyDate(interval: DAY) { key } }
        b: studyStatistics(filter: null) { instances }
        c: studyStatistics(origin: "able") { byModality { key } }
      `),
    ).toMatchObject({ a: { studies: 6 }, b: { instances: 9 }, c: { byModality: { length: 5 } } });
    expect(graphql.requests).toEqual(['GET /studies includefield limit']);
  });

  test('is made for each filter and for each origin', async () => {
    const filter = '(filter: { patientID: { equals: "PAT-1" } })';
    expect(
      await ask(`
        a: studyStatistics { studies }
        b: studyStatistics${filter} { studies }
        c: studyStatistics(origin: "other") { studies }
        d: studyStatistics${filter} { series }
      `),
    ).toEqual({ a: { studies: 6 }, b: { studies: 1 }, c: { studies: 6 }, d: { series: 2 } });
    expect(graphql.requests).toHaveLength(3);
  });

  test('that fails leaves the others as they are', async () => {
    const { data, errors } = await graphql.query(`{
      good: studyStatistics { studies }
      fuzzy: studyStatistics(filter: { fuzzy: true, patientName: { equals: "x" } }) { studies }
      range: studyStatistics(filter: { studyDate: { from: "2024-02-01", to: "2024-01-01" } }) { studies }
      nowhere: studyStatistics(origin: "nowhere") { studies }
    }`);
    expect(data).toEqual({ good: { studies: 6 }, fuzzy: null, range: null, nowhere: null });
    expect(errors?.map(({ path, extensions }) => [path?.[0], extensions['code']]).sort()).toEqual([
      ['fuzzy', 'FUZZY_UNSUPPORTED'],
      ['nowhere', 'UNKNOWN_ORIGIN'],
      ['range', 'BAD_USER_INPUT'],
    ]);
  });
});
