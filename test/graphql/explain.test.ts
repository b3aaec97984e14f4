import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, scopes } from '../../src/access/scopes.ts';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files: numberedFiles(3, 2, 2) } });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const explained = { 'x-dicomweb-explain': '1' };
const tree = `query($filter: StudyFilter) { searchStudies(filter: $filter) { nodes { studyDescription series { nodes { modality instances { nodes { rows } } } } } } }`;

describe('explain', () => {
  test('tells the plan and the requests that it became', async () => {
    const { extensions } = await graphql.query(tree, {}, explained);
    expect(extensions?.['dicomweb']).toMatchObject({
      plan: [
        { origin: 'able', transaction: 'search studies', resource: 'root', listedUIDs: null },
        { origin: 'able', transaction: 'search instances', resource: 'root', listedUIDs: 3 },
      ],
      requests: [
        { method: 'GET', path: '/dicomweb/studies', queryKeys: ['includefield', 'limit'], status: 200, error: null },
        {
          method: 'GET',
          path: '/dicomweb/instances',
          queryKeys: ['StudyInstanceUID', 'includefield', 'limit'],
          status: 200,
        },
      ],
      totals: { requests: 2, bytes: expect.any(Number), ms: expect.any(Number) },
    });
    expect(graphql.requests).toHaveLength(2);
  });

  test('holds no value of a query', async () => {
    const { extensions } = await graphql.query(
      tree,
      { filter: { patientName: { contains: 'SECRETNAME' } } },
      explained,
    );
    expect(JSON.stringify(extensions)).toContain('PatientName');
    expect(JSON.stringify(extensions)).not.toContain('SECRETNAME');
  });

  test('is told to those alone who ask for it', async () => {
    const { extensions } = await graphql.query(tree);
    expect(extensions).not.toHaveProperty('dicomweb');
  });

  test('names objects in the paths of requests, and is told to no admin who may not see patient data', async () => {
    const files = numberedFiles(1, 1, 1);
    const query =
      '{ searchInstances { nodes { attribute(path: "ImageType") { vr } retrieve { bulkData { path } } } } }';
    const explanationFor = async (granted: readonly Scope[]): Promise<string> => {
      await using asked = await startGraphql({ archive: { files }, scopes: granted });
      const { data, extensions } = await asked.query(query, {}, explained);
      expect(data.searchInstances.nodes).toHaveLength(1);
      return JSON.stringify(extensions?.['dicomweb'] ?? null);
    };
    expect(await explanationFor(scopes)).toContain('/studies/1.1/series/1.1.1/instances/1.1.1.1/metadata');
    for (const missing of ['admin', 'patient-data']) {
      expect(await explanationFor(scopes.filter((scope) => scope !== missing))).toBe('null');
    }
  });
});
