import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleStudies } from '../archive/sample-studies.ts';
import { dicomFile } from '../support/archive.ts';
import { ableOrigin, startGraphql, type TestGraphql } from '../support/graphql.ts';

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({
    archive: { files: sampleStudies() },
    capabilities: { able: ableOrigin, noOrdering: { ...ableOrigin, ordering: false } },
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const find = async (filter: object): Promise<string[]> => {
  const { data, errors } = await graphql.query(
    'query($filter: StudyFilter) { searchStudies(filter: $filter) { nodes { studyInstanceUID } } }',
    { filter },
  );
  expect(errors).toBeUndefined();
  return data.searchStudies.nodes.map((study: { studyInstanceUID: string }) => study.studyInstanceUID).sort();
};

// 1.1 is Yamada's CT and SR of 2024-01-15, 1.2 DOE^JANE's MR of 2023-06-30, 1.3 Müller's US without a date.
describe('a filter of studies', () => {
  test.each([
    ['equal text, whatever its case', { patientID: { equals: 'PAT-1' } }, ['1.1']],
    [
      'equal text with the empty components of a name left out',
      { patientName: { equals: 'müller^jörg^^dr.' } },
      ['1.3'],
    ],
    ['the ideographic group of a name', { patientName: { equals: '山田^太郎' } }, ['1.1']],
    ['the phonetic group of a name', { patientName: { startsWith: 'やまだ' } }, ['1.1']],
    ['the beginning of a text', { patientName: { startsWith: 'doe' } }, ['1.2']],
    ['a part of a text', { studyDescription: { contains: 't1+c' } }, ['1.1']],
    ['wildcards', { accessionNumber: { wildcard: 'acc-?' } }, ['1.1', '1.2']],
    ['a literal star, by a wildcard', { patientID: { wildcard: 'PAT*3' } }, ['1.3']],
    ['any of several texts', { accessionNumber: { anyOf: ['ACC-2', 'ACC-1', 'ACC-9'] } }, ['1.1', '1.2']],
    ['any of several modalities', { modalitiesInStudy: ['MR', 'SR'] }, ['1.1', '1.2']],
    ['an inclusive range of dates', { studyDate: { from: '2023-06-30', to: '2024-01-15' } }, ['1.1', '1.2']],
    ['dates open at one end', { studyDate: { from: '2023-07-01' } }, ['1.1']],
    ['a range without ends, which is no condition', { studyDate: {} }, ['1.1', '1.2', '1.3']],
    ['a birth date', { patientBirthDate: { from: '1960-02-29', to: '1960-02-29' } }, ['1.1']],
    ['a list of UIDs', { studyInstanceUIDs: ['1.3', '1.1', '1.99'] }, ['1.1', '1.3']],
    ['an empty list, which matches nothing', { studyInstanceUIDs: [] }, []],
    ['null, which is the same as absent', { studyInstanceUIDs: null, patientID: null }, ['1.1', '1.2', '1.3']],
    ['all of its fields', { modalitiesInStudy: ['CT', 'MR'], studyDate: { to: '2023-12-31' } }, ['1.2']],
    [
      'any attribute of the patient',
      { attributes: [{ path: 'PatientSex', match: { text: { equals: 'M' } } }] },
      ['1.1'],
    ],
    ['nothing where no study matches', { patientID: { equals: 'nobody' } }, []],
  ])('matches %s', async (_what, filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  test('that matches nothing by an empty list costs no request', async () => {
    await find({ studyInstanceUIDs: [] });
    expect(graphql.requests).toEqual([]);
  });
});

describe('a page of studies', () => {
  const page =
    'query($o: ID, $by: StudyOrder, $first: Int, $after: String, $filter: StudyFilter) { searchStudies(origin: $o, orderBy: $by, first: $first, after: $after, filter: $filter) { nodes { studyInstanceUID } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }';

  const walk = async (variables: object): Promise<string[]> => {
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data, errors } = await graphql.query(page, { ...variables, first: 1, after });
      expect(errors).toBeUndefined();
      const { nodes, pageInfo } = data.searchStudies;
      found.push(...nodes.map((node: { studyInstanceUID: string }) => node.studyInstanceUID));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  };

  test('and the pages after it give every study once', async () => {
    expect((await walk({})).sort()).toEqual(['1.1', '1.2', '1.3']);
    expect((await walk({ filter: { modalitiesInStudy: ['CT', 'SR', 'US'] } })).sort()).toEqual(['1.1', '1.3']);
  });

  test.each(['able', 'noOrdering'])('is in the order of StudyDate, undated last (%s)', async (o) => {
    expect(await walk({ o, by: 'STUDY_DATE_DESC' })).toEqual(['1.1', '1.2', '1.3']);
    expect(await walk({ o, by: 'STUDY_DATE_ASC' })).toEqual(['1.2', '1.1', '1.3']);
  });

  test('that ends the search has an exact total, another has none', async () => {
    const all = await graphql.query(page, { first: 10 });
    expect(all.data.searchStudies).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    });
    const one = await graphql.query(page, { first: 1 });
    expect(one.data.searchStudies).toMatchObject({ totalCount: null, pageInfo: { hasNextPage: true } });
    const next = await graphql.query(page, { first: 10, after: one.data.searchStudies.pageInfo.endCursor });
    expect(next.data.searchStudies).toMatchObject({ totalCount: null, pageInfo: { hasPreviousPage: true } });
  });

  test.each([
    ['another filter', { filter: { patientID: { equals: 'PAT-1' } } }],
    ['another order', { by: 'STUDY_DATE_DESC' }],
    ['another origin', { o: 'noOrdering' }],
  ])('is refused with a cursor of %s', async (_what, other) => {
    const { data } = await graphql.query(page, { first: 1 });
    const { errors } = await graphql.query(page, { first: 1, after: data.searchStudies.pageInfo.endCursor, ...other });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
  });
});

test('studies dated in the next century are ordered with the others by an origin that does not order', async () => {
  const dated = (uid: string, date: string) =>
    dicomFile({
      StudyInstanceUID: uid,
      SeriesInstanceUID: `${uid}.1`,
      SOPInstanceUID: `${uid}.1.1`,
      StudyDate: date,
      PatientID: uid,
    });
  await using archive = await startGraphql({
    archive: {
      files: [dated('1.5', '21500101'), dated('1.6', '17000101'), dated('1.7', '20200101'), dated('1.8', '20200101')],
    },
    capabilities: { plain: { ...ableOrigin, ordering: false } },
  });
  const { data } = await archive.query(
    '{ searchStudies(orderBy: STUDY_DATE_DESC) { nodes { studyInstanceUID studyDate } } }',
  );
  expect(data.searchStudies.nodes.map((n: { studyInstanceUID: string }) => n.studyInstanceUID)).toEqual([
    '1.5',
    '1.7',
    '1.8',
    '1.6',
  ]);
});
