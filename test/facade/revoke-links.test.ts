import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openLink, startTestFacade, type TestFacade } from '../support/facade.ts';

const linksOfFirstStudy = `{
  searchStudies(first: 1) { nodes { studyInstanceUID retrieve { metadata { url } dicomweb { url } } } }
}`;
interface Links {
  readonly searchStudies: {
    readonly nodes: readonly {
      readonly studyInstanceUID: string;
      readonly retrieve: { readonly metadata: { readonly url: string }; readonly dicomweb: { readonly url: string } };
    }[];
  };
}
const revoke = 'mutation ($target: RevokeLinksTarget!) { revokeLinks(input: { target: $target }) { epoch } }';

const stateFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'revoke-links-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

async function start(folder: string): Promise<TestFacade> {
  const facade = await startTestFacade({ stateFolder: folder });
  onTestFinished(() => facade.close());
  return facade;
}

async function linksOf(facade: TestFacade) {
  const [study] = (await facade.data<Links>(linksOfFirstStudy)).searchStudies.nodes;
  if (study === undefined) throw new Error('There is no study');
  const { metadata, dicomweb } = study.retrieve;
  return { studyInstanceUID: study.studyInstanceUID, urls: [metadata.url, `${dicomweb.url}/studies`] };
}

const statusesOf = (urls: readonly string[]) => Promise.all(urls.map(async (url) => (await openLink(url)).status));

test('links of a study end by a mutation, in every process that shares the state folder and after a restart', async () => {
  const folder = stateFolder();
  const [here, there] = [await start(folder), await start(folder)];
  const { studyInstanceUID, urls } = await linksOf(here);
  const elsewhere = urls.map((url) => url.replace(here.url, there.url));
  expect(await statusesOf([...urls, ...elsewhere])).toEqual([200, 200, 200, 200]);

  expect(await here.data(revoke, { target: { study: { studyInstanceUID } } })).toEqual({ revokeLinks: { epoch: 1 } });
  expect(await statusesOf(urls)).toEqual([410, 410]);
  await sleep(500);
  expect(await statusesOf(elsewhere)).toEqual([410, 410]);
  const restarted = await start(folder);
  expect(await statusesOf(urls.map((url) => url.replace(here.url, restarted.url)))).toEqual([410, 410]);

  for (const facade of [here, there]) expect(await statusesOf((await linksOf(facade)).urls)).toEqual([200, 200]);
});

test('links of a subject and of an origin end the same way, and counts go up', async () => {
  const facade = await start(stateFolder());
  for (const [index, target] of [{ subject: 'anonymous' }, { origin: 'demo' }].entries()) {
    const { urls } = await linksOf(facade);
    expect(await facade.data(revoke, { target })).toEqual({ revokeLinks: { epoch: index + 1 } });
    expect(await statusesOf(urls)).toEqual([410, 410]);
  }
});

test.each([
  ['another origin', { origin: 'nowhere' }, 'UNKNOWN_ORIGIN'],
  ['a study of another origin', { study: { origin: 'nowhere', studyInstanceUID: '1.2' } }, 'UNKNOWN_ORIGIN'],
  ['nobody', { subject: '' }, 'BAD_USER_INPUT'],
  ['what is no UID', { study: { studyInstanceUID: '1..2' } }, 'BAD_USER_INPUT'],
  ['two targets', { subject: 'a', origin: 'demo' }, 'BAD_USER_INPUT'],
  ['no target', {}, 'BAD_USER_INPUT'],
])('links of %s are not revoked', async (_, target, code) => {
  const facade = await start(stateFolder());
  const { errors } = await facade.query(revoke, { target });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual([code]);
});
