import { describe, expect, test } from 'vitest';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { startGraphql } from '../support/graphql.ts';
import { json, type Reply, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const rows = ['1.1', '1.2', '1.3'].map((uid) => ({
  '00080020': { vr: 'DA', Value: ['20240105'] },
  '00080061': { vr: 'CS', Value: ['CT'] },
  '0020000D': { vr: 'UI', Value: [uid] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] },
  '00100020': { vr: 'LO', Value: ['12345'] },
}));
const counted: Reply = { headers: { 'content-type': 'application/json' }, body: '{"count":41}' };

/** What an archive that counts its studies, as dcm4chee-arc does, is asked, and what comes of it. */
async function ask(query: string, count: Reply = counted, capabilities: ConfiguredCapabilities = {}) {
  await using origin = await startQuirkyOrigin((socket, { target }) =>
    reply(socket, /\/studies\/count\b/.test(target) ? count : json(rows)),
  );
  await using graphql = await startGraphql({
    capabilities: {},
    origins: {
      counting: { url: origin.url, profile: 'dcm4chee-arc', capabilities: { uidListMatching: true, ...capabilities } },
    },
  });
  const before = origin.requests.length;
  const answer = await graphql.query(query, {}, { 'x-dicomweb-explain': '1' });
  const requests = origin.requests.slice(before);
  return { ...answer, requests: requests.map(({ target }) => target.replace('/dicom-web', '')), sent: requests };
}

const studies = (filter = ''): string => `{ studyStatistics${filter} { studies exactness scanned } }`;
const byCount = { studies: 41, exactness: 'EXACT', scanned: 0 };

describe('an origin that counts is asked to', () => {
  test('where nothing is asked but how many studies there are', async () => {
    const { data, requests, sent, extensions } = await ask(studies());
    expect(data.studyStatistics).toEqual(byCount);
    expect(requests).toEqual(['/studies/count']);
    expect(sent[0]?.headers.get('accept')).toBe('application/json');
    expect(extensions?.['dicomweb']).toMatchObject({
      plan: [{ transaction: 'count studies', resource: 'root' }],
      requests: [{ transaction: 'count studies', status: 200 }],
    });
  });

  test.each([
    ['{ studyDate: { from: "2024-01-01" } }', '/studies/count?StudyDate=20240101-'],
    ['{ patientID: { equals: "12345" } }', '/studies/count?PatientID=12345'],
    ['{ modalitiesInStudy: ["ct"] }', '/studies/count?ModalitiesInStudy=CT'],
    ['{ studyInstanceUIDs: ["1.1", "1.2"] }', '/studies/count?StudyInstanceUID=1.1,1.2'],
  ])('with the filter %s, which it matches as it is meant', async (filter, request) => {
    const { data, requests } = await ask(studies(`(filter: ${filter})`));
    expect(data.studyStatistics).toEqual(byCount);
    expect(requests).toEqual([request]);
  });

  test.each([
    ['that is matched without regard to case', '{ patientID: { equals: "abc" } }'],
    ['of a name, which is asked for more widely', '{ patientName: { equals: "Doe^Jane" } }'],
    ['of several values, whose studies may be the same', '{ modalitiesInStudy: ["CT", "MR"] }'],
    ['with a comma, which would be a list', '{ patientID: { equals: "1,2" } }'],
  ])('not with a filter %s', async (_, filter) => {
    const { requests } = await ask(studies(`(filter: ${filter})`));
    expect(requests.filter((target) => target.startsWith('/studies/count'))).toEqual([]);
  });

  test('not where more is asked than how many there are', async () => {
    const { data, requests } = await ask('{ studyStatistics { studies byModality { key studies } } }');
    expect(data.studyStatistics).toEqual({ studies: 3, byModality: [{ key: 'CT', studies: 3 }] });
    expect(requests).toEqual([expect.stringMatching(/^\/studies\?/)]);
  });

  test('not where it is configured not to', async () => {
    const { data } = await ask(studies(), counted, { studyCount: false });
    expect(data.studyStatistics).toEqual({ studies: 3, exactness: 'EXACT', scanned: 3 });
  });
});

describe('an origin that was thought to count', () => {
  test('and has no such resource is read instead', async () => {
    const { data, requests, extensions } = await ask(studies(), { status: 404 });
    expect(data.studyStatistics).toEqual({ studies: 3, exactness: 'EXACT', scanned: 3 });
    expect(requests).toHaveLength(2);
    expect(extensions?.['warnings']).toEqual([
      expect.objectContaining({ code: 'CAPABILITY_WORKED_AROUND', about: 'studyCount' }),
    ]);
  });

  test.each(['{}', '[]', 'null', '{"count":-1}', '{"count":"3"}', '{"count":1e300}', '41'])(
    'and answers %s fails by name',
    async (body) => {
      const { data, errors } = await ask(studies(), { ...counted, body });
      expect(data).toEqual({ studyStatistics: null });
      expect(errors).toMatchObject([{ extensions: { code: 'ORIGIN_RESPONSE', transaction: 'count studies' } }]);
    },
  );
});
