import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hashLink } from '../../src/audit/link-audit.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { type FhirAuditEvent, shorten } from '../support/audit.ts';
import { type Audited, breakTrail, mendTrail, startAudited } from '../support/audited.ts';
import { startPassage } from '../support/passage.ts';
import { postFiles } from '../support/upload.ts';

const fileOf = (study: string, instance = '1'): Buffer =>
  dicomFile({
    ...tinyImage,
    StudyInstanceUID: study,
    SeriesInstanceUID: `${study}.1`,
    SOPInstanceUID: `${study}.1.${instance}`,
  });
const files = [fileOf('2.25.71'), fileOf('2.25.72', '1'), fileOf('2.25.72', '2')];
const bytes = String(files.reduce((sum, { length }) => sum + length, 0));

/** The program before an archive that takes files. `onStore` is called when files are about to reach the archive. */
async function start(onStore: (folder: string) => void = () => {}) {
  const archive = await startTestArchive({ files: [fileOf('2.25.70')], writable: true });
  let begun: { readonly folder: string } | null = null;
  const passage = await startPassage(archive.url, ({ method }) => {
    if (method === 'POST' && begun !== null) onStore(begun.folder);
  });
  const audited: Audited = await startAudited({ origin: passage.url });
  onTestFinished(async () => {
    await passage[Symbol.asyncDispose]();
    await archive.close();
  });
  const { createUpload } = await audited.facade.data<{ createUpload: { url: string } }>(
    'mutation { createUpload(input: {}) { url } }',
  );
  const { url } = createUpload;
  passage.requests.length = 0; // by which it was found out that the archive takes files
  begun = audited;
  return {
    ...audited,
    url,
    link: hashLink(url.split('/').at(-1) ?? ''),
    /** How often the archive was sent files. */
    stores: () => passage.requests.filter((line) => line.startsWith('POST')).length,
    isInArchive: async () => (await archive.search('/studies?StudyInstanceUID=2.25.71,2.25.72')).length > 0,
  };
}

/** At this moment, as nothing else happens meanwhile. */
const kindsOnDisk = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => shorten(JSON.parse(line) as FhirAuditEvent).kind);

test('an upload that succeeds is told of before the archive is sent a file, and again with what became of it', async () => {
  const before: (readonly string[])[] = [];
  const { trail, url, link, stores } = await start((folder) => before.push(kindsOnDisk(folder)));
  const answer = await postFiles(url, files);
  expect([answer.status, answer.stored.length, stores()]).toEqual([200, 3, 1]);
  expect(before).toEqual([['start', 'mint', 'store']]);
  const common = { code: null, subject: 'anonymous', address: '127.0.0.1' };
  const studies = ['2.25.71', '2.25.72'];
  const events = await trail();
  expect(events).toMatchObject([
    { kind: 'mint', ...common, studies: [], details: { links: '1', representations: 'STORE:1', link } },
    { kind: 'store', ...common, studies, details: { link, form: 'upload', representation: 'STORE' } },
    { kind: 'stored', ...common, studies, details: { link, stored: '3', failed: '0', bytes } },
  ]);
  expect(events[2]?.requestId).toBe(events[1]?.requestId);
  expect(events[2]?.details['ms']).toMatch(/^\d+$/);
});

test('of an upload of which the archive has a part already it is told how many were stored and how many refused', async () => {
  const { trail, url } = await start();
  expect((await postFiles(url, [fileOf('2.25.70'), fileOf('2.25.71')])).status).toBe(202);
  expect((await trail()).slice(1)).toMatchObject([
    { kind: 'store', code: null, studies: ['2.25.71'] },
    { kind: 'stored', code: null, studies: ['2.25.71'], details: { stored: '1', failed: '1' } },
  ]);
});

test('while the trail cannot be written nothing reaches the archive; then the same link is good', async () => {
  const { facade, folder, trail, url, stores, isInArchive } = await start();
  breakTrail(folder);
  expect((await postFiles(url, files)).status, 'it breaks with this upload').toBe(503);
  expect((await postFiles(url, files)).status, 'it is known to be broken').toBe(503);
  expect([stores(), await isInArchive()]).toEqual([0, false]);
  mendTrail(folder);
  await vi.waitFor(async () => expect((await fetch(`${facade.url}/ready`)).status).toBe(200), 5_000);
  expect((await postFiles(url, files)).status).toBe(200);
  expect([stores(), await isInArchive()]).toEqual([1, true]);
  expect((await trail()).slice(-2)).toMatchObject([{ kind: 'store' }, { kind: 'stored', details: { stored: '3' } }]);
});

test('files that were stored are reported where the trail broke meanwhile, and the trail has it when it can', async () => {
  const { folder, trail, url } = await start(breakTrail);
  expect((await postFiles(url, files)).stored).toHaveLength(3);
  mendTrail(folder);
  await vi.waitFor(async () => expect((await trail()).map(({ kind }) => kind)).toEqual(['stored', 'gap']), 5_000);
});

test('an upload that fails at the archive is told of as one, with its code', async () => {
  const { trail, url, stores } = await start(() => {
    throw new Error('reset');
  });
  expect((await postFiles(url, files)).status).toBe(502);
  expect(stores()).toBe(1);
  await vi.waitFor(async () =>
    expect((await trail()).slice(1)).toMatchObject([
      { kind: 'store', code: null },
      { kind: 'stored', code: 'ORIGIN_UNREACHABLE', studies: ['2.25.71', '2.25.72'] },
    ]),
  );
});

test('an upload that is refused before a file of it is looked at is told of, once a minute', async () => {
  const { facade, trail, url, stores } = await start();
  await postFiles(`${url}?x=1`, files);
  await postFiles(`${url}?x=1`, files);
  await facade.close();
  expect(stores()).toBe(0);
  expect((await trail()).slice(1)).toMatchObject([
    { kind: 'store', code: 'BAD_USER_INPUT' },
    { kind: 'stored', code: 'BAD_USER_INPUT', details: { requests: '2', statuses: '400:2' } },
  ]);
});
