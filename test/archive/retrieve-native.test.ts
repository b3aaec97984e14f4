import { appendFile, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, readParts, startTestArchive, type TestArchive } from '../support/archive.ts';

const rle = '1.2.840.10008.1.2.5';
const uids = (series: number, instance: number) => ({
  StudyInstanceUID: '1',
  SeriesInstanceUID: `1.${series}`,
  SOPInstanceUID: `1.${series}.${instance}`,
  InstanceNumber: instance,
});
const plain = dicomFile(uids(1, 1));
const compressed = dicomFile({ ...uids(2, 1), PixelData: { fragments: [Buffer.alloc(0), Buffer.alloc(70)] } }, rle);
const path = '/studies/1/series/1.1/instances/1.1.1';
const compressedPath = '/studies/1/series/1.2/instances/1.2.1';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [plain, compressed] });
});
afterAll(() => archive.close());

describe('native retrieval (PS3.18 §10.4)', () => {
  test.each([
    ['application/dicom; transfer-syntax=*'],
    ['application/dicom'],
    ['application/dicom; transfer-syntax=1.2.840.10008.1.2.1'],
    ['*/*'],
    ['application/*;q=0.1, text/html'],
  ])('an instance is one body, as stored, for %s', async (accept) => {
    const response = await archive.get(path, { accept });
    expect(response.headers.get('content-type')).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(response.headers.get('content-length')).toBe(String(plain.length));
    expect(Buffer.from(await response.arrayBuffer()).equals(plain)).toBe(true);
  });

  test.each([
    ['multipart/related; type="application/dicom"; transfer-syntax=*'],
    ['multipart/related; type=application/dicom; transfer-syntax=*'],
    ['multipart/related; type="application/dicom"'],
  ])('an instance is one part, as stored, for %s', async (accept) => {
    const response = await archive.get(path, { accept });
    expect(response.headers.get('content-type')).toMatch(/^multipart\/related; type="application\/dicom"; boundary=/);
    const [part, ...more] = await readParts(response);
    expect(more).toEqual([]);
    expect(part?.headers).toEqual({
      'content-type': 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1',
      'content-length': String(plain.length),
      'content-location': `${archive.url}${path}`,
    });
    expect(part?.body.equals(plain)).toBe(true);
  });

  test('a study and a series are all their files, in order, with a length', async () => {
    const response = await archive.get('/studies/1', {
      accept: 'multipart/related; type="application/dicom"; transfer-syntax=*',
    });
    const length = Number(response.headers.get('content-length'));
    const copy = response.clone();
    expect((await readParts(response)).map((part) => part.body)).toEqual([plain, compressed]);
    expect((await copy.arrayBuffer()).byteLength).toBe(length);
    expect(await readParts(await archive.get('/studies/1/series/1.2'))).toHaveLength(1);
  });

  test.each([
    [compressedPath, 'application/dicom'],
    [compressedPath, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90'],
    [path, 'application/dicom; transfer-syntax=1.2.840.10008.1.2'],
    ['/studies/1', 'multipart/related; type="application/dicom"'],
    ['/studies/1', 'application/dicom; transfer-syntax=*'],
    [path, 'image/png'],
    [path, 'application/dicom; transfer-syntax=*; q=0'],
  ])('%s is 406 for %s: files are not transcoded', async (target, accept) => {
    expect((await archive.get(target, { accept })).status).toBe(406);
  });

  test('each instance may be taken by another of the media ranges', async () => {
    const accept = ['1.2.840.10008.1.2.1', rle]
      .map((syntax) => `multipart/related; type="application/dicom"; transfer-syntax=${syntax}`)
      .join(', ');
    expect(await readParts(await archive.get('/studies/1', { accept }))).toHaveLength(2);
  });

  test('the accept parameter outranks the header', async () => {
    const query = `accept=${encodeURIComponent('application/dicom; transfer-syntax=*')}`;
    const response = await archive.get(`${compressedPath}?${query}`, { accept: 'text/html' });
    expect(response.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${rle}`);
    await response.arrayBuffer();
  });
});

describe('ranges of single bodies (RFC 9110 §14)', () => {
  test.each([
    ['bytes=0-3', 0, 4],
    ['bytes=128-131', 128, 132],
    ['bytes=128-', 128, plain.length],
    ['bytes=-10', plain.length - 10, plain.length],
    ['bytes=-9999999', 0, plain.length],
    ['bytes=100-9999999', 100, plain.length],
  ])('%s is 206, with the bytes from %i to %i', async (range, start, end) => {
    const response = await archive.get(path, { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${plain.length}`);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(plain.subarray(start, end));
  });

  test('a range behind the end is 416, with the length', async () => {
    for (const range of [`bytes=${plain.length}-`, 'bytes=-0']) {
      const response = await archive.get(path, { range });
      expect([response.status, response.headers.get('content-range')]).toEqual([416, `bytes */${plain.length}`]);
    }
  });

  test.each(['bytes=0-1,3-4', 'bytes=5-2', 'bytes=-', 'lines=1-2', 'bytes=a-b'])('%s gets the whole', async (range) => {
    const response = await archive.get(path, { range });
    expect([response.status, response.headers.get('accept-ranges')]).toEqual([200, 'bytes']);
    expect((await response.arrayBuffer()).byteLength).toBe(plain.length);
  });
});

describe('files that change under a running archive', () => {
  test.each<[what: string, change: (file: string) => Promise<void>]>([
    ['is gone', (file) => unlink(file)],
    ['is longer', (file) => appendFile(file, 'x')],
    ['is another of the same length', (file) => writeFile(file, dicomFile(uids(1, 2)))],
  ])('a file that %s is 404, never another object', async (_what, change) => {
    const folder = await mkdtemp(join(tmpdir(), 'archive-'));
    try {
      const file = join(folder, 'a');
      await writeFile(file, plain);
      await using changing = await startTestArchive({ folder });
      await change(file);
      for (const resource of ['', '/frames/1', '/bulkdata/7FE00010']) {
        expect((await changing.get(`${path}${resource}`)).status).toBe(404);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
