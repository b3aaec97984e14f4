import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { shortTrail } from '../support/audit.ts';
import { startTestFacade } from '../support/facade.ts';

const file = dicomFile({
  ...tinyImage,
  StudyInstanceUID: '2.25.1',
  SeriesInstanceUID: '2.25.2',
  SOPInstanceUID: '2.25.3',
});
let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [file] });
});
afterAll(() => archive.close());

async function askInParts(url: string, query: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
    body: JSON.stringify({ query }),
  });
  return response.text();
}

test('an error in a deferred part has its code and its facts', async () => {
  await using facade = await startTestFacade({ origin: archive.url, limits: { maxSignedUrls: 1 } });
  const text = await askInParts(
    facade.url,
    '{ study(studyInstanceUID: "2.25.1") { studyInstanceUID ... @defer { retrieve { native { url } metadata { url } } } } }',
  );
  expect(text).toContain('"incremental"');
  expect(text).toContain('"extensions":{"code":"LINK_BUDGET","retryable":false,"need":2,"limit":1}');
});

test('links of a deferred part are in the audit trail before it comes', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'deferred-'));
  onTestFinished(() => rm(stateFolder, { recursive: true, force: true }));
  await using facade = await startTestFacade({ origin: archive.url, stateFolder, audit: { enabled: true } });
  const text = await askInParts(
    facade.url,
    '{ study(studyInstanceUID: "2.25.1") { studyInstanceUID ... @defer { retrieve { native { url } } series { nodes { retrieve { native { url } } } } } } }',
  );
  expect(text.match(/\/links\//g)).toHaveLength(2);
  const trail = await shortTrail(facade.config.audit?.folder ?? '');
  expect(trail.map(({ kind, studies, details }) => [kind, studies, details['links']])).toEqual([
    ['search', ['2.25.1'], undefined],
    ['mint', ['2.25.1'], '2'],
  ]);
});
