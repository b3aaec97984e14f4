import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive } from '../support/archive.ts';
import { ableOrigin, startGraphql, type TestGraphql, type TestGraphqlOptions } from '../support/graphql.ts';

const files = Array.from({ length: 10 }, (_, n) =>
  dicomFile({
    StudyInstanceUID: `1.${n}`,
    SeriesInstanceUID: `1.${n}.1`,
    SOPInstanceUID: `1.${n}.1.1`,
    PatientID: n % 2 === 0 ? 'even' : 'odd',
    Modality: 'CT',
  }),
);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files });
});
afterAll(() => archive.close());

const limited = { ...ableOrigin, maxSearchLimit: 3 };
const start = (options: TestGraphqlOptions): Promise<TestGraphql> => startGraphql({ archive: { files }, ...options });
const query = '{ studyStatistics { studies instances exactness scanned } }';

describe('a scan that ends early gives what it read, as a lower bound', () => {
  test('at the requests that an operation may cost', async () => {
    await using graphql = await start({ capabilities: { limited }, bounds: { maxOriginRequests: 2 } });
    const { data, errors } = await graphql.query(query);
    expect(errors).toBeUndefined();
    expect(data.studyStatistics).toEqual({ studies: 6, instances: 6, exactness: 'LOWER_BOUND', scanned: 6 });
    expect(graphql.requests).toHaveLength(2);
  });

  test('at the rows that an operation may read, and not beyond', async () => {
    await using graphql = await start({ capabilities: { limited }, bounds: { maxRows: 7 } });
    const { data, errors } = await graphql.query(query);
    expect(errors).toBeUndefined();
    expect(data.studyStatistics).toEqual({ studies: 7, instances: 7, exactness: 'LOWER_BOUND', scanned: 7 });
    expect(graphql.requests).toHaveLength(3);
  });

  test('at the rows that an origin can page to', async () => {
    await using graphql = await start({ capabilities: { shallow: { ...limited, maxSearchRows: 5 } } });
    const { data } = await graphql.query(query);
    expect(data.studyStatistics).toEqual({ studies: 5, instances: 5, exactness: 'LOWER_BOUND', scanned: 5 });
    expect(graphql.requests).toHaveLength(2);
  });

  test('each where two of them share the rows that are left', async () => {
    await using graphql = await start({ bounds: { maxRows: 8 } });
    const { data, errors } = await graphql.query(`{
      all: studyStatistics { studies exactness }
      even: studyStatistics(filter: { patientID: { equals: "even" } }) { studies exactness }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      all: { studies: 4, exactness: 'LOWER_BOUND' },
      even: { studies: 4, exactness: 'LOWER_BOUND' },
    });
  });

  test('but is an error where nothing could be read at all', async () => {
    await using graphql = await start({ bounds: { maxOriginRequests: 1 } });
    const { data, errors } = await graphql.query(`{
      all: studyStatistics { studies exactness }
      even: studyStatistics(filter: { patientID: { equals: "even" } }) { studies }
    }`);
    expect(data).toEqual({ all: { studies: 10, exactness: 'EXACT' }, even: null });
    expect(errors).toMatchObject([
      { path: ['even'], extensions: { code: 'REQUEST_BUDGET', need: 2, limit: 1, retryable: false } },
    ]);
  });
});

describe('a scan that reads everything is exact', () => {
  test('over pages of what the origin gives at a time', async () => {
    await using graphql = await start({ capabilities: { limited } });
    const { data } = await graphql.query(query);
    expect(data.studyStatistics).toEqual({ studies: 10, instances: 10, exactness: 'EXACT', scanned: 10 });
    expect(graphql.requests).toEqual([
      'GET /studies includefield limit',
      'GET /studies includefield limit offset',
      'GET /studies includefield limit offset',
      'GET /studies includefield limit offset',
    ]);
  });

  test('over the pages of an origin that has a bound of its own and tells it in a warning', async () => {
    await using graphql = await start({ archive: { files, maxSearchRows: 4 } });
    const { data } = await graphql.query(query);
    expect(data.studyStatistics).toEqual({ studies: 10, instances: 10, exactness: 'EXACT', scanned: 10 });
    expect(graphql.requests).toHaveLength(3);
  });

  test('in one request, where the origin has no bound', async () => {
    await using graphql = await start({});
    const { data } = await graphql.query(query);
    expect(data.studyStatistics).toMatchObject({ studies: 10, exactness: 'EXACT' });
    expect(graphql.requests).toEqual(['GET /studies includefield limit']);
  });

  test('as far as the rows that it can page to, where there are no more', async () => {
    await using graphql = await start({ capabilities: { shallow: { ...ableOrigin, maxSearchRows: 11 } } });
    const { data } = await graphql.query(query);
    expect(data.studyStatistics).toMatchObject({ studies: 10, exactness: 'EXACT' });
  });
});
