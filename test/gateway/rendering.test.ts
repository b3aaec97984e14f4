import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { parseTemplate } from 'url-template';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Links } from '../../src/links/links.ts';
import { type Attributes, dicomFile, startTestArchive, type TestArchive } from '../support/archive.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { readPicture } from '../support/render.ts';
import { type SwitchableOrigin, startSwitchableOrigin } from '../support/switchable-origin.ts';

const rle = '1.2.840.10008.1.2.5';

const uids = (series: number, instance: number) => ({
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: `1.1.${series}`,
  SOPInstanceUID: `1.1.${series}.${instance}`,
  SeriesNumber: String(series),
  InstanceNumber: String(instance),
});
const ref = (series: number, instance: number) => ({
  study: '1.1',
  series: `1.1.${series}`,
  instance: `1.1.${series}.${instance}`,
});

/** Four pixels in a row, of 16 bits. */
const row = (...values: number[]): Attributes => ({
  Rows: 1,
  Columns: values.length,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
  PixelData: Uint16Array.from(values),
});

// Two segments, of high and of low bytes, each a literal run (PS3.5 annex G): 5, 6, 7, 8.
const rleHeader = Buffer.alloc(64);
rleHeader.writeUInt32LE(2, 0);
rleHeader.writeUInt32LE(64, 4);
rleHeader.writeUInt32LE(70, 8);
const rleFrame = Buffer.concat([rleHeader, Buffer.from([3, 0, 0, 0, 0, 0]), Buffer.from([3, 5, 6, 7, 8, 0])]);

const pdf = Buffer.from('%PDF-1.4 a document of few words\n\n');
const encapsulatedPdf = '1.2.840.10008.5.1.4.1.1.104.1';

const files = [
  // Series 1: a report and a PDF.
  dicomFile({ ...uids(1, 1), SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33' }),
  dicomFile({
    ...uids(1, 2),
    SOPClassUID: encapsulatedPdf,
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocument: new Uint16Array(pdf.buffer.slice(pdf.byteOffset, pdf.byteOffset + pdf.length)),
  }),
  // Series 2: grey images, each another way to grey.
  dicomFile({ ...uids(2, 1), ...row(0, 1000, 2000, 3000), WindowCenter: '1500', WindowWidth: '3001' }),
  dicomFile({
    ...uids(2, 2),
    ...row(0, 10, 20, 30),
    RescaleSlope: '100',
    RescaleIntercept: '-1000',
    WindowCenter: '500',
    WindowWidth: '3001',
  }),
  dicomFile({ ...uids(2, 3), ...row(0, 85, 170, 255), PhotometricInterpretation: 'MONOCHROME1' }),
  dicomFile({ ...uids(2, 4), ...row(0), PixelData: { fragments: [Buffer.alloc(0), rleFrame] }, Columns: 4 }, rle),
  dicomFile({
    ...uids(2, 5),
    ...row(0, 1, 2, 3),
    VOILUTSequence: [{ LUTDescriptor: [4, 0, 16], LUTData: Uint16Array.of(65_535, 0, 32_768, 65_535) }],
  }),
  dicomFile({
    ...uids(2, 6),
    ...row(0, 1, 2, 3),
    ModalityLUTSequence: [{ LUTDescriptor: [4, 0, 16], LUTData: Uint16Array.of(0, 300, 100, 200) }],
  }),
  // Series 3: colour.
  dicomFile({
    ...uids(3, 1),
    ...row(0),
    SamplesPerPixel: 3,
    PlanarConfiguration: 0,
    PhotometricInterpretation: 'RGB',
    Columns: 2,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelData: Uint16Array.of(0x14_0a, 0x28_1e, 0x3c_32),
  }),
  dicomFile({
    ...uids(3, 2),
    ...row(0),
    SamplesPerPixel: 3,
    PlanarConfiguration: 0,
    PhotometricInterpretation: 'YBR_FULL',
    Columns: 2,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    // Grey of 100 and of 200: CB and CR of 128.
    PixelData: Uint16Array.of(0x80_64, 0xc8_80, 0x80_80),
  }),
  dicomFile({
    ...uids(3, 3),
    ...row(0, 1, 2, 3),
    PhotometricInterpretation: 'PALETTE COLOR',
    RedPaletteColorLookupTableDescriptor: [4, 0, 16],
    GreenPaletteColorLookupTableDescriptor: [4, 0, 16],
    BluePaletteColorLookupTableDescriptor: [4, 0, 16],
    RedPaletteColorLookupTableData: Uint16Array.of(0x1000, 0x2000, 0x3000, 0x4000),
    GreenPaletteColorLookupTableData: Uint16Array.of(0x5000, 0x6000, 0x7000, 0x8000),
    BluePaletteColorLookupTableData: Uint16Array.of(0x9000, 0xa000, 0xb000, 0xc000),
  }),
  dicomFile({ ...uids(3, 4), ...row(0), SamplesPerPixel: 4, PhotometricInterpretation: 'CMYK', Columns: 1 }),
  // Series 4: three frames with a window each, and one that all share.
  dicomFile({
    ...uids(4, 1),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
    ...row(0),
    Columns: 2,
    NumberOfFrames: '3',
    PixelData: Uint16Array.of(0, 100, 0, 100, 0, 100),
    SharedFunctionalGroupsSequence: [{ FrameVOILUTSequence: [{ WindowCenter: '50.5', WindowWidth: '101' }] }],
    PerFrameFunctionalGroupsSequence: [
      { FrameVOILUTSequence: [{ WindowCenter: '100.5', WindowWidth: '201' }] },
      {},
      { FrameVOILUTSequence: [{ WindowCenter: '0.5', WindowWidth: '101' }] },
    ],
  }),
];

let archive: TestArchive;
let origin: SwitchableOrigin;
let gateway: TestGateway;
beforeAll(async () => {
  archive = await startTestArchive({ files });
  origin = await startSwitchableOrigin(archive.url, { rendered: 404 });
  gateway = await startTestGateway(origin.url, { capabilities: { rendering: false } });
});
afterAll(async () => {
  expect(gateway.faults).toEqual([]);
  await gateway.close();
  await origin[Symbol.asyncDispose]();
  await archive.close();
});

const png = { mediaType: 'image/png' };

async function pictureOf(url: string) {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return readPicture(new Uint8Array(await response.arrayBuffer()));
}
const levelsOf = async (url: string) => [...(await pictureOf(url)).data];
const linksOf = (): Links => gateway.links;

describe('in front of an origin that renders nothing a link gives', () => {
  test.each([
    ['a window', ref(2, 1), [0, 85, 170, 255]],
    ['rescaled values', ref(2, 2), [0, 85, 170, 255]],
    ['MONOCHROME1', ref(2, 3), [255, 170, 85, 0]],
    ['a compressed frame', ref(2, 4), [0, 85, 170, 255]],
    ['a VOI LUT', ref(2, 5), [255, 0, 128, 255]],
    ['a modality LUT', ref(2, 6), [0, 255, 85, 170]],
    ['RGB', ref(3, 1), [10, 20, 30, 40, 50, 60]],
    ['YBR', ref(3, 2), [100, 100, 100, 200, 200, 200]],
    ['a palette', ref(3, 3), [16, 80, 144, 32, 96, 160, 48, 112, 176, 64, 128, 192]],
  ])('an image of %s', async (_, instance, levels) => {
    expect(await levelsOf(linksOf().rendered('test', instance, png).url)).toEqual(levels);
  });

  test.each(['jpeg', 'png', 'webp'])('%s, with its length and an entity tag of its bytes', async (format) => {
    const { url } = linksOf().rendered('test', ref(2, 1), { mediaType: `image/${format}` });
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe(`image/${format}`);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(response.headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('base64url')}"`);
    expect((await sharp(bytes).metadata()).format).toBe(format);
  });

  test('window and viewport as asked for: a region, fitted into a box and mirrored', async () => {
    const window = { center: 1500, width: 2, function: 'linear-exact' } as const;
    expect(await levelsOf(linksOf().rendered('test', ref(2, 1), { ...png, window }).url)).toEqual([0, 0, 255, 255]);
    const viewport = { width: 2, height: 1, sourceX: 1, sourceY: 0, sourceWidth: -2, sourceHeight: 1 };
    const picture = await pictureOf(linksOf().rendered('test', ref(2, 1), { ...png, viewport }).url);
    expect(picture).toMatchObject({ width: 2, height: 1, data: Uint8Array.of(170, 85) });
  });

  test('less bytes for less quality', async () => {
    const noise = linksOf();
    const sizes = [5, 100].map(async (quality) => {
      const viewport = { width: 256, height: 64 };
      const response = await fetch(noise.rendered('test', ref(2, 1), { quality, viewport }).url);
      return (await response.arrayBuffer()).byteLength;
    });
    expect(await sizes[0]).toBeLessThan((await sizes[1]) ?? 0);
  });

  test('each frame by its own window, else by that of all: single links and a template', async () => {
    const expected = [
      [0, 128],
      [0, 255],
      [128, 255],
    ];
    const { template } = linksOf().renderedFrameTemplate('test', ref(4, 1), 3, png);
    for (const [index, levels] of expected.entries()) {
      const frame = index + 1;
      expect(await levelsOf(linksOf().renderedFrame('test', ref(4, 1), frame, png).url)).toEqual(levels);
      expect(await levelsOf(parseTemplate(template).expand({ frame }))).toEqual(levels);
    }
    expect(await levelsOf(linksOf().rendered('test', ref(4, 1), png).url)).toEqual(expected[0]);
  });

  test('the PDF that is encapsulated', async () => {
    const response = await fetch(linksOf().rendered('test', ref(1, 2), { mediaType: 'application/pdf' }).url);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await response.arrayBuffer()).subarray(0, pdf.length)).toEqual(pdf);
  });

  test.each([
    ['a frame that is not there', (links: Links) => links.renderedFrame('test', ref(2, 1), 2), 404],
    ['an instance that is not there', (links: Links) => links.rendered('test', { ...ref(2, 1), instance: '9' }), 404],
    ['a report', (links: Links) => links.rendered('test', ref(1, 1)), 406],
    ['colours that are not drawn', (links: Links) => links.rendered('test', ref(3, 4)), 406],
    ['GIF', (links: Links) => links.rendered('test', ref(2, 1), { mediaType: 'image/gif' }), 406],
    ['HTML of a report', (links: Links) => links.rendered('test', ref(1, 1), { mediaType: 'text/html' }), 406],
    ['PDF of a report', (links: Links) => links.rendered('test', ref(1, 1), { mediaType: 'application/pdf' }), 406],
    [
      '16,384 pixels',
      (links: Links) => links.rendered('test', ref(2, 1), { viewport: { width: 16_384, height: 9 } }),
      400,
    ],
  ] as const)('a problem for %s', async (_, linkOf, status) => {
    const response = await fetch(linkOf(linksOf()).url);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  test('an image for two requests: metadata, and the frame as stored', async () => {
    origin.requests.length = 0;
    await pictureOf(linksOf().rendered('test', ref(2, 1), png).url);
    expect(origin.requests).toEqual([
      '/studies/1.1/series/1.1.2/instances/1.1.2.1/metadata',
      '/studies/1.1/series/1.1.2/instances/1.1.2.1/frames/1',
    ]);
  });
});

describe('the thumbnail in front of an origin that renders nothing', () => {
  const smallOf = async (target: object) => {
    const { url } = linksOf().thumbnail('test', target as Parameters<Links['thumbnail']>[1], { width: 2 });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    return sharp(Buffer.from(await response.arrayBuffer())).metadata();
  };

  test('of an instance is small, and never enlarged', async () => {
    expect(await smallOf(ref(2, 1))).toMatchObject({ width: 2, height: 1 });
    const { url } = linksOf().thumbnail('test', ref(2, 1), { width: 500 });
    expect(await pictureOf(url)).toMatchObject({ width: 4, height: 1 });
  });

  test.each([
    ['of several frames is that in the middle', ref(4, 1), ['1.1.4.1/metadata', '1.1.4.1/frames/2']],
    [
      'of a series is the instance in the middle',
      { study: '1.1', series: '1.1.2' },
      ['instances', '1.1.2.4/metadata', '1.1.2.4/frames/1'],
    ],
    [
      'of a study is the middle of its first series with images',
      { study: '1.1' },
      ['instances', '1.1.2.4/metadata', '1.1.2.4/frames/1'],
    ],
  ])('%s', async (_, target, requests) => {
    origin.requests.length = 0;
    await smallOf(target);
    const asked = origin.requests.map((path) =>
      path
        .split('?')[0]
        ?.replace(/^.*\/instances\//, '')
        .split('/1.1/')
        .at(-1),
    );
    expect(asked.map((path) => path?.replace(/^series\/1\.1\.\d\//, ''))).toEqual(requests);
  });

  test('of a study without images is a problem', async () => {
    const { url } = linksOf().thumbnail('test', { study: '1.1', series: '1.1.1' });
    expect((await fetch(url)).status).toBe(406);
  });
});

describe('below a DICOMweb root in front of an origin that renders nothing', () => {
  const get = (path: string, accept = 'image/png') => {
    const { url } = linksOf().dicomwebRoot('test', { study: '1.1' }, ['RENDERED', 'THUMBNAIL', 'METADATA']);
    return fetch(url + path, { headers: { accept } });
  };
  const image = '/studies/1.1/series/1.1.2/instances/1.1.2.1';

  test.each([
    [`${image}/rendered`, [0, 85, 170, 255]],
    [`${image}/frames/1/rendered?window=1500,2,linear-exact`, [0, 0, 255, 255]],
    [`${image}/thumbnail?viewport=4,4`, [0, 85, 170, 255]],
    [`${image}/frames/1/thumbnail`, [0, 85, 170, 255]],
  ])('%s is drawn', async (path, levels) => {
    const response = await get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const picture = await readPicture(new Uint8Array(await response.arrayBuffer()));
    expect([...picture.data]).toEqual(levels);
  });

  test.each(['/studies/1.1/thumbnail', '/studies/1.1/series/1.1.2/thumbnail'])('%s is drawn', async (path) => {
    const response = await get(path, 'image/webp, */*; q=0.1');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp']);
  });

  test('a document comes as what it is, whatever is asked for', async () => {
    const response = await get('/studies/1.1/series/1.1.1/instances/1.1.1.2/rendered', '*/*');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  });

  test.each([
    ['/studies/1.1/rendered', 406],
    [`${image}/rendered?annotation=patient`, 400],
    [`${image}/rendered?viewport=9000,9000`, 400],
    [`${image}/frames/2/rendered`, 404],
    ['/studies/1.1/series/1.1.1/instances/1.1.1.1/rendered', 406],
  ])('%s is %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});
