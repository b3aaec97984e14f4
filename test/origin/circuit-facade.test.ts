import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RunningArchive, startArchive } from '../../src/archive/server.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const file = dicomFile({ ...tinyImage, ...uids });
const studies = '{ searchStudies { nodes { studyInstanceUID } } }';
const links =
  '{ searchStudies { nodes { series { nodes { instances { nodes { retrieve { native { url } } } } } } } } }';

let archive: RunningArchive;
let facade: TestFacade;

beforeAll(async () => {
  archive = await startArchive({ files: [file] });
  facade = await startTestFacade({
    metrics: true,
    cache: { maxBytes: 0 },
    origins: [{ id: 'pacs', url: archive.url, retries: 0, circuitFailures: 2, circuitPauseMs: 400 }],
  });
});

afterAll(async () => {
  await facade.close();
  await archive.close();
});

const codes = async (): Promise<unknown[]> =>
  ((await facade.query(studies)).errors ?? []).map(({ extensions }) => extensions['code']);
const healthy = async () =>
  (await facade.data<{ origins: { healthy: boolean }[] }>('{ origins { healthy } }')).origins[0]?.healthy;
const metric = async () =>
  /^dicomweb_origin_circuit_open\{origin="pacs"\} ([01])$/m.exec(
    await (await fetch(`${facade.url}/metrics`)).text(),
  )?.[1];

test('an origin that goes down is left alone, links say when to come again, and all is well once it is back', async () => {
  const [, url = ''] = /"(http[^"]*)"/.exec(JSON.stringify(await facade.data(links))) ?? [];
  expect([await healthy(), await metric()]).toEqual([true, '0']);

  await archive.close();
  const met = new Set<unknown>();
  await expect
    .poll(async () => {
      for (const code of await codes()) met.add(code);
      return [...met];
    })
    .toEqual(['ORIGIN_UNREACHABLE', 'UNAVAILABLE']);
  expect([await healthy(), await metric()]).toEqual([false, '1']);

  await expect.poll(() => codes()).toEqual(['UNAVAILABLE']);
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ code: 'UNAVAILABLE', retryable: true, facts: { origin: 'pacs' } });

  const back = await startArchive({ files: [file], port: Number(new URL(archive.url).port) });
  onTestFinished(() => back.close());
  await expect.poll(() => codes(), { timeout: 10_000 }).toEqual([]);
  expect([await healthy(), await metric()]).toEqual([true, '0']);
  const opened = await fetch(url);
  expect([opened.status, Buffer.from(await opened.arrayBuffer()).equals(file)]).toEqual([200, true]);
});
