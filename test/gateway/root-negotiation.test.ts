import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntaxesOf } from '../../src/gateway/root/deliver-frames.ts';
import { parseAccept } from '../../src/mime/accept.ts';
import { dicomFile, readParts, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const rle = '1.2.840.10008.1.2.5';
const jls = '1.2.840.10008.1.2.4.80';
const everything = ['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA'] as const;

const plainFile = dicomFile({
  ...tinyImage,
  PatientName: 'Doe^Jane',
  StudyDescription: 'Chest',
  StudyDate: '20240101',
  Modality: 'CT',
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
});
const segments = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0]), Buffer.from([3, 9, 8, 7, 6, 0])]);
const rleHeader = Buffer.alloc(64);
rleHeader.writeUInt32LE(2, 0);
rleHeader.writeUInt32LE(64, 4);
rleHeader.writeUInt32LE(70, 8);
const rleFrame = Buffer.concat([rleHeader, segments]);
const rleFile = dicomFile(
  {
    ...tinyImage,
    StudyInstanceUID: '1.1',
    SeriesInstanceUID: '1.1.2',
    SOPInstanceUID: '1.1.2.1',
    PixelData: { fragments: [Buffer.alloc(0), rleFrame] },
  },
  rle,
);

let archive: TestArchive;
let gateway: TestGateway;
beforeAll(async () => {
  archive = await startTestArchive({ files: [plainFile, rleFile] });
  gateway = await startTestGateway(archive.url, { capabilities: { uidListMatching: true } });
});
afterAll(async () => {
  await gateway.close();
  await archive.close();
});

const root = () => gateway.links.dicomwebRoot('test', { study: '1.1' }, everything).url;
const compressed = '/studies/1.1/series/1.1.2/instances/1.1.2.1';
const plain = '/studies/1.1/series/1.1.1/instances/1.1.1.1';
const get = (path: string, accept?: string) =>
  fetch(root() + path, { headers: accept === undefined ? {} : { accept } });

describe('a frame comes as', () => {
  const decoded = `application/octet-stream; transfer-syntax=${explicitLittleEndian}`;
  const stored = `image/dicom-rle; transfer-syntax=${rle}`;

  test.each([
    ['*/*', decoded],
    ['application/octet-stream', decoded],
    ['application/octet-stream; transfer-syntax=*', stored],
    ['image/dicom-rle', stored],
    ['image/*', stored],
    [`image/x-dicom-rle; transfer-syntax=${rle}`, stored],
    [`application/octet-stream; transfer-syntax=${explicitLittleEndian}`, decoded],
    ['image/jls, application/octet-stream; q=0.5', decoded],
  ])('one body for %s', async (accept, contentType) => {
    const response = await get(`${compressed}/frames/1`, accept);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
    expect(response.headers.get('vary')).toContain('Accept');
  });

  test.each([
    ['multipart/related; type="application/octet-stream"', decoded],
    ['multipart/related; type=application/octet-stream; transfer-syntax=*', stored],
    [
      'multipart/related;type="image/jls";transfer-syntax=1.2.840.10008.1.2.4.80, multipart/related;type="application/octet-stream";transfer-syntax=*',
      stored,
    ],
    ['multipart/related; type="image/dicom-rle", */*; q=0.1', stored],
    ['multipart/related', decoded],
  ])('a part for %s', async (accept, contentType) => {
    const [part] = await readParts(await get(`${compressed}/frames/1`, accept));
    expect(part?.headers['content-type']).toBe(contentType);
  });

  test('the parameter asks for it, whatever the header says', async () => {
    const accept = encodeURIComponent('image/dicom-rle');
    const response = await get(`${compressed}/frames/1?accept=${accept}`, 'application/octet-stream');
    expect(response.headers.get('content-type')).toBe(stored);
  });

  test('several are parts even where one body was asked for with any type', async () => {
    const response = await get(`${compressed}/frames/1,1`, '*/*');
    expect(await readParts(response)).toHaveLength(2);
  });

  test.each(['text/html', 'image/jls', `image/jls; transfer-syntax=${jls}`, 'application/dicom'])(
    'nothing for %s',
    async (accept) => {
      const response = await get(`${compressed}/frames/1`, accept);
      expect(response.status).toBe(406);
      expect(await response.json()).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
    },
  );

  test.each(['2', '1,2', '4000000000'])('404 past the last, in the list %s', async (frames) => {
    expect((await get(`${plain}/frames/${frames}`)).status).toBe(404);
  });

  test('404 where some origins say 400', async () => {
    const uids = { '0020000D': ['1.1'], '0020000E': ['1.1.2'], '00080018': ['1.1.2.1'] };
    const dataSet = Object.fromEntries(Object.entries(uids).map(([tag, Value]) => [tag, { vr: 'UI', Value }]));
    const pixels = { '00280010': { vr: 'US', Value: [2] }, '00280011': { vr: 'US', Value: [2] } };
    await using origin = await startQuirkyOrigin((socket, { target }) =>
      reply(socket, target.endsWith('/metadata') ? json([{ ...dataSet, ...pixels }]) : { status: 400 }),
    );
    await using before = await startTestGateway(origin.url);
    const { url } = before.links.dicomwebRoot('test', { study: '1.1' }, everything);
    expect((await fetch(`${url}${compressed}/frames/2`)).status).toBe(404);
    expect((await fetch(`${url}${compressed}/frames/1`)).status).toBe(406);
  });
});

test.each([
  ['application/octet-stream', [explicitLittleEndian]],
  ['*/*', [explicitLittleEndian, '*']],
  [`image/jls; transfer-syntax=${jls}, application/octet-stream; transfer-syntax=*`, ['*', jls]],
  ['image/jpeg, application/octet-stream', ['*', explicitLittleEndian]],
  ['application/octet-stream; q=0.2, image/jpeg', ['*', explicitLittleEndian]],
  [`application/octet-stream; transfer-syntax=${explicitLittleEndian}`, [explicitLittleEndian]],
  ['image/jls; transfer-syntax=nonsense', ['*']],
])('for %s the origin is asked for %j, in this order', (accept, syntaxes) => {
  expect(syntaxesOf(parseAccept(accept, null) ?? [])).toEqual(syntaxes);
});

describe('objects, metadata and images', () => {
  test.each([
    [compressed, '*/*', `application/dicom; transfer-syntax=${rle}`],
    [compressed, 'application/dicom', `application/dicom; transfer-syntax=${rle}`],
    [plain, 'application/dicom', `application/dicom; transfer-syntax=${explicitLittleEndian}`],
    [plain, 'application/dicom; transfer-syntax=*', `application/dicom; transfer-syntax=${explicitLittleEndian}`],
    [`${plain}/metadata`, '*/*', 'application/dicom+json'],
    [`${plain}/metadata`, 'application/json', 'application/json'],
    [`${plain}/metadata`, 'application/dicom+xml; q=0.9, application/dicom+json; q=0.1', 'application/dicom+json'],
    [`${plain}/rendered`, 'image/png, */*; q=0.5', 'image/png'],
    [`${plain}/rendered?accept=image/png`, 'text/html', 'image/png'],
    [`${plain}/thumbnail`, 'image/*', 'image/jpeg'],
    ['/studies/1.1/thumbnail', '*/*', 'image/jpeg'],
    ['/studies', 'application/dicom+json', 'application/dicom+json'],
  ])('%s for %s', async (path, accept, contentType) => {
    const response = await get(path, accept);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
    await response.arrayBuffer();
  });

  test.each([
    [compressed, `application/dicom; transfer-syntax=${jls}`],
    [compressed, 'image/jpeg'],
    ['/studies/1.1', 'application/dicom'],
    [`${plain}/metadata`, 'application/dicom+xml'],
    [`${plain}/rendered`, 'application/dicom'],
    [`${plain}/rendered`, 'image/tiff'],
    [`${plain}/thumbnail`, 'text/html'],
    ['/studies', 'text/html'],
  ])('%s is 406 for %s', async (path, accept) => {
    expect((await get(path, accept)).status).toBe(406);
  });

  test.each([
    'viewport=0,0',
    'viewport=100000,1',
    'viewport=1',
    'window=1,2',
    'window=1,0,linear',
    'window=1,2,cubic',
    'quality=0',
    'quality=x',
    'annotation=patient',
    'iccprofile=srgb',
  ])('a rendering is refused for %s', async (query) => {
    expect((await get(`${plain}/rendered?${query}`)).status).toBe(400);
  });

  test('HEAD has the headers alone', async () => {
    const response = await fetch(root() + plain, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(plainFile.length)]);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });
});

describe('a search', () => {
  const uids = async (path: string, tag = '0020000E') => {
    const response = await get(path);
    if (response.status === 204) return [];
    expect(response.status).toBe(200);
    const rows = (await response.json()) as Record<string, { Value: unknown[] }>[];
    return rows.map((row) => row[tag]?.Value[0]);
  };

  test.each([
    ['/series?Modality=CT', ['1.1.1']],
    ['/series?Modality=MR', []],
    ['/series?SeriesInstanceUID=1.1.2', ['1.1.2']],
    ['/series?SeriesInstanceUID=1.1.1,1.1.2', ['1.1.1', '1.1.2']],
    ['/series?0020000E=1.1.1', ['1.1.1']],
    ['/series?StudyInstanceUID=1.1', ['1.1.1', '1.1.2']],
    ['/series?StudyInstanceUID=1.2', []],
    ['/series?limit=1', ['1.1.1']],
    ['/series?limit=1&offset=1', ['1.1.2']],
    ['/series?limit=0', []],
    ['/series?includefield=StudyDescription&includefield=00080020', ['1.1.1', '1.1.2']],
    ['/series?includefield=all', ['1.1.1', '1.1.2']],
    ['/studies/1.1/series/1.1.2/instances', ['1.1.2']],
    ['/instances?SeriesInstanceUID=1.1.2', ['1.1.2']],
    ['/instances?Rows=2&SOPInstanceUID=1.1.1.1', ['1.1.1']],
  ])('%s finds %j', async (path, found) => {
    expect(await uids(path)).toEqual(found);
  });

  test('tells of the levels above at the root', async () => {
    const [row] = (await (await get('/series')).json()) as Record<string, { Value: unknown[] }>[];
    expect(row?.['00100010']?.Value).toEqual([{ Alphabetic: 'Doe^Jane' }]);
    expect(row?.['00081190']?.Value).toEqual([`${root()}/studies/1.1/series/1.1.1`]);
  });

  test('says what it did not do, and is not kept', async () => {
    const response = await get('/studies?fuzzymatching=true&PatientName=Doe*');
    expect(response.headers.get('warning')).toMatch(/^299 .*fuzzymatching/);
    expect(response.headers.get('cache-control')).toBe('private, max-age=0');
  });

  test.each([
    [
      'that ignores keys',
      [{ '0020000D': { vr: 'UI', Value: ['1.1'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Roe' }] } }],
    ],
    ['that does not show what it matched', [{ '0020000D': { vr: 'UI', Value: ['1.1'] } }]],
  ])('of an origin %s is refused, not answered wrong', async (_, rows) => {
    await using origin = await startQuirkyOrigin((socket) => reply(socket, json(rows)));
    await using before = await startTestGateway(origin.url);
    const { url } = before.links.dicomwebRoot('test', { study: '1.1' }, everything);
    const response = await fetch(`${url}/studies?PatientName=Doe*`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'FILTER_UNSUPPORTED' });
    expect((await fetch(`${url}/studies`)).status).toBe(200);
  });

  test('of an origin that does not page is paged here', async () => {
    const rows = ['1', '2', '3'].map((uid) => ({ '0020000E': { vr: 'UI', Value: [uid] } }));
    await using origin = await startQuirkyOrigin((socket) => reply(socket, json(rows)));
    await using before = await startTestGateway(origin.url, { capabilities: { searchLimit: false } });
    const { url } = before.links.dicomwebRoot('test', { study: '1.1' }, everything);
    const response = await fetch(`${url}/series?limit=1&offset=1`);
    expect(response.headers.get('warning')).toMatch(/^299 /);
    expect(await response.json()).toMatchObject([{ '0020000E': { Value: ['2'] } }]);
    expect(origin.requests[0]?.target).not.toContain('limit');
  });
});
