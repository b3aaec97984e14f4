import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { phantomCatalogue } from '../../src/phantom/catalogue.ts';
import { createPhantomFiles } from '../../src/phantom/phantom-studies.ts';
import { type Opened, openLink, startTestFacade, type TestFacade } from '../support/facade.ts';
import { noon } from '../support/links.ts';

const [cine] = phantomCatalogue.usHeart.series.cine.sopInstanceUIDs;
const [document] = phantomCatalogue.ecgRest.series.report.sopInstanceUIDs;
const [rows, columns, frames] = [288, 352, 20];
const minute = 60_000;

interface Links {
  readonly cine: {
    readonly rows: number;
    readonly columns: number;
    readonly retrieve: Readonly<
      Record<'native' | 'metadata' | 'jpeg' | 'png' | 'small' | 'thumbnail', { readonly url: string }>
    > & {
      readonly frame: Readonly<Record<'stored' | 'decoded' | 'drawn', { readonly url: string }>>;
      readonly frames: { readonly template: string; readonly frameCount: number };
      readonly drawings: { readonly template: string };
    };
  };
  readonly document: {
    readonly retrieve: { readonly bulkData: readonly { readonly link: { readonly url: string } }[] };
  };
}

const links = `query($cine: UID!, $document: UID!) {
  cine: instance(sopInstanceUID: $cine) { rows columns retrieve {
    native { url } metadata { url } thumbnail(width: 96) { url }
    jpeg: rendered(format: JPEG) { url } png: rendered(format: PNG) { url }
    small: rendered(format: WEBP, viewport: { width: 64, height: 64 }) { url }
    frame(number: 7) {
      stored: native { url } decoded: native(transferSyntaxUID: "1.2.840.10008.1.2.1") { url } drawn: rendered { url }
    }
    frames: frameTemplate { template frameCount }
    drawings: renderedFrameTemplate(format: PNG) { template }
  } }
  document: instance(sopInstanceUID: $document) { retrieve { bulkData { link { url } } } }
}`;

const frameOf = (template: string, frame: number | string): string => template.replace('{frame}', String(frame));

/** HTTP status and code of the problem document. */
async function refusalOf(url: string, init?: RequestInit): Promise<readonly [number, string]> {
  const response = await fetch(url, init);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return [response.status, ((await response.json()) as { code: string }).code];
}

let now: number;
let stateFolder: string;
let demo: TestFacade;
let minted: Links;
const mint = (facade: TestFacade): Promise<Links> => facade.data<Links>(links, { cine, document });
beforeAll(async () => {
  now = noon * 1000;
  stateFolder = await mkdtemp(join(tmpdir(), 'demo-'));
  demo = await startTestFacade({ stateFolder }, { clock: () => now });
  minted = await mint(demo);
});
afterAll(async () => {
  expect(demo.faults).toEqual([]);
  await demo.close();
  await rm(stateFolder, { recursive: true });
});
beforeEach(() => {
  now = noon * 1000;
});

describe('a link opens without a header', () => {
  const isPicture = async ({ body }: Opened, format: string, width: number, height: number) => {
    expect(await sharp(body).metadata()).toMatchObject({ format, width, height });
  };
  const kinds: Readonly<
    Record<string, [linkOf: (all: Links) => string, mediaType: string, check: (opened: Opened) => unknown]>
  > = {
    'a native object': [
      ({ cine: { retrieve } }) => retrieve.native.url,
      'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50',
      async ({ body }) => {
        const files = await createPhantomFiles({ studies: ['usHeart'] });
        expect(files.some(({ bytes }) => bytes.equals(body))).toBe(true);
      },
    ],
    'a frame as stored': [
      ({ cine: { retrieve } }) => retrieve.frame.stored.url,
      'image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50',
      (opened) => isPicture(opened, 'jpeg', columns, rows),
    ],
    'a frame decoded': [
      ({ cine: { retrieve } }) => retrieve.frame.decoded.url,
      'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
      ({ body }) => expect(body).toHaveLength(rows * columns * 3),
    ],
    'the last frame of a template': [
      ({ cine: { retrieve } }) => frameOf(retrieve.frames.template, retrieve.frames.frameCount),
      'image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50',
      (opened) => isPicture(opened, 'jpeg', columns, rows),
    ],
    'a JPEG': [
      ({ cine: { retrieve } }) => retrieve.jpeg.url,
      'image/jpeg',
      (opened) => isPicture(opened, 'jpeg', columns, rows),
    ],
    'a PNG': [
      ({ cine: { retrieve } }) => retrieve.png.url,
      'image/png',
      (opened) => isPicture(opened, 'png', columns, rows),
    ],
    'a WebP in a viewport': [
      ({ cine: { retrieve } }) => retrieve.small.url,
      'image/webp',
      (opened) => isPicture(opened, 'webp', 64, 52),
    ],
    'one frame as JPEG': [
      ({ cine: { retrieve } }) => retrieve.frame.drawn.url,
      'image/jpeg',
      (opened) => isPicture(opened, 'jpeg', columns, rows),
    ],
    'a frame of a template as PNG': [
      ({ cine: { retrieve } }) => frameOf(retrieve.drawings.template, frames),
      'image/png',
      (opened) => isPicture(opened, 'png', columns, rows),
    ],
    'a thumbnail': [
      ({ cine: { retrieve } }) => retrieve.thumbnail.url,
      'image/jpeg',
      (opened) => isPicture(opened, 'jpeg', 96, 79),
    ],
    'bulk data': [
      ({ document: { retrieve } }) => retrieve.bulkData[0]?.link.url ?? '',
      'application/pdf',
      ({ body }) => expect(body.toString('latin1').split('\n').at(0)).toMatch(/^%PDF-1\.\d/),
    ],
    metadata: [
      ({ cine: { retrieve } }) => retrieve.metadata.url,
      'application/dicom+json',
      ({ body }) => expect(JSON.parse(body.toString())).toMatchObject([{ '00080018': { Value: [cine] } }]),
    ],
  };

  test.each(Object.entries(kinds))('to %s', async (_what, [linkOf, mediaType, check]) => {
    const opened = await openLink(linkOf(minted));
    expect(Object.fromEntries(opened.headers)).toMatchObject({
      'content-type': mediaType,
      'cache-control': expect.stringMatching(/^private, max-age=\d+$/),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(opened.status).toBe(200);
    await check(opened);
  });

  test('to the same thing under the same URL, when it is asked for again', async () => {
    now += minute;
    expect(await mint(demo)).toEqual(minted);
  });

  test('also after a restart, with the key that the demo keeps', async () => {
    await using restarted = await startTestFacade({ stateFolder }, { clock: () => now });
    for (const url of [minted.cine.retrieve.native.url, frameOf(minted.cine.retrieve.drawings.template, 1)]) {
      const [before, after] = [await openLink(url), await openLink(restarted.url + new URL(url).pathname)];
      expect(after.status).toBe(200);
      expect(after.body.equals(before.body)).toBe(true);
    }
  });
});

describe('a link is refused', () => {
  const invalid = [403, 'LINK_INVALID'];

  test('without a signature', async () => {
    const { pathname } = new URL(minted.cine.retrieve.native.url);
    const token = pathname.split('/')[2] ?? '';
    for (const unsigned of ['', 'x', cine ?? '', token.slice(0, -43), token.slice(0, -1)]) {
      expect([unsigned.length, ...(await refusalOf(`${demo.url}/links/${unsigned}`))]).toEqual([
        unsigned.length,
        ...invalid,
      ]);
    }
    expect(await refusalOf(`${demo.url}/dicomweb/studies`)).toEqual(invalid);
  });

  test('when any of its characters was altered', async () => {
    const { url } = minted.cine.retrieve.native;
    const begin = `${demo.url}/links/`.length;
    for (let at = begin; at < url.length; at += 7) {
      const altered = `${url.slice(0, at)}${url[at] === 'A' ? 'B' : 'A'}${url.slice(at + 1)}`;
      expect([at, ...(await refusalOf(altered))]).toEqual([at, ...invalid]);
    }
  });

  test('when it was signed with another key', async () => {
    const keys = [`other:${'ab'.repeat(32)}`];
    await using other = await startTestFacade({ links: { keys }, folder: stateFolder }, { clock: () => now });
    expect(await refusalOf(other.url + new URL(minted.cine.retrieve.native.url).pathname)).toEqual(invalid);
  });

  test('once it has expired: after ten minutes, a template after an hour', async () => {
    const { native, frames: template } = minted.cine.retrieve;
    now += 10 * minute - 1;
    expect((await openLink(native.url)).status).toBe(200);
    now += 1;
    expect(await refusalOf(native.url)).toEqual([410, 'LINK_EXPIRED']);
    expect((await openLink(frameOf(template.template, 1))).status).toBe(200);
    now += 50 * minute;
    expect(await refusalOf(frameOf(template.template, 1))).toEqual([410, 'LINK_EXPIRED']);
  });

  test('for another purpose than its own', async () => {
    const { native, png, frames: stored, drawings } = minted.cine.retrieve;
    for (const url of [
      `${native.url}/frames/1`,
      `${png.url}/frames/1/rendered`,
      `${native.url}/metadata`,
      `${frameOf(stored.template, 1)}/rendered`,
      frameOf(drawings.template, 1).replace('/rendered', ''),
      stored.template.replace('/frames/{frame}', ''),
    ]) {
      expect([url.slice(-20), ...(await refusalOf(url))]).toEqual([url.slice(-20), ...invalid]);
    }
  });

  test('for a frame that there is not, with a query, and to write', async () => {
    const { native, frames: template } = minted.cine.retrieve;
    for (const frame of [0, frames + 1, -1, '01', '1,2', 'all']) {
      expect([frame, ...(await refusalOf(frameOf(template.template, frame)))]).toEqual([frame, 400, 'BAD_USER_INPUT']);
    }
    expect(await refusalOf(`${native.url}?accept=image/png`)).toEqual([400, 'BAD_USER_INPUT']);
    expect(await refusalOf(native.url, { method: 'POST' })).toEqual(invalid);
    for (const method of ['PUT', 'DELETE']) {
      expect([method, ...(await refusalOf(native.url, { method }))]).toEqual([method, 405, 'BAD_USER_INPUT']);
    }
  });
});

describe('a page', () => {
  const here = 'http://localhost:5173';
  const preflight = (url: string, method: string, headers: string, origin = here) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    });

  test('of this machine, on another port, asks queries and opens links', async () => {
    const asked = await preflight(`${demo.url}/graphql`, 'POST', 'content-type');
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, here]);
    const answer = await fetch(`${demo.url}/graphql`, {
      method: 'POST',
      headers: { origin: here, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { subject } }' }),
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, here]);

    const { url } = minted.cine.retrieve.frame.stored;
    const viewer = await preflight(url, 'GET', 'accept, authorization');
    expect(Object.fromEntries(viewer.headers)).toMatchObject({
      'access-control-allow-origin': here,
      'access-control-allow-methods': expect.stringContaining('GET'),
      'access-control-allow-headers': expect.stringMatching(/Accept.*Authorization/),
    });
    const frame = await fetch(url, { headers: { origin: here } });
    expect([frame.status, frame.headers.get('access-control-allow-origin')]).toEqual([200, here]);
    expect(frame.headers.get('access-control-allow-credentials')).toBeNull();
    await frame.body?.cancel();
  });

  test('of elsewhere does neither', async () => {
    const origin = 'https://evil.example';
    for (const url of [`${demo.url}/graphql`, minted.cine.retrieve.native.url]) {
      const { headers } = await preflight(url, 'GET', 'accept', origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const init = { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: '{}' };
    expect(await refusalOf(`${demo.url}/graphql`, init)).toEqual([403, 'FORBIDDEN']);
  });
});
