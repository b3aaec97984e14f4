import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { hashLink } from '../../src/audit/link-audit.ts';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { expectAuditEvent, expectBalp, readTrail } from '../support/audit.ts';
import { type Audited, breakTrail, startAudited } from '../support/audited.ts';
import { openLink } from '../support/facade.ts';

const files = ['1', '2'].map((study) =>
  dicomFile({
    ...tinyImage,
    PatientName: `Phantom^${study}`,
    PatientSex: 'F',
    StudyInstanceUID: `2.25.${study}`,
    SeriesInstanceUID: `2.25.${study}1`,
    SOPInstanceUID: `2.25.${study}11`,
  }),
);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files, writable: true });
});
afterAll(() => archive.close());

const start = (settings: SettingsInput = {}, audit: NonNullable<SettingsInput['audit']> = {}): Promise<Audited> =>
  startAudited({ origin: archive.url, ...settings }, audit);

interface Links {
  readonly searchStudies: {
    readonly nodes: readonly {
      readonly studyInstanceUID: string;
      readonly retrieve: { readonly native: { readonly url: string }; readonly dicomweb: { readonly url: string } };
    }[];
  };
}

const withLinks = `query Private($filter: StudyFilter) {
  searchStudies(first: 2, filter: $filter) {
    nodes { studyInstanceUID retrieve { native { url } dicomweb { url } } }
  }
}`;

const tokenOf = (url: string): string => url.split('/').at(-1) ?? '';

test('a search and the links that it minted are in the trail before the answer is: no name and no value of it', async () => {
  const { facade, trail } = await start();
  const filter = {
    patientName: { contains: 'Phantom' },
    attributes: [{ path: 'PatientSex', match: { text: { equals: 'F' } } }],
  };
  const { searchStudies } = await facade.data<Links>(withLinks, { filter });
  const studies = searchStudies.nodes.map(({ studyInstanceUID }) => studyInstanceUID);
  const [search, ...mints] = await trail();
  expect(search).toMatchObject({
    kind: 'search',
    code: null,
    subject: 'anonymous',
    address: '127.0.0.1',
    studies,
    query: 'searchStudies(first, filter.patientName.contains, filter.attributes[PatientSex].match.text.equals)',
    details: { studies: String(studies.length), requests: '1' },
  });
  expect(mints).toMatchObject(
    searchStudies.nodes.map(({ studyInstanceUID, retrieve: { native, dicomweb } }) => ({
      kind: 'mint',
      subject: 'anonymous',
      requestId: search?.requestId,
      studies: [studyInstanceUID],
      details: { links: '2', link: `${hashLink(tokenOf(native.url))} ${hashLink(tokenOf(dicomweb.url))}` },
    })),
  );
  expect(JSON.stringify(await trail())).not.toContain('Private');
});

test('who opens a link is told of once a window, with the link, its study, and what became of it when the window ends', async () => {
  const { facade, trail, folder } = await start();
  const { searchStudies } = await facade.data<Links>(withLinks);
  const [study] = searchStudies.nodes;
  const url = study?.retrieve.native.url ?? '';
  const opened = await openLink(url);
  await openLink(url);
  await fetch(url, { method: 'HEAD' });
  const common = {
    subject: 'anonymous',
    address: '127.0.0.1',
    studies: [study?.studyInstanceUID],
    details: { link: hashLink(tokenOf(url)), form: 'resource', representation: 'NATIVE', origin: 'origin' },
  };
  const redemptions = async () => (await trail()).filter(({ kind }) => kind.startsWith('redeem'));
  expect(await redemptions()).toMatchObject([{ kind: 'redeem', ...common }]);
  expect((await redemptions())[0]?.requestId).toBe(opened.headers.get('x-request-id'));
  await facade.close();
  const [, closing, ...rest] = await redemptions();
  expect(rest).toEqual([]);
  expect(closing).toMatchObject({
    kind: 'redeemed',
    ...common,
    details: { ...common.details, requests: '3', statuses: '200:3' },
  });
  expect(Number(closing?.details['bytes'])).toBeGreaterThan(2 * opened.body.length);
  const all = await readTrail(folder);
  for (const event of all) expectAuditEvent(event);
  expect(all.map(expectBalp)).toContain('Read');
  expect(all.map(({ subtype }) => subtype.at(-1)?.code)).toEqual(expect.arrayContaining(['start', 'stop']));
});

test('with no window each request is an event: also one that a cache answers, one that is answered 304, and each of a DICOMweb root', async () => {
  const { facade, trail } = await start({}, { windowSeconds: 0 });
  const { searchStudies } = await facade.data<Links>(withLinks);
  const { dicomweb } = searchStudies.nodes[0]?.retrieve ?? { dicomweb: { url: '' } };
  const { instance } = await facade.data<{ instance: { retrieve: { native: { url: string } } } }>(
    '{ instance(studyInstanceUID: "2.25.1", seriesInstanceUID: "2.25.11", sopInstanceUID: "2.25.111") { retrieve { native { url } } } }',
  );
  const { native } = instance.retrieve;
  await openLink(native.url);
  const asked = facade.requests.length;
  const kept = await openLink(native.url);
  const unchanged = await fetch(native.url, { headers: { 'if-none-match': kept.headers.get('etag') ?? '' } });
  expect(unchanged.status).toBe(304);
  expect(facade.requests.length, 'the archive was not asked again').toBe(asked);
  await openLink(`${dicomweb.url}/studies`);
  await openLink(`${dicomweb.url}/series`);
  await facade.close();
  const events = await trail();
  const redeemed = events.filter(({ kind }) => kind === 'redeem');
  expect(redeemed.map(({ details }) => details['representation'])).toEqual([
    'NATIVE',
    'NATIVE',
    'NATIVE',
    'SEARCH',
    'SEARCH',
  ]);
  expect(redeemed[2]?.requestId).toBe(unchanged.headers.get('x-request-id'));
  const closed = events.filter(({ kind }) => kind === 'redeemed').map(({ details }) => details['statuses']);
  expect(closed).toHaveLength(5);
  expect(closed).toEqual(expect.arrayContaining(['200:1', '304:1']));
});

test('a link that is forged is refused in the trail, once a minute for each address; what fails with a good link names its study', async () => {
  const { facade, trail } = await start();
  const { searchStudies } = await facade.data<Links>(withLinks);
  const [study] = searchStudies.nodes;
  for (let index = 0; index < 20; index++) await openLink(`${facade.url}/links/forged${index}`);
  await openLink(`${study?.retrieve.native.url}?window=1`);
  await vi.waitFor(async () => {
    const events = (await trail()).filter(({ code }) => code !== null);
    expect(events).toMatchObject([
      { kind: 'refuse', code: 'LINK_INVALID', address: '127.0.0.1', studies: [] },
      { kind: 'redeem', code: 'BAD_USER_INPUT', studies: [study?.studyInstanceUID] },
    ]);
  });
  await facade.close();
  const refusals = (await trail()).filter(({ kind }) => kind === 'refuse');
  expect(refusals.map(({ details }) => details['requests'])).toEqual([undefined, '20']);
});

test('revocations and uploads are told with what they were done to', async () => {
  const { facade, trail } = await start();
  const [file] = files;
  const { createUpload } = await facade.data<{ createUpload: { url: string } }>(
    'mutation { createUpload(input: {}) { url } }',
  );
  const answer = await fetch(createUpload.url, {
    method: 'POST',
    headers: { 'content-type': 'application/dicom' },
    body: new Uint8Array(file ?? []),
  });
  expect(answer.status).toBe(409); // it is there
  await facade.data('mutation { revokeLinks(input: { target: { study: { studyInstanceUID: "1.2.3" } } }) { epoch } }');
  await facade.query('mutation { revokeLinks(input: { target: { subject: "" } }) { epoch } }');
  expect(await trail()).toMatchObject([
    { kind: 'mint', studies: [], details: { representations: 'STORE:1', link: hashLink(tokenOf(createUpload.url)) } },
    { kind: 'stored', code: 'BAD_USER_INPUT', subject: 'anonymous', details: { stored: '0', failed: '1' } },
    { kind: 'revoke', code: null, subject: 'anonymous', studies: ['1.2.3'], details: { target: 'study' } },
    { kind: 'refuse', code: 'BAD_USER_INPUT', details: { route: 'graphql' } },
  ]);
});

test('who opens a link after a restart is known by name', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'audit-'));
  onTestFinished(() => rm(stateFolder, { recursive: true, force: true }));
  const { facade } = await start({ stateFolder });
  const { searchStudies } = await facade.data<Links>(withLinks);
  const url = searchStudies.nodes[0]?.retrieve.native.url ?? '';
  await facade.close();
  const { facade: other, trail } = await start({ stateFolder });
  expect((await openLink(url.replace(facade.url, other.url))).status).toBe(200);
  expect((await trail()).at(-1)).toMatchObject({ kind: 'redeem', subject: 'anonymous' });
});

test('questions of no study are not in the trail', async () => {
  const { facade, trail } = await start();
  await facade.data('{ viewer { subject } origins { id } __typename }');
  expect(await trail()).toEqual([]);
});

test('fail closed: while the trail cannot be written everything is answered 503, and again as soon as it can', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'audit-'));
  onTestFinished(() => rm(stateFolder, { recursive: true, force: true }));
  const blocked = join(stateFolder, 'audit');
  writeFileSync(blocked, 'a file stands where the folder should be');
  const { facade, trail } = await start({ stateFolder });
  const ask = () =>
    fetch(`${facade.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: withLinks }),
    });
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  expect((await openLink(`${facade.url}/links/anything`)).status).toBe(503);
  expect((await fetch(`${facade.url}/ready`)).status).toBe(503);
  expect((await fetch(`${facade.url}/health`)).status).toBe(200);
  rmSync(blocked);
  await vi.waitFor(async () => expect((await fetch(`${facade.url}/ready`)).status).toBe(200), 5_000);
  expect((await ask()).status).toBe(200);
  expect((await trail()).map(({ kind }) => kind)).toEqual(['gap', 'search', 'mint', 'mint']);
});

test('fail closed: a trail that breaks in the middle lets no link open and no answer out', async () => {
  const { facade, folder } = await start();
  const { searchStudies } = await facade.data<Links>(withLinks);
  const url = searchStudies.nodes[0]?.retrieve.native.url ?? '';
  breakTrail(folder);
  const { errors, data } = await facade.query(withLinks);
  expect(data ?? null).toBeNull();
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['UNAVAILABLE']);
  expect((await openLink(url)).status).toBe(503);
});

test('fail open: answers go out while the trail cannot be written, and the log says so', async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), 'audit-'));
  onTestFinished(() => rm(stateFolder, { recursive: true, force: true }));
  writeFileSync(join(stateFolder, 'audit'), '');
  const { facade } = await start({ stateFolder }, { failClosed: false });
  const { searchStudies } = await facade.data<Links>(withLinks);
  expect((await openLink(searchStudies.nodes[0]?.retrieve.native.url ?? '')).status).toBe(200);
  expect((await fetch(`${facade.url}/ready`)).status).toBe(200);
  expect(facade.faults.join('')).toContain('the audit trail cannot be written');
  const metrics = await (await fetch(`${facade.url}/metrics`)).text();
  expect(metrics).toMatch(/^dicomweb_audit_writable 0$/m);
  expect(metrics).toMatch(/^dicomweb_audit_waiting_events [1-9]/m);
});
