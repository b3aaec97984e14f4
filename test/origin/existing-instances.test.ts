import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { findExistingInstances } from '../../src/origin/existing-instances.ts';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { numberedFiles } from '../support/graphql.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const ref = (study: string, series: string, instance: string) => ({
  study: parseUid(study),
  series: parseUid(series),
  instance: parseUid(instance),
});
const asked = [
  ref('1.1', '1.1.1', '1.1.1.1'),
  ref('1.1', '1.1.2', '1.1.2.7'),
  ref('1.2', '1.2.2', '1.2.2.2'),
  ref('1.9', '1.9.1', '1.9.1.1'),
];

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: numberedFiles(2, 2, 3) });
});
afterAll(() => archive.close());

async function find(capabilities: ConfiguredCapabilities) {
  const requests: string[] = [];
  await using origin = createTestOrigin(
    archive.url,
    { capabilities },
    { onRequest: ({ path }) => requests.push(path) },
  );
  const found = await findExistingInstances(origin, asked, {});
  return { found: [...found].sort(), requests };
}

describe('instances that are there are found', () => {
  test('by one search at the root, in whatever study they are', async () => {
    const { found, requests } = await find({ uidListMatching: true, rootInstanceSearch: true });
    expect(found).toEqual(['1.1.1.1', '1.2.2.2']);
    expect(requests).toEqual(['/dicomweb/instances']);
    await using origin = createTestOrigin(archive.url, {
      capabilities: { uidListMatching: true, rootInstanceSearch: true },
    });
    expect([...(await findExistingInstances(origin, [ref('1.9', '1.9.1', '1.1.1.1')]))]).toEqual(['1.1.1.1']);
  });

  test('by several lists where one would be too long', async () => {
    const { found, requests } = await find({ uidListMatching: true, rootInstanceSearch: true, maxUidsPerList: 3 });
    expect([found, requests.length]).toEqual([['1.1.1.1', '1.2.2.2'], 2]);
    const short = await find({ uidListMatching: true, rootInstanceSearch: true, maxQueryBytes: 45 });
    expect([short.found, short.requests.length]).toEqual([['1.1.1.1', '1.2.2.2'], 2]);
  });

  test('study by study', async () => {
    const { found, requests } = await find({ uidListMatching: true });
    expect(found).toEqual(['1.1.1.1', '1.2.2.2']);
    expect(requests).toEqual(['1.1', '1.2', '1.9'].map((study) => `/dicomweb/studies/${study}/instances`));
  });

  test('page by page where lists are not matched', async () => {
    const { found, requests } = await find({ maxSearchLimit: 4 });
    expect(found).toEqual(['1.1.1.1', '1.2.2.2']);
    expect(requests).toHaveLength(3 + 3 + 1);
  });

  test('series by series where a study is no place to search in', async () => {
    const { found, requests } = await find({ uidListMatching: true, studyInstanceSearch: false });
    expect(found).toEqual(['1.1.1.1', '1.2.2.2']);
    expect(requests).toHaveLength(4);
  });
});

test('rows that were not asked for tell nothing, and neither does a study that is missing', async () => {
  await using server = await startQuirkyOrigin((socket, { target }) =>
    target.includes('1.9')
      ? reply(socket, { status: 404 })
      : reply(socket, json([{ '00080018': { vr: 'UI', Value: ['7.7'] } }])),
  );
  await using origin = createTestOrigin(server.url);
  expect([...(await findExistingInstances(origin, asked))]).toEqual([]);
});
