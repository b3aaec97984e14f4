import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { tag } from '../../src/dicom/tag.ts';
import { closeDecoders, decodeFrame } from '../../src/render/decode-frame.ts';
import type { PixelDescription } from '../../src/render/pixel-description.ts';
import { corpus, describeCorpus } from '../support/corpus.ts';
import { type CorpusFrame, corpusFile, draw, readCorpusFrame } from '../support/render.ts';

afterAll(closeDecoders);

const grey = corpus.filter(
  (file) =>
    file.valid &&
    file.frame1?.sha256 !== undefined &&
    file.samplesPerPixel === 1 &&
    file.photometricInterpretation?.startsWith('MONOCHROME'),
);

/** The grey level of each pixel, not rounded, straight from the attributes and the standard. */
function expectedLevels(data: Uint8Array, frame: CorpusFrame): Float64Array {
  const { pixels, dataSet } = frame;
  const group = (sequence: string): DataSet =>
    dataSet.items(tag('52009230'))[0]?.items(tag(sequence))[0] ??
    dataSet.items(tag('52009229'))[0]?.items(tag(sequence))[0] ??
    dataSet;
  const transformation = group('00289145');
  const slope = transformation.number(tag('00281053')) ?? 1;
  const intercept = transformation.number(tag('00281052')) ?? 0;
  const modalityLut = tableOf(frame, '00283000');
  const padding = dataSet.number(tag('00280120'));

  const stored = storedValues(data, pixels);
  const modality = stored.map((value) => (modalityLut ? modalityLut(value) : value * slope + intercept));
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  modality.forEach((value, i) => {
    if (stored[i] === padding) return;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  });

  const voi = group('00289132');
  const center = voi.number(tag('00281050'));
  const width = voi.number(tag('00281051'));
  const voiLut = tableOf(frame, '00283010');
  const fraction = dataSet.number(tag('0062000E'));
  const levelOf = (x: number): number => {
    if (center !== null && width !== null) {
      // PS3.3 §C.11.2.1.2.1. No file of the corpus has another function.
      if (x <= center - 0.5 - (width - 1) / 2) return 0;
      if (x > center - 0.5 + (width - 1) / 2) return 255;
      return ((x - (center - 0.5)) / (width - 1) + 0.5) * 255;
    }
    if (voiLut) return (voiLut(x) / 65_535) * 255;
    if (pixels.bitsAllocated === 1) return x * 255;
    if (fraction !== null) return (x / fraction) * 255;
    return greatest > least ? ((x - least) / (greatest - least)) * 255 : 0;
  };
  const isInverse = pixels.photometricInterpretation === 'MONOCHROME1';
  return modality.map((value) => (isInverse ? 255 - levelOf(value) : levelOf(value)));
}

function storedValues(data: Uint8Array, pixels: PixelDescription): Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const { bitsAllocated, bitsStored, pixelRepresentation, sampleFormat } = pixels;
  const read = (i: number): number => {
    if (bitsAllocated <= 8) return view.getUint8(i);
    return bitsAllocated === 16 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
  };
  const range = 2 ** bitsStored;
  const values = new Float64Array(pixels.rows * pixels.columns);
  for (let i = 0; i < values.length; i += 1) {
    const value = sampleFormat === 'float' ? view.getFloat32(4 * i, true) : read(i) % range;
    values[i] = pixelRepresentation === 1 && value >= range / 2 ? value - range : value;
  }
  return values;
}

/** LUTs of the corpus have entries of 16 bits. */
function tableOf({ dataSet, readBulk }: CorpusFrame, sequence: string): ((value: number) => number) | null {
  const [item] = dataSet.items(tag(sequence));
  if (!item) return null;
  const [count, first, bits] = item.numbers(tag('00283002'));
  expect(bits).toBe(16);
  const data = item.element(tag('00283006'));
  const bulk = data?.kind === 'binary' ? Buffer.from(readBulk(data.bulkDataUri ?? '') ?? []) : null;
  const entries =
    data?.kind === 'number' ? data.values : Array.from({ length: count ?? 0 }, (_, i) => bulk?.readUInt16LE(2 * i));
  return (value) => entries[Math.min((count ?? 0) - 1, Math.max(0, value - (first ?? 0)))] ?? Number.NaN;
}

describeCorpus('a rendered grey frame', () => {
  test.each(grey)('of $file is within 1 grey level of the formula', async (file) => {
    const corpusFrame = readCorpusFrame(file);
    const { stored, pixels, presentation } = corpusFrame;
    const frame = await decodeFrame(stored, pixels);
    const picture = await draw(frame, pixels, await presentation());
    expect(picture).toMatchObject({ width: file.columns, height: file.rows, channels: 1 });
    let worst = 0;
    expectedLevels(frame.data, corpusFrame).forEach((level, i) => {
      worst = Math.max(worst, Math.abs(level - (picture.data[i] ?? Number.NaN)));
    });
    expect(worst).toBeLessThanOrEqual(1);
  });
});

/** SHA-256 of the RGB samples that dcmj2pnm 3.6.7 writes (+op); of the segmented palette, by pydicom 2.3's expansion. */
const exactColours = [
  ['us/palette-explicit.dcm', '322156a65198e9bee9b231c14fcb48d06306bea5d39e9f3c0b0befb037eb834f'],
  ['us/palette-rle-no-pixel-spacing.dcm', 'd4c564cf88bf9fe0654d380ad45744c9579b4e456150e40e5577f87103949c4a'],
  ['us/palette-segmented-16bit.dcm', '97697b719ccd7c15c9cfbee12cb1285b2423b8bc3adf6bf45cb3858e4f0f3db4'],
  ['us/rgb-explicit.dcm', 'a64f021b9093684b86aa47195ce0f9e3c1b8f1f4c6ce569f8a65b292bd52ec1d'],
  ['us/rgb-planar-1.dcm', '4631a14e915f1a7f27d30fb4cd2c4418e592a26008b61a29221641dc6e97c8b2'],
  ['sm/tiled-25frame-rgb.dcm', 'fca966161a41548b22e75feeff281c3afc97fcc3138ca20e5df9b846375cc617'],
  ['seg/labelmap-palette.dcm', '326bf1a615dcfec06edff10926dc1e2bdd1feb8b1ccf969e29b280c6935d0895'],
  ['codecs/us1/explicit-le.dcm', 'e16892020c73095e42ff4cf7368de5206f11012e25feaed53cc2bc614602bb9a'],
  ['codecs/us1/rle.dcm', 'e16892020c73095e42ff4cf7368de5206f11012e25feaed53cc2bc614602bb9a'],
  ['codecs/us1/j2k-lossless-rct.dcm', 'e16892020c73095e42ff4cf7368de5206f11012e25feaed53cc2bc614602bb9a'],
  ['codecs/john-doe/deflated.dcm', '3f6f1f0d98aedd1bc01ad28e3e20b2724c717393b72a4719adc0baa7ca4ee038'],
  ['codecs/test-pattern/rgb.dcm', 'db754473cb0f7754a77e709c199e787285f68beb675a934f8d4567328ab8f107'],
  ['codecs/test-pattern/jpegls-rgb.dcm', 'db754473cb0f7754a77e709c199e787285f68beb675a934f8d4567328ab8f107'],
  ['codecs/test-pattern/palette-8bit.dcm', '7cd0371eb339cb41d63862964d8908a03d548427694a8918bd4debc94f54eeea'],
  ['codecs/sc-rgb/rgb16-explicit.dcm', '169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9'],
  ['codecs/sc-rgb/rgb32-explicit.dcm', '169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9'],
  ['codecs/sc-rgb/rgb8-2frame-big-endian.dcm', '169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9'],
  ['codecs/sc-rgb/rgb-jpeg-lossless-sv1.dcm', '169e619557b12114a7f0be8602026e9abb3d5045804311736ec14cecb026aca9'],
  ['codecs/sc-rgb/rgb-3x3-odd-length.dcm', 'ef2df252ba3cd066405c4dd121d0efea1341083ae2f676e1f4c844b5a4838cb8'],
] as const;

/** Pixels of the same tool, which rounds YBR differently: x, y, and red, green, blue. */
const nearColours = [
  [
    'us/ybr-full-422-uncompressed.dcm',
    [
      [772, 147, [0, 255, 0]],
      [583, 79, [63, 62, 63]],
      [596, 135, [36, 35, 36]],
    ],
  ],
  [
    'us/ybr-full-rle.dcm',
    [
      [92, 34, [221, 151, 40]],
      [130, 54, [109, 108, 109]],
      [381, 110, [36, 35, 36]],
    ],
  ],
  [
    'codecs/sc-rgb/ybrfull-uncompressed.dcm',
    [
      [0, 22, [0, 255, 6]],
      [0, 26, [0, 255, 0]],
      [0, 6, [254, 0, 1]],
    ],
  ],
] as const;

describeCorpus('a rendered colour frame', () => {
  test.each(exactColours)('of %s is what an independent tool draws', async (name, digest) => {
    const { stored, pixels, presentation } = readCorpusFrame(corpusFile(name));
    const { data, channels } = await draw(await decodeFrame(stored, pixels), pixels, await presentation());
    expect(channels).toBe(3);
    expect(createHash('sha256').update(data).digest('hex')).toBe(digest);
  });

  test.each(nearColours)('of %s is within 2 levels of what an independent tool draws', async (name, samples) => {
    const { stored, pixels, presentation } = readCorpusFrame(corpusFile(name));
    const { data } = await draw(await decodeFrame(stored, pixels), pixels, await presentation());
    for (const [x, y, colour] of samples) {
      const at = 3 * (y * pixels.columns + x);
      colour.forEach((level, channel) => {
        expect(Math.abs(level - (data[at + channel] ?? 999))).toBeLessThanOrEqual(2);
      });
    }
  });
});
