import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { parseTemplate } from 'url-template';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, readParts, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const rle = '1.2.840.10008.1.2.5';

const plainUids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const rleUids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.2', SOPInstanceUID: '1.1.2.1' };
const plain = { study: '1.1', series: '1.1.1', instance: '1.1.1.1' };
const compressed = { study: '1.1', series: '1.1.2', instance: '1.1.2.1' };

/** Three frames of 2 by 2: 0 to 3, 100 to 103, 200 to 203. */
const pixels = Uint16Array.of(0, 1, 2, 3, 100, 101, 102, 103, 200, 201, 202, 203);
const plainFile = dicomFile({
  ...tinyImage,
  ...plainUids,
  NumberOfFrames: '3',
  PixelData: pixels,
  EncapsulatedDocument: Uint16Array.from({ length: 4000 }, (_, index) => index),
});
// One RLE segment a byte of the sample (PS3.5 annex G): high bytes, then low bytes, as literal runs.
const segments = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0]), Buffer.from([3, 9, 8, 7, 6, 0])]);
const rleHeader = Buffer.alloc(64);
rleHeader.writeUInt32LE(2, 0);
rleHeader.writeUInt32LE(64, 4);
rleHeader.writeUInt32LE(70, 8);
const rleFrame = Buffer.concat([rleHeader, segments]);
const rleFile = dicomFile({ ...tinyImage, ...rleUids, PixelData: { fragments: [Buffer.alloc(0), rleFrame] } }, rle);

let archive: TestArchive;
let gateway: TestGateway;
beforeAll(async () => {
  archive = await startTestArchive({ files: [plainFile, rleFile] });
  gateway = await startTestGateway(archive.url);
});
afterAll(async () => {
  await gateway.close();
  await archive.close();
});

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const frameBytes = (frame: number) => Buffer.from(pixels.slice((frame - 1) * 4, frame * 4).buffer);

describe('a link to a native object gives', () => {
  test('an instance byte for byte as stored, in one body of known length', async () => {
    const response = await fetch(gateway.links.native('test', compressed).url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${rle}`);
    expect(response.headers.get('content-length')).toBe(String(rleFile.length));
    expect((await bytesOf(response)).equals(rleFile)).toBe(true);
  });

  test('its headers alone for HEAD', async () => {
    const response = await fetch(gateway.links.native('test', plain).url, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(plainFile.length));
    expect(await bytesOf(response)).toHaveLength(0);
  });

  test('406 where the origin cannot give the transfer syntax', async () => {
    const jpeg2000 = '1.2.840.10008.1.2.4.90';
    const response = await fetch(gateway.links.native('test', plain, { transferSyntaxUID: jpeg2000 }).url);
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
  });

  test.each([
    ['a study', { study: '1.1' }, [plainFile, rleFile]],
    ['a series', { study: '1.1', series: '1.1.2' }, [rleFile]],
  ])('%s as parts of one body, each as stored', async (_, ref, files) => {
    const response = await fetch(gateway.links.native('test', ref).url);
    expect(response.headers.get('content-type')).toMatch(
      /^multipart\/related; type="application\/dicom"; boundary=[0-9a-f-]{36}$/,
    );
    const parts = await readParts(response);
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual(
      files.map((file) => `application/dicom; transfer-syntax=${file === rleFile ? rle : explicitLittleEndian}`),
    );
    expect(parts.map(({ body }, index) => files[index]?.equals(body))).toEqual(files.map(() => true));
  });

  test('404 where there is none, without a word of what was asked for', async () => {
    const response = await fetch(gateway.links.native('test', { ...plain, instance: '9.9.9' }).url);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'No such object',
      status: 404,
      code: 'NOT_FOUND',
      retryable: false,
    });
  });
});

describe('a link to frames gives', () => {
  test('the frame as stored, in one body', async () => {
    const response = await fetch(gateway.links.frame('test', compressed, 1).url);
    expect(response.headers.get('content-type')).toBe(`image/dicom-rle; transfer-syntax=${rle}`);
    expect((await bytesOf(response)).equals(rleFrame)).toBe(true);
  });

  test('the frame decoded, where that was asked for', async () => {
    const request = { transferSyntaxUID: explicitLittleEndian };
    const response = await fetch(gateway.links.frame('test', compressed, 1, request).url);
    expect(response.headers.get('content-type')).toBe(
      `application/octet-stream; transfer-syntax=${explicitLittleEndian}`,
    );
    expect([...(await bytesOf(response))]).toEqual([9, 0, 8, 0, 7, 0, 6, 0]);
  });

  test.each([1, 2, 3])('frame %i of a template, expanded as RFC 6570 says', async (frame) => {
    const { template, frameCount } = gateway.links.frameTemplate('test', plain, 3);
    expect(frameCount).toBe(3);
    const response = await fetch(parseTemplate(template).expand({ frame }));
    expect((await bytesOf(response)).equals(frameBytes(frame))).toBe(true);
  });

  test('404 for a frame that the instance does not have', async () => {
    expect((await fetch(gateway.links.frame('test', plain, 4).url)).status).toBe(404);
  });

  test('406 where the media type is not the one that the link is for', async () => {
    const response = await fetch(gateway.links.frame('test', compressed, 1, { mediaType: 'image/jpeg' }).url);
    expect(response.status).toBe(406);
  });
});

describe('a link to a rendered image gives', () => {
  const metadataOf = async (response: Response) => sharp(await bytesOf(response)).metadata();

  test.each([
    ['image/jpeg', 'jpeg'],
    ['image/png', 'png'],
  ])('%s in the size asked for', async (mediaType, format) => {
    const viewport = { width: 20, height: 10 };
    const response = await fetch(gateway.links.rendered('test', compressed, { mediaType, viewport }).url);
    expect(response.headers.get('content-type')).toBe(mediaType);
    expect(await metadataOf(response)).toMatchObject({ format, width: 10, height: 10 });
  });

  test('a frame, with window and quality', async () => {
    const request = { window: { center: 100.5, width: 4 }, quality: 90, mediaType: 'image/png' };
    const { template } = gateway.links.renderedFrameTemplate('test', plain, 3, request);
    const grey = async (frame: number) => {
      const response = await fetch(parseTemplate(template).expand({ frame }));
      return [
        ...(await sharp(await bytesOf(response))
          .extractChannel(0)
          .raw()
          .toBuffer()),
      ];
    };
    expect(await grey(1)).toEqual([0, 0, 0, 0]);
    expect(await grey(3)).toEqual([255, 255, 255, 255]);
    expect((await grey(2)).toSorted((a, b) => a - b)).toEqual(await grey(2));
    const single = await fetch(gateway.links.renderedFrame('test', plain, 3, request).url);
    expect(single.status).toBe(200);
  });

  test.each([
    ['a study', { study: '1.1' }],
    ['a series', { study: '1.1', series: '1.1.1' }],
    ['an instance', plain],
  ])('the thumbnail of %s', async (_, ref) => {
    const response = await fetch(gateway.links.thumbnail('test', ref, { width: 1 }).url);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(await metadataOf(response)).toMatchObject({ width: 1, height: 1 });
  });
});

describe('a link to metadata gives', () => {
  test('DICOM JSON whose bulk data can be followed', async () => {
    const response = await fetch(gateway.links.metadata('test', plain).url);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const [instance] = (await response.json()) as Record<string, { BulkDataURI?: string }>[];
    expect(instance).toMatchObject({ '00080018': { vr: 'UI', Value: ['1.1.1.1'] } });
    expect(instance).not.toHaveProperty('7FE00010');
    const uri = instance?.['00420011']?.BulkDataURI ?? '';
    expect(uri).toMatch(new RegExp(`^http://127.0.0.1:${gateway.port}/links/`));
    const bytes = await bytesOf(await fetch(uri));
    expect(bytes).toHaveLength(8000);
    expect(bytes.readUInt16LE(7998)).toBe(3999);
  });

  test.each([
    ['gzip, deflate, br', 'br'],
    ['br;q=0.5, gzip ; q=1', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    ['identity', undefined],
  ])('text as compressed as %s allows', async (accepted, encoding) => {
    const path = pathOf(gateway.links.metadata('test', plain).url);
    const { headers, body } = await rawRequest(gateway.port, path, 'GET', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers).not.toHaveProperty('content-length');
    const decode = { gzip: gunzipSync, br: brotliDecompressSync }[encoding ?? ''] ?? Buffer.from;
    expect(JSON.parse(decode(Buffer.from(body, 'latin1')).toString())).toHaveLength(1);
  });

  test.each([
    ['a study', { study: '1.1' }, 2],
    ['a series', { study: '1.1', series: '1.1.1' }, 1],
  ])('all instances of %s', async (_, ref, count) => {
    const response = await fetch(gateway.links.metadata('test', ref).url);
    expect(await response.json()).toHaveLength(count);
  });
});
