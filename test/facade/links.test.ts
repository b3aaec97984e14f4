import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { openLink, startTestFacade, type TestFacade } from '../support/facade.ts';

const image = dicomFile({
  ...tinyImage,
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
});

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
  writeFileSync(join(folder, 'no-extension'), image);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(settings: SettingsInput = {}): Promise<TestFacade> {
  const facade = await startTestFacade({ folder, ...settings });
  onTestFinished(() => facade.close());
  return facade;
}

interface NativeLink {
  readonly instance: { readonly retrieve: { readonly native: { readonly url: string } } };
}

async function nativeLink(facade: Pick<TestFacade, 'data'>): Promise<string> {
  const operation = '{ instance(sopInstanceUID: "1.1.1.1") { retrieve { native { url } } } }';
  return (await facade.data<NativeLink>(operation)).instance.retrieve.native.url;
}

test('a link opens in a page of this machine, and no page of elsewhere reads it', async () => {
  const url = await nativeLink(await start());
  expect((await openLink(url)).body.equals(image)).toBe(true);
  const fromPage = await fetch(url, { headers: { origin: 'http://localhost:5173' } });
  expect(fromPage.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  const elsewhere = await fetch(url, { headers: { origin: 'https://evil.example' } });
  expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull();
});

test('links begin with what is configured, whatever the headers of a request say', async () => {
  const facade = await start({ publicUrl: 'https://imaging.example/facade/' });
  const response = await fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      forwarded: 'host=evil.example;proto=https',
      'x-forwarded-host': 'evil.example',
    },
    body: JSON.stringify({ query: '{ instance(sopInstanceUID: "1.1.1.1") { retrieve { native { url } } } }' }),
  });
  const text = await response.text();
  expect(text).toContain('"https://imaging.example/facade/links/');
  expect(text).not.toContain('evil.example');
});

test('a link survives a restart, and does not survive another key', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
  onTestFinished(() => rmSync(stateFolder, { recursive: true }));
  const first = await startTestFacade({ folder, stateFolder });
  const { pathname } = new URL(await nativeLink(first));
  await first.close();
  const second = await start({ stateFolder });
  expect((await openLink(second.url + pathname)).status).toBe(200);
  const third = await start({ links: { keys: [`demo:${'ab'.repeat(32)}`] } });
  const refused = await fetch(third.url + pathname);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'LINK_INVALID' });
});

test('a key that was replaced still verifies while it is listed', async () => {
  const [before, after] = [`2026a:${'ab'.repeat(32)}`, `2026b:${'cd'.repeat(32)}`];
  const first = await start({ links: { keys: [before] } });
  const { pathname } = new URL(await nativeLink(first));
  const second = await start({ links: { keys: [after, before] } });
  expect((await openLink(second.url + pathname)).status).toBe(200);
});
