import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, readParts, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';

const explicit = '1.2.840.10008.1.2.1';
const rle = '1.2.840.10008.1.2.5';
const jpeg = '1.2.840.10008.1.2.4.50';
const instance = (n: number) => ({ StudyInstanceUID: '1', SeriesInstanceUID: '1.1', SOPInstanceUID: `1.1.${n}` });
const pathOf = (n: number): string => `/studies/1/series/1.1/instances/1.1.${n}`;

/** PS3.5 §G: a header of 64 bytes, then a segment each for the high and the low bytes of four pixels, literally. */
function rleFrame(pixels: readonly number[]): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(70, 8);
  const segment = (bytes: number[]): Buffer => Buffer.from([bytes.length - 1, ...bytes, 0x80]);
  return Buffer.concat([header, segment(pixels.map((p) => p >> 8)), segment(pixels.map((p) => p & 255))]);
}

const framePixels = [
  [1, 2, 3, 300],
  [4, 5, 6, 65535],
  [7, 8, 9, 0],
] as const;
const rleFrames = framePixels.map(rleFrame);
const native = dicomFile({
  ...instance(1),
  ...tinyImage,
  NumberOfFrames: 3,
  PixelData: Uint16Array.from(framePixels.flat()),
});
const compressed = dicomFile(
  { ...instance(2), ...tinyImage, NumberOfFrames: 3, PixelData: { fragments: [Buffer.alloc(0), ...rleFrames] } },
  rle,
);
const broken = dicomFile(
  { ...instance(3), ...tinyImage, PixelData: { fragments: [Buffer.alloc(0), Buffer.alloc(10, 7)] } },
  jpeg,
);
const withoutPixels = dicomFile(instance(4));
const frameBytes = framePixels.map((pixels) => Buffer.from(Uint16Array.from(pixels).buffer));

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [native, compressed, broken, withoutPixels] });
});
afterAll(() => archive.close());

describe('frames (PS3.18 §10.4.1.1.6)', () => {
  test.each([
    [
      'as stored',
      1,
      'application/octet-stream; transfer-syntax=*',
      frameBytes[1],
      'application/octet-stream',
      explicit,
    ],
    [
      'by name',
      1,
      'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
      frameBytes[1],
      'application/octet-stream',
      explicit,
    ],
    ['without a syntax', 1, 'application/octet-stream', frameBytes[1], 'application/octet-stream', explicit],
    ['without an Accept that says anything', 1, '*/*', frameBytes[1], 'application/octet-stream', explicit],
    ['as stored', 2, 'application/octet-stream; transfer-syntax=*', rleFrames[1], 'image/dicom-rle', rle],
    ['as stored', 2, '*/*; transfer-syntax=*', rleFrames[1], 'image/dicom-rle', rle],
    ['by its media type', 2, 'image/dicom-rle', rleFrames[1], 'image/dicom-rle', rle],
    [
      'by its media type and syntax',
      2,
      `image/dicom-rle; transfer-syntax=${rle}`,
      rleFrames[1],
      'image/dicom-rle',
      rle,
    ],
    ['decoded, without a syntax', 2, 'application/octet-stream', frameBytes[1], 'application/octet-stream', explicit],
    [
      'decoded, by name',
      2,
      `application/octet-stream; transfer-syntax=${explicit}`,
      frameBytes[1],
      'application/octet-stream',
      explicit,
    ],
    ['decoded, without an Accept that says anything', 2, '*/*', frameBytes[1], 'application/octet-stream', explicit],
    ['the preferred form', 2, 'application/octet-stream;q=0.5, image/dicom-rle', rleFrames[1], 'image/dicom-rle', rle],
  ])('a frame is one body, %s (instance %i, %s)', async (_how, n, accept, bytes, mediaType, syntax) => {
    const response = await archive.get(`${pathOf(n)}/frames/2`, { accept });
    expect(response.headers.get('content-type')).toBe(`${mediaType}; transfer-syntax=${syntax}`);
    expect(response.headers.get('content-length')).toBe(String(bytes?.length));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  test.each([
    [1, 'application/octet-stream', '*', frameBytes],
    [2, 'application/octet-stream', explicit, frameBytes],
    [2, 'image/dicom-rle', '*', rleFrames],
  ])('several frames of instance %i are parts of %s, in the order asked for', async (n, type, syntax, frames) => {
    const response = await archive.get(`${pathOf(n)}/frames/3,1,2`, {
      accept: `multipart/related; type="${type}"; transfer-syntax=${syntax}`,
    });
    expect(response.headers.get('content-type')).toContain(`type="${type}"`);
    const parts = await readParts(response);
    expect(parts.map((part) => part.body)).toEqual([frames[2], frames[0], frames[1]]);
    expect(parts[0]?.headers['content-location']).toBe(`${archive.url}${pathOf(n)}/frames/3`);
  });

  test.each(['0', '1,0', '-1', '1.5', '1,,2', 'a', '1-3', '01', '%31', ''])(
    'the frame list %j is 400 or no resource',
    async (list) => {
      expect([400, 404]).toContain((await archive.get(`${pathOf(1)}/frames/${list}`)).status);
      if (list !== '') expect((await archive.get(`${pathOf(1)}/frames/${list}`)).status).toBe(400);
    },
  );

  test.each([
    [1, '4'],
    [2, '1,4'],
    [1, '999999999'],
    [4, '1'],
  ])('instance %i has no frame %s: 404', async (n, list) => {
    expect((await archive.get(`${pathOf(n)}/frames/${list}`)).status).toBe(404);
  });

  test.each([
    [1, 'image/jpeg'],
    [2, 'image/jls; transfer-syntax=*'],
    [2, 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.2'],
    [1, 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.5'],
    [3, 'application/octet-stream'],
  ])('instance %i is 406 for %s', async (n, accept) => {
    expect((await archive.get(`${pathOf(n)}/frames/1`, { accept })).status).toBe(406);
  });

  test('several frames are never one body', async () => {
    const accept = 'application/octet-stream; transfer-syntax=*';
    expect((await archive.get(`${pathOf(1)}/frames/1,2`, { accept })).status).toBe(406);
  });

  test('a frame that cannot be decoded is still had as it is stored', async () => {
    const response = await archive.get(`${pathOf(3)}/frames/1`, { accept: 'image/jpeg; transfer-syntax=*' });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.alloc(10, 7));
  });
});

describe('bulk data (PS3.18 §10.4.1.1.7)', () => {
  const words = Uint16Array.from({ length: 1_000 }, (_, i) => i);
  const withTables = dicomFile({
    ...instance(5),
    RedPaletteColorLookupTableData: words,
    ModalityLUTSequence: [{ LUTExplanation: 'none' }, { LUTData: words }],
  });

  test('every reference of the metadata leads to its value, within sequences too', async () => {
    await using values = await startTestArchive({ files: [withTables] });
    const metadata = await (await values.get('/studies/1/metadata')).text();
    const references = [...metadata.matchAll(/"BulkDataURI":"([^"]*)"/g)].map(([, url]) => url ?? '');
    const base = `${values.url}${pathOf(5)}/bulkdata`;
    expect(references).toEqual([`${base}/00281201`, `${base}/00283000/1/00283006`]);
    for (const url of references) {
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(words.buffer));
    }
  });

  test('native pixel data is one value, in one body or one part', async () => {
    const path = `${pathOf(1)}/bulkdata/7FE00010`;
    const whole = Buffer.concat(frameBytes);
    expect(Buffer.from(await (await archive.get(path)).arrayBuffer())).toEqual(whole);
    const accept = 'multipart/related; type="application/octet-stream"';
    expect((await readParts(await archive.get(path, { accept }))).map((part) => part.body)).toEqual([whole]);
  });

  test('encapsulated pixel data is a part for each frame', async () => {
    const response = await archive.get(`${pathOf(2)}/bulkdata/7FE00010`);
    expect(response.headers.get('content-type')).toContain('multipart/related; type="image/dicom-rle"');
    const parts = await readParts(response);
    expect(parts.map((part) => part.body)).toEqual(rleFrames);
    expect(parts[0]?.headers['content-type']).toBe(`image/dicom-rle; transfer-syntax=${rle}`);
  });

  test.each(['00100010', '7FE00010/0/7FE00010', 'x', '7fe00010', '..', 'constructor'])(
    '%s is no bulk data: 404',
    async (path) => {
      expect((await archive.get(`${pathOf(1)}/bulkdata/${path}`)).status).toBe(404);
    },
  );

  test('a form that there is none of is 406', async () => {
    expect((await archive.get(`${pathOf(1)}/bulkdata/7FE00010`, { accept: 'image/png' })).status).toBe(406);
  });
});
