import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallerToken } from '../../src/access/caller-token.ts';
import { type LinkAudit, noLinkAudit } from '../../src/audit/link-audit.ts';
import { FacadeError } from '../../src/errors.ts';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { openLink } from '../support/facade.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { postFiles } from '../support/upload.ts';

const ref = { study: '1.1', series: '1.1.1', instance: '1.1.1.1' };
const file = (study: string, instance = `${study}.1.1`): Buffer =>
  dicomFile({
    ...tinyImage,
    StudyInstanceUID: study,
    SeriesInstanceUID: `${study}.1`,
    SOPInstanceUID: instance,
    PatientID: 'P1',
    PatientName: 'Doe^Jane',
    NumberOfFrames: '3',
    PixelData: Uint16Array.of(0, 1, 2, 3, 100, 101, 102, 103, 200, 201, 202, 203),
    EncapsulatedDocument: Uint16Array.from({ length: 4000 }, (_, index) => index),
  });
const octets = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);

let archive: TestArchive;
let folder: string;
let gateway: TestGateway;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
  archive = await startTestArchive({ files: [file('1.1'), file('1.2')], writable: true });
  gateway = await startTestGateway(archive.url, { headersTimeoutMs: 5_000 }, {}, { caches: { folder } });
});
afterEach(async () => {
  await gateway.close();
  await archive.close();
  await rm(folder, { recursive: true });
});

/** What the origin was asked since the last time. */
const asked = (): string[] => gateway.reports.splice(0).map(({ transaction }) => transaction);
const expand = (template: string, frame: number): string => template.replace('{frame}', String(frame));
const rootUrl = (): string => gateway.links.dicomwebRoot('test', { study: '1.1' }, everything).url;
const everything = ['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA'] as const;
const digestTag = (body: Uint8Array): string => `"${createHash('sha256').update(body).digest('base64url')}"`;

/** Every file below the folder. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
const entriesIn = async (path: string): Promise<string[]> =>
  (await filesIn(path)).filter((name) => /[0-9a-f]{32}$/.test(name));

describe('a frame', () => {
  test('by a link, then by a template, then below a root costs the origin one request', async () => {
    const single = await openLink(gateway.links.frame('test', ref, 2).url);
    const templated = await openLink(expand(gateway.links.frameTemplate('test', ref, 3).template, 2));
    expect(asked()).toEqual(['retrieve frames']);
    const accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
    const below = await fetch(`${rootUrl()}/studies/1.1/series/1.1.1/instances/1.1.1.1/frames/2`, {
      headers: { accept },
    });
    const body = Buffer.from(await below.arrayBuffer());
    // The root looks once whether the instance is of its study.
    expect(asked()).toEqual(['retrieve metadata']);
    for (const opened of [single, templated]) expect(opened.body).toEqual(octets(100, 101, 102, 103));
    expect(body.includes(octets(100, 101, 102, 103))).toBe(true);
    expect(below.headers.get('etag')).toBeNull(); // its boundary is another each time
  });

  test('is told from other frames, and from the same in another transfer syntax', async () => {
    await openLink(gateway.links.frame('test', ref, 2).url);
    await openLink(gateway.links.frame('test', ref, 1).url);
    await openLink(gateway.links.frame('test', ref, 2, { transferSyntaxUID: '1.2.840.10008.1.2.1' }).url);
    expect(asked()).toEqual(['retrieve frames', 'retrieve frames', 'retrieve frames']);
  });
});

describe('a hit', () => {
  test.each([
    ['an instance', () => gateway.links.native('test', ref).url],
    ['a frame', () => gateway.links.frame('test', ref, 1).url],
    ['a rendered frame', () => gateway.links.renderedFrame('test', ref, 1, { mediaType: 'image/png' }).url],
    ['a thumbnail', () => gateway.links.thumbnail('test', ref).url],
  ])('of %s has the body and the headers of the miss, and the digest as its ETag', async (_, link) => {
    const url = link();
    const miss = await openLink(url);
    expect(asked().length).toBeGreaterThan(0);
    const hit = await openLink(url);
    expect(asked()).toEqual([]);
    expect(hit.body).toEqual(miss.body);
    const { date: _date, etag, 'accept-ranges': _ranges, ...headers } = Object.fromEntries(hit.headers);
    expect(Object.fromEntries(miss.headers)).toMatchObject(headers);
    expect(etag).toBe(digestTag(miss.body));
  });

  test('is refused as a miss is where its link has expired or is revoked', async () => {
    const { url } = gateway.links.native('test', ref);
    await openLink(url);
    await gateway.revocations.revoke({ kind: 'study', origin: 'test', study: '1.1' });
    expect((await openLink(url)).status).toBe(410);
    const later = gateway.links.native('test', ref).url;
    expect((await openLink(later)).status).toBe(200);
    gateway.clock.now += 3_600;
    expect((await openLink(later)).status).toBe(410);
    expect((await openLink(`${later}A`)).status).toBe(403);
  });
});

describe('representations', () => {
  test('are apart: a rendered image is no native object, and each is in a folder of its own', async () => {
    const rendered = await openLink(gateway.links.rendered('test', ref).url);
    const native = await openLink(gateway.links.native('test', ref).url);
    const frame = await openLink(gateway.links.frame('test', ref, 1).url);
    expect(rendered.mediaType).toBe('image/jpeg');
    expect(native.mediaType).toMatch(/^application\/dicom;/);
    expect(native.body.subarray(128, 132).toString()).toBe('DICM');
    expect(frame.body).toEqual(octets(0, 1, 2, 3));
    expect(await entriesIn(join(folder, 'objects'))).toHaveLength(2);
    expect(await entriesIn(join(folder, 'rendered'))).toHaveLength(1);
  });

  test('of a rendered frame differ by each parameter, and are the same by a link and below a root', async () => {
    const png = { mediaType: 'image/png' } as const;
    const window = { center: 100, width: 200, function: 'linear' } as const;
    const requests = [
      png,
      { mediaType: 'image/jpeg' },
      { ...png, window },
      { ...png, window: { ...window, width: 201 } },
      { ...png, window: { ...window, function: 'sigmoid' } },
      { ...png, viewport: { width: 2, height: 2 } },
      { ...png, viewport: { width: 2, height: 2, sourceX: 1, sourceY: 1, sourceWidth: 1, sourceHeight: 1 } },
    ] as const;
    const links = requests.map((request) => gateway.links.renderedFrame('test', ref, 1, request).url);
    for (const url of links) expect((await openLink(url)).status).toBe(200);
    expect(asked()).toEqual(requests.map(() => 'retrieve rendered'));
    for (const url of links) await openLink(url);
    const path = 'studies/1.1/series/1.1.1/instances/1.1.1.1/frames/1/rendered?window=100,200,linear';
    const below = await fetch(`${rootUrl()}/${path}`, { headers: { accept: 'image/png' } });
    expect(below.status).toBe(200);
    expect(asked()).toEqual(['retrieve metadata']);
  });

  test('of bulk data are kept by their attribute', async () => {
    const metadata = JSON.parse((await openLink(gateway.links.metadata('test', ref).url)).body.toString());
    const url: string = metadata[0]['00420011'].BulkDataURI;
    const [first, second] = [await openLink(url), await openLink(url)];
    expect(first.body).toHaveLength(8000);
    expect(second.body).toEqual(first.body);
    expect(asked()).toEqual(['retrieve metadata', 'retrieve bulk data']);
  });

  test('of metadata are kept as the origin wrote them: each link has addresses of its own', async () => {
    const of = async (url: string) => JSON.parse((await openLink(url)).body.toString())[0]['00420011'].BulkDataURI;
    const linked = await of(gateway.links.metadata('test', { study: '1.1' }).url);
    const below = await of(`${rootUrl()}/studies/1.1/metadata`);
    expect(asked()).toEqual(['retrieve metadata']);
    expect(linked).toContain('/links/');
    expect(below).toContain('/dicomweb/');
  });

  test('of a study as files are streamed, and not kept', async () => {
    const { url } = gateway.links.native('test', { study: '1.1' });
    await openLink(url);
    await openLink(url);
    expect(asked()).toEqual(['retrieve study', 'retrieve study']);
  });
});

test('a range of a hit is read from where it begins', async () => {
  const { url } = gateway.links.native('test', ref);
  const { body } = await openLink(url);
  const etag = digestTag(body);
  const range = await fetch(url, { headers: { range: 'bytes=128-131', 'if-range': etag } });
  expect([range.status, await range.text(), range.headers.get('etag')]).toEqual([206, 'DICM', etag]);
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect(asked()).toEqual(['retrieve instance']);
});

describe('an upload', () => {
  const upload = (study: string) => gateway.links.upload('test', { study, maxBytes: 100_000 }).url;

  test('takes away what is kept of its study, on disk and in memory, and of no other', async () => {
    const thumbnails = ['1.1', '1.2'].map((study) => gateway.links.thumbnail('test', { study }).url);
    const metadata = ['1.1', '1.2'].map((study) => gateway.links.metadata('test', { study }).url);
    for (const url of [...thumbnails, ...metadata]) expect((await openLink(url)).status).toBe(200);
    const kept = await entriesIn(folder);
    expect(kept).toHaveLength(2);
    expect((await postFiles(upload('1.1'), file('1.1', '1.1.1.9'))).stored).toEqual(['1.1.1.9']);
    expect(await entriesIn(folder)).toHaveLength(1);
    asked();
    const answers = [];
    for (const url of metadata) answers.push(JSON.parse((await openLink(url)).body.toString()).length);
    expect(answers).toEqual([2, 1]);
    expect(asked()).toEqual(['retrieve metadata']);
    for (const url of thumbnails) await openLink(url);
    expect(gateway.reports.filter(({ transaction }) => /thumbnail|rendered/.test(transaction))).toHaveLength(1);
  });
});

test('an origin that takes the tokens of callers is asked for each of them, and for each of their tokens', async () => {
  let generation = 1;
  const tokens = { find: (subject: string) => new CallerToken(`token-${generation}-of-${subject}`) };
  await using split = await startTestGateway(
    archive.url,
    { headersTimeoutMs: 5_000, credentials: { kind: 'forward' } },
    {},
    { caches: { folder: join(folder, 'split') }, gateway: { tokens } },
  );
  const linkOf = (id: string) => split.minter.linksFor({ id }).native('test', ref).url;
  for (const id of ['ann', 'bob', 'ann', 'bob']) expect((await openLink(linkOf(id))).status).toBe(200);
  expect(split.reports.map(({ transaction }) => transaction)).toEqual(['retrieve instance', 'retrieve instance']);
  expect(await entriesIn(join(folder, 'split'))).toHaveLength(2);
  generation = 2;
  expect((await openLink(linkOf('ann'))).status).toBe(200);
  expect(split.reports).toHaveLength(3);
});

test('names on disk tell nothing of what is kept, and nobody else may read it', async () => {
  await openLink(gateway.links.native('test', ref).url);
  await openLink(gateway.links.rendered('test', ref).url);
  const files = await filesIn(folder);
  for (const name of files) {
    expect(name.slice(folder.length)).toMatch(
      /^\/(objects|rendered|notices)\/(key|[0-9a-f]{2}\/[0-9a-f]{32}\/[0-9a-f]{32})$/,
    );
    expect((await stat(name)).mode & 0o777).toBe(0o600);
  }
  for (const store of ['objects', 'rendered', 'notices'])
    expect((await stat(join(folder, store))).mode & 0o777).toBe(0o700);
  const [entry = ''] = await entriesIn(join(folder, 'objects'));
  expect((await readFile(entry)).subarray(0, 512).includes('1.1.1')).toBe(false);
});

test('where every size is 0 nothing is written, and each link costs a request', async () => {
  await using off = await startTestGateway(
    archive.url,
    {},
    {},
    { caches: { folder: join(folder, 'off'), objectBytes: 0, renderedBytes: 0, metadataBytes: 0 } },
  );
  const { url } = off.links.native('test', ref);
  const answers = [await openLink(url), await openLink(url)];
  expect(answers.map(({ status, headers }) => [status, headers.get('etag')])).toEqual([
    [200, null],
    [200, null],
  ]);
  expect(off.reports).toHaveLength(2);
  await expect(stat(join(folder, 'off'))).rejects.toThrow('ENOENT');
});

test('what the caches did is counted by representation', async () => {
  const { url } = gateway.links.native('test', ref);
  const { body } = await openLink(url);
  await openLink(url);
  await openLink(url);
  const native = gateway.caches?.reports.find(({ representation }) => representation === 'native');
  expect(native).toEqual({
    representation: 'native',
    hits: 2,
    misses: 1,
    joined: 0,
    passed: 0,
    hitBytes: 2 * body.length,
    missBytes: body.length,
  });
  expect(gateway.caches?.stores).toMatchObject([
    { store: 'objects', entries: 1 },
    { store: 'rendered', entries: 0 },
  ]);
});

test('another archive under the same id is asked anew', async () => {
  await openLink(gateway.links.native('test', ref).url);
  await using other = await startTestArchive({ files: [file('1.1')] });
  await using moved = await startTestGateway(other.url, {}, {}, { caches: { folder } });
  await openLink(moved.links.native('test', ref).url);
  expect(moved.reports.map(({ transaction }) => transaction)).toEqual(['retrieve instance']);
});

test('what was kept in one run is given in the next', async () => {
  await openLink(gateway.links.native('test', ref).url);
  await gateway.close();
  await using next = await startTestGateway(archive.url, {}, {}, { caches: { folder } });
  const { status, headers } = await openLink(next.links.native('test', ref).url);
  expect([status, headers.get('etag')]).toEqual([200, expect.stringMatching(/^".{43}"$/)]);
  expect(next.reports).toEqual([]);
  gateway = await startTestGateway(archive.url);
});

test('a hit is told to the audit trail as a miss is, before its first byte; where that fails nothing leaves', async () => {
  const told: string[] = [];
  let isWritable = true;
  const audit: LinkAudit = {
    begin: (request, response) => ({
      ...noLinkAudit.begin(request, response),
      grants: ({ study }, _token, representation) => told.push(`${representation} of ${study}`),
      answered: async () => {
        told.push('answered');
        if (!isWritable) throw new FacadeError('UNAVAILABLE', 'The trail cannot be written');
      },
    }),
  };
  await using audited = await startTestGateway(
    archive.url,
    {},
    {},
    { caches: { folder: join(folder, 'audited') }, gateway: { audit } },
  );
  const { url } = audited.links.native('test', ref);
  for (let n = 0; n < 2; n++) expect((await openLink(url)).status).toBe(200);
  expect(audited.reports).toHaveLength(1);
  expect(told).toEqual(['NATIVE of 1.1', 'answered', 'NATIVE of 1.1', 'answered']);
  isWritable = false;
  expect((await openLink(url)).status).toBe(503);
});
