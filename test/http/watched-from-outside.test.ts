import { rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { breakTrail, mendTrail, startAudited } from '../support/audited.ts';
import { openLink, startTestFacade, type TestFacade } from '../support/facade.ts';
import { startPassage } from '../support/passage.ts';

// What probes and Prometheus see of the program: nothing but whether it works, and how much.

/** Status, type and body of an answer. */
async function look(url: string): Promise<readonly [number, string | null, string]> {
  const response = await fetch(url);
  return [response.status, response.headers.get('content-type'), await response.text()];
}

const text = 'text/plain; charset=utf-8';
const ok = [200, text, 'ok'];
const ready = [200, text, 'ready'];
const notReady = [503, text, 'not ready'];
const comesTo = (facade: TestFacade, expected: readonly unknown[]) =>
  vi.waitFor(async () => expect(await look(`${facade.url}/ready`)).toEqual(expected), 10_000);

const file = dicomFile({
  ...tinyImage,
  StudyInstanceUID: '2.25.61',
  SeriesInstanceUID: '2.25.62',
  SOPInstanceUID: '2.25.63',
});
const native = '{ searchStudies { nodes { retrieve { native { url } } } } }';
interface Links {
  readonly searchStudies: { readonly nodes: readonly { readonly retrieve: { readonly native: { url: string } } }[] };
}
const linkOf = async (facade: TestFacade): Promise<string> =>
  (await facade.data<Links>(native)).searchStudies.nodes[0]?.retrieve.native.url ?? '';

test('while it cannot be known which links were revoked /ready is 503 and says nothing else, and no link opens', async () => {
  await using archive = await startTestArchive({ files: [file] });
  const stateFolder = temporaryFolder();
  const revoked = join(stateFolder, 'revoked-links');
  writeFileSync(revoked, 'a file stands where the folder should be');
  await using facade = await startTestFacade({ stateFolder, origin: archive.url });
  expect(await look(`${facade.url}/ready`)).toEqual(notReady);
  expect(await look(`${facade.url}/health`)).toEqual(ok);
  const { errors } = await facade.query(native);
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['UNAVAILABLE']);
  rmSync(revoked);
  await comesTo(facade, ready);
  expect((await openLink(await linkOf(facade))).status).toBe(200);
});

test('while no archive answers /ready is 503 and says nothing else', async () => {
  const archive = await startTestArchive({ files: [file] });
  await archive.close();
  await using facade = await startTestFacade({ origin: archive.url });
  expect(await look(`${facade.url}/ready`)).toEqual(notReady);
  expect(await look(`${facade.url}/health`)).toEqual(ok);
});

test('while the trail cannot be written /ready is 503 and says nothing else', async () => {
  await using archive = await startTestArchive({ files: [file] });
  const { facade, folder } = await startAudited({ origin: archive.url });
  expect(await look(`${facade.url}/ready`)).toEqual(ready);
  breakTrail(folder);
  expect((await facade.query(native)).errors).toHaveLength(1);
  expect(await look(`${facade.url}/ready`)).toEqual(notReady);
  expect(await look(`${facade.url}/health`)).toEqual(ok);
  mendTrail(folder);
  await comesTo(facade, ready);
});

test('a link that is being read is one open stream in /metrics until its last byte, and one that breaks off is told of', async () => {
  await using archive = await startTestArchive({ files: [file] });
  const held = { until: Promise.resolve() };
  await using passage = await startPassage(archive.url, () => held.until);
  await using facade = await startTestFacade({ origin: passage.url, payloadCache: { objectBytes: 0 } });
  const metric = async (name: string): Promise<number> => {
    const [status, type, body] = await look(`${facade.url}/metrics`);
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const [, value = 'none'] = new RegExp(`^dicomweb_http_${name}\\{route="links"\\} (\\d+)$`, 'm').exec(body) ?? [];
    return Number(value);
  };
  const url = await linkOf(facade);
  expect((await openLink(url)).status).toBe(200);
  expect(await metric('requests_under_way')).toBe(0);

  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  onTestFinished(() => letGo());
  held.until = promise;
  const opened = openLink(url);
  await vi.waitFor(async () => expect(await metric('requests_under_way')).toBe(1));
  const another = get(url).on('error', () => undefined);
  await vi.waitFor(async () => expect(await metric('requests_under_way')).toBe(2));
  another.destroy();
  await vi.waitFor(async () => expect(await metric('broken_answers_total')).toBe(1));
  expect(await metric('requests_under_way')).toBe(1);
  letGo();
  expect((await opened).status).toBe(200);
  await vi.waitFor(async () => expect(await metric('requests_under_way')).toBe(0));
});
