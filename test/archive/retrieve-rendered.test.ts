import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive } from '../support/archive.ts';

const uids = (n: number) => ({
  StudyInstanceUID: '1',
  SeriesInstanceUID: '1.1',
  SOPInstanceUID: `1.1.${n}`,
  InstanceNumber: n,
});
/** Three frames, each of one grey: 0, 100 and 200 of 255. */
const image = {
  Rows: 200,
  Columns: 300,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
  NumberOfFrames: 3,
  WindowCenter: '128',
  WindowWidth: '256',
  PixelData: Uint16Array.from({ length: 3 * 60_000 }, (_, i) => 100 * Math.floor(i / 60_000)),
};
/** An odd number of bytes: padded in the file. */
const pdf = Buffer.from('%PDF-1.4 of 19 byte');
const files = [
  dicomFile({ ...uids(1), SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33' }),
  dicomFile({ ...uids(2), ...image }),
  dicomFile({
    ...uids(3),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1',
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocument: new Uint16Array(Uint8Array.from([...pdf, 0]).buffer),
    EncapsulatedDocumentLength: pdf.length,
  }),
];
const path = '/studies/1/series/1.1/instances/1.1.2';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files });
});
afterAll(() => archive.close());

async function picture(target: string, headers: Record<string, string> = {}) {
  const response = await archive.get(target, headers);
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  const { format, width, height } = await sharp(bytes).metadata();
  const { channels } = await sharp(bytes).stats();
  return { contentType: response.headers.get('content-type'), format, width, height, mean: channels[0]?.mean ?? NaN };
}

describe('rendered resources (PS3.18 §10.4.1.1.4)', () => {
  test.each([
    ['*/*', 'jpeg'],
    ['image/*', 'jpeg'],
    ['image/jpeg', 'jpeg'],
    ['image/png', 'png'],
    ['image/webp', 'webp'],
    ['image/gif, image/png;q=0.5', 'png'],
  ])('come for %s as %s', async (accept, format) => {
    const drawn = await picture(`${path}/rendered`, { accept });
    expect(drawn).toMatchObject({ contentType: `image/${format}`, format, width: 300, height: 200 });
  });

  test('the accept parameter lets an image element choose', async () => {
    const drawn = await picture(`${path}/rendered?accept=image/png`, { accept: 'image/jpeg' });
    expect(drawn.format).toBe('png');
  });

  test('an instance stands for its first frame, a frame for itself', async () => {
    expect((await picture(`${path}/rendered`)).mean).toBeCloseTo(0, 0);
    expect((await picture(`${path}/frames/2/rendered?accept=image/png`)).mean).toBeCloseTo(100, 0);
    expect((await picture(`${path}/frames/3/rendered?accept=image/png`)).mean).toBeCloseTo(200, 0);
  });

  test('viewport, window and quality are obeyed', async () => {
    expect(await picture(`${path}/rendered?viewport=150,150`)).toMatchObject({ width: 150, height: 100 });
    expect(await picture(`${path}/rendered?viewport=50,50,,,100,100`)).toMatchObject({ width: 50, height: 50 });
    expect((await picture(`${path}/frames/2/rendered?window=100,2,linear&accept=image/png`)).mean).toBeGreaterThan(200);
    const sizes = [1, 100].map(async (quality) => {
      const response = await archive.get(`${path}/rendered?quality=${quality}`);
      return (await response.arrayBuffer()).byteLength;
    });
    expect(await sizes[0]).toBeLessThan((await sizes[1]) ?? 0);
  });

  test.each([
    'viewport=100',
    'viewport=100,0',
    'viewport=0,0',
    'viewport=-1,100',
    'viewport=a,b',
    'viewport=100,100,1',
    'viewport=100,100,999,0,1,1',
    'viewport=99999,99999',
    'window=1',
    'window=1,2',
    'window=1,2,square',
    'window=1,0,linear',
    'window=,2,linear',
    'window=1,2,linear,3',
    'quality=0',
    'quality=101',
    'quality=good',
    'quality=1&quality=2',
    'annotation=patient',
    'transfer-syntax=1.2.840.10008.1.2.1',
  ])('%s is 400', async (query) => {
    expect((await archive.get(`${path}/rendered?${query}`)).status).toBe(400);
  });

  test.each([
    ['/frames/4/rendered', 404],
    ['/frames/0/rendered', 400],
    ['/frames/1,2/rendered', 400],
    ['/frames/4/thumbnail', 404],
    ['/rendered/more', 404],
  ])('%s is %i', async (below, status) => {
    expect((await archive.get(`${path}${below}`)).status).toBe(status);
  });

  test('an object without pixels is 406, as is a type that is not drawn', async () => {
    const report = '/studies/1/series/1.1/instances/1.1.1';
    expect((await archive.get(`${report}/rendered`)).status).toBe(406);
    expect((await archive.get(`${report}/thumbnail`)).status).toBe(406);
    expect((await archive.get(`${path}/rendered`, { accept: 'image/gif' })).status).toBe(406);
    expect((await archive.get(`${path}/thumbnail`, { accept: 'text/html' })).status).toBe(406);
  });
});

describe('an encapsulated PDF is rendered as itself', () => {
  const report = '/studies/1/series/1.1/instances/1.1.3';

  test.each(['*/*', 'application/pdf', 'image/jpeg, application/pdf; q=0.1'])('for %s', async (accept) => {
    const response = await archive.get(`${report}/rendered`, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(pdf);
  });

  test.each([
    ['/rendered', 'image/jpeg', 406],
    ['/rendered', 'text/html', 406],
    ['/rendered?viewport=10,10', '*/*', 400],
    ['/thumbnail', '*/*', 406],
    ['/frames/1/rendered', '*/*', 406],
  ])('%s for %s is %i', async (below, accept, status) => {
    expect((await archive.get(`${report}${below}`, { accept })).status).toBe(status);
  });
});

describe('thumbnails (PS3.18 §10.4.1.1.5)', () => {
  test.each(['/studies/1', '/studies/1/series/1.1', path])('%s has that of its middle frame', async (resource) => {
    const drawn = await picture(`${resource}/thumbnail?accept=image/png`);
    expect(drawn).toMatchObject({ width: 128, height: 85 });
    expect(drawn.mean).toBeCloseTo(100, 0);
  });

  test('a frame has its own, in the size asked for', async () => {
    const drawn = await picture(`${path}/frames/3/thumbnail?viewport=30,30`);
    expect(drawn).toMatchObject({ contentType: 'image/jpeg', width: 30, height: 20 });
    expect(drawn.mean).toBeGreaterThan(190);
  });

  test.each(['window=1,2,linear', 'quality=50', 'viewport=10,10,0,0,5,5'])('%s is 400', async (query) => {
    expect((await archive.get(`${path}/thumbnail?${query}`)).status).toBe(400);
  });
});
