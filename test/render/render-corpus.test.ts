import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { tag } from '../../src/dicom/tag.ts';
import { closeDecoders, decodeFrame } from '../../src/render/decode-frame.ts';
import type { PixelDescription } from '../../src/render/pixel-description.ts';
import { colourDigests } from '../support/colour-digests.ts';
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
  test.each(colourDigests)('of %s is what an independent tool draws', async (name, digest) => {
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
