import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/http/log.ts';
import { loadConfig, startFacade } from '../../src/index.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { openLink } from '../support/facade.ts';
import { startPassage } from '../support/passage.ts';

const image = dicomFile({
  ...tinyImage,
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
});
const native = `{ instance(studyInstanceUID: "1.1", seriesInstanceUID: "1.1.1", sopInstanceUID: "1.1.1.1") {
  retrieve { native { url } }
} }`;
const [old, next] = [`old:${'ab'.repeat(32)}\n`, `new:${'cd'.repeat(32)}\n`];

interface NativeLink {
  readonly instance: { readonly retrieve: { readonly native: { readonly url: string } } };
}

const keyIdOf = (url: string): string =>
  Buffer.from(new URL(url).pathname.slice('/links/'.length), 'base64url').toString('latin1', 2, 5);

test('an operation that is under way when the keys change gives links that open, with the identity and the token that they need', async () => {
  await using archive = await startTestArchive({ files: [image] });
  let held: PromiseWithResolvers<void> | null = null;
  const asked = Promise.withResolvers<void>();
  await using passage = await startPassage(archive.url, ({ url = '' }) => {
    if (held === null || !url.includes('/instances')) return;
    asked.resolve();
    return held.promise;
  });
  const stateFolder = await mkdtemp(join(tmpdir(), 'link-keys-'));
  onTestFinished(() => rm(stateFolder, { recursive: true }));
  const keysFile = join(stateFolder, 'keys');
  await writeFile(keysFile, old);
  const settings = { origin: passage.url, forwardToken: true, port: 0, stateFolder, links: { keysFile } };
  await using facade = await startFacade(await loadConfig('demo', { settings }), { log: createLog('silent') });
  await facade.asked;

  held = Promise.withResolvers();
  const answer = fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer of-mary' },
    body: JSON.stringify({ query: native }),
  });
  await asked.promise;
  await writeFile(`${keysFile}.draft`, next + old);
  await rename(`${keysFile}.draft`, keysFile);
  facade.reloadLinkKeys();
  held.resolve();

  const { data } = (await (await answer).json()) as { data: NativeLink };
  const { url } = data.instance.retrieve.native;
  expect(keyIdOf(url)).toBe('old');
  expect((await openLink(url)).status).toBe(200);
});
