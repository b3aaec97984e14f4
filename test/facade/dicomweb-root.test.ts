import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUid, type Uid } from '../../src/dicom/uid.ts';
import { createDicomwebClient } from '../support/dicomweb-client.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

interface RootOf {
  readonly url: string;
  readonly expiresAt: string;
  readonly representations: readonly string[];
}

let facade: TestFacade;
let study: Uid;
beforeAll(async () => {
  facade = await startTestFacade();
  const { searchStudies } = await facade.data<{ searchStudies: { nodes: { studyInstanceUID: string }[] } }>(
    '{ searchStudies(first: 1) { nodes { studyInstanceUID } } }',
  );
  const [first] = searchStudies.nodes;
  if (!isUid(first?.studyInstanceUID)) throw new Error('There is no study');
  study = first.studyInstanceUID;
});
afterAll(() => facade.close());

const rootOf = async (selection: string): Promise<RootOf> => {
  const operation = `{ study(studyInstanceUID: "${study}") { retrieve { ${selection} { url expiresAt representations } } } }`;
  const { study: node } = await facade.data<{ study: { retrieve: { dicomweb: RootOf } } }>(operation);
  return node.retrieve.dicomweb;
};

describe('a DICOMweb root by GraphQL', () => {
  test('is a service that a client works with as it is', async () => {
    const { url, representations } = await rootOf('dicomweb');
    expect(url.startsWith(`${facade.url}/dicomweb/`)).toBe(true);
    expect(representations).toEqual(['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA']);
    const rows = await createDicomwebClient(url).searchForStudies();
    expect(rows.map((row) => row['0020000D']?.Value)).toEqual([[study]]);
    const metadata = await createDicomwebClient(url).retrieveStudyMetadata({ studyInstanceUID: study });
    expect(metadata.length).toBeGreaterThan(0);
    expect(facade.faults).toEqual([]);
  });

  test('gives the representations asked for and no other', async () => {
    const { url, representations } = await rootOf('dicomweb(representations: [METADATA, FRAMES])');
    expect(representations).toEqual(['FRAMES', 'METADATA']);
    const client = createDicomwebClient(url);
    expect(await client.searchForSeries()).not.toEqual([]);
    await expect(client.retrieveStudy({ studyInstanceUID: study })).rejects.toMatchObject({ status: 403 });
  });

  test('of nothing is refused', async () => {
    const { errors } = await facade.query(
      `{ study(studyInstanceUID: "${study}") { retrieve { dicomweb(representations: []) { url } } } }`,
    );
    expect(errors?.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'BAD_USER_INPUT', argument: 'representations' },
    ]);
  });

  test('is answered to pages that are allowed, with a preflight that they may keep', async () => {
    const { url } = await rootOf('dicomweb');
    const preflight = await fetch(`${url}/studies`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/\bAccept\b/);
    expect((await fetch(`${url}/studies`, { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });
});
