import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningArchive, startArchive } from '../../src/archive/server.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { startTestFacade } from '../support/facade.ts';

const fileOf = (study: string): Buffer =>
  dicomFile({ ...tinyImage, StudyInstanceUID: study, SeriesInstanceUID: `${study}.1`, SOPInstanceUID: `${study}.1.1` });

let archive: RunningArchive;
beforeAll(async () => {
  archive = await startArchive({ files: ['1.1', '1.2', '1.3', '1.4'].map(fileOf) });
});
afterAll(() => archive.close());

test('viewer { limits } tells the limits that are configured, and those are what is held', async () => {
  const limits = { maxCost: 50_000, maxOriginRequests: 7, maxRows: 3, maxSignedUrls: 2 };
  await using facade = await startTestFacade({ origin: archive.url, limits });
  const { viewer } = await facade.data<{ viewer: { limits: Record<string, number> } }>(
    '{ viewer { limits { maxCost maxOriginRequests maxRows maxSignedUrls } } }',
  );
  expect(viewer.limits).toEqual(limits);
  const searches = Array.from(
    { length: 8 },
    (_, n) => `a${n}: searchStudies(filter: { patientID: { equals: "${n}" } }) { nodes { studyDate } }`,
  );
  const links = 'native { url } metadata { url } thumbnail { url }';
  const passing: readonly (readonly [keyof typeof limits, string, string])[] = [
    ['maxCost', 'COST_LIMIT', '{ searchStudies(first: 1000) { nodes { instances { nodes { rows columns } } } } }'],
    ['maxOriginRequests', 'REQUEST_BUDGET', `{ ${searches.join(' ')} }`],
    ['maxRows', 'ROW_BUDGET', '{ searchStudies { nodes { studyDate } } }'],
    ['maxSignedUrls', 'LINK_BUDGET', `{ study(studyInstanceUID: "1.1") { retrieve { ${links} } } }`],
  ];
  for (const [name, code, query] of passing) {
    const { errors } = await facade.query(query);
    expect([name, errors?.[0]?.extensions]).toMatchObject([name, { code, limit: limits[name] }]);
  }
});

test('a template of 30 frames counts as one link', async () => {
  const file = dicomFile({
    ...tinyImage,
    NumberOfFrames: '30',
    PixelData: new Uint16Array(30 * 4),
    StudyInstanceUID: '1.1',
    SeriesInstanceUID: '1.1.1',
    SOPInstanceUID: '1.1.1.1',
  });
  await using frames = await startArchive({ files: [file] });
  await using facade = await startTestFacade({ origin: frames.url, limits: { maxSignedUrls: 1 } });
  const { data, errors, extensions } = await facade.query(
    '{ searchInstances { nodes { retrieve { frameCount frameTemplate { template } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    searchInstances: { nodes: [{ retrieve: { frameCount: 30, frameTemplate: { template: expect.any(String) } } }] },
  });
  expect(extensions).toMatchObject({ cost: { used: { links: 1 } } });
});

test('where GraphiQL is off, a browser is given no page: the root names the endpoint, and that wants a document', async () => {
  await using facade = await startTestFacade({ origin: archive.url, graphiql: false });
  const open = async (path: string) => {
    const response = await fetch(facade.url + path, { headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' });
    return [response.status, response.headers.get('content-type'), await response.json()];
  };
  const json = 'application/json; charset=utf-8';
  expect(await open('/')).toEqual([200, json, { name: 'dicomweb-graphql', graphql: `${facade.url}/graphql` }]);
  expect(await open('/graphql')).toMatchObject([400, json, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
});
