import { describe, expect, test } from 'vitest';
import { maxFrameSamples, pixelDescriptionOf } from '../../src/render/pixel-description.ts';
import { dataSetOf } from '../support/render.ts';

const syntax = '1.2.840.10008.1.2.1';
const ct = {
  '00280002': ['US', 1],
  '00280004': ['CS', 'MONOCHROME2'],
  '00280010': ['US', 512],
  '00280011': ['US', 256],
  '00280100': ['US', 16],
  '00280101': ['US', 12],
  '00280102': ['US', 11],
  '00280103': ['US', 1],
} as const;
const without = (tag: keyof typeof ct) => Object.fromEntries(Object.entries(ct).filter(([key]) => key !== tag));

test('the Image Pixel Module is read', () => {
  expect(pixelDescriptionOf(dataSetOf(ct), syntax)).toEqual({
    transferSyntaxUid: syntax,
    rows: 512,
    columns: 256,
    samplesPerPixel: 1,
    bitsAllocated: 16,
    bitsStored: 12,
    highBit: 11,
    pixelRepresentation: 1,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    numberOfFrames: 1,
    sampleFormat: 'integer',
  });
});

test('what most images have stands in for what is not there', () => {
  const least = { '00280010': ['US', 2], '00280011': ['US', 3], '00280100': ['US', 8] } as const;
  expect(pixelDescriptionOf(dataSetOf(least), syntax)).toMatchObject({
    samplesPerPixel: 1,
    bitsStored: 8,
    highBit: 7,
    pixelRepresentation: 0,
    photometricInterpretation: 'MONOCHROME2',
  });
});

describe('float samples', () => {
  const { '00280101': _, '00280102': __, '00280103': ___, ...rest } = ct;

  test('are those of Float Pixel Data', () => {
    const dataSet = dataSetOf({ ...rest, '00280100': ['US', 32], '7FE00008': ['OF'] });
    expect(pixelDescriptionOf(dataSet, syntax)).toMatchObject({ sampleFormat: 'float', bitsAllocated: 32 });
  });

  test('are told by the lack of Bits Stored where the metadata leaves pixels out', () => {
    const dataSet = dataSetOf({ ...rest, '00280100': ['US', 64] });
    expect(pixelDescriptionOf(dataSet, syntax)).toMatchObject({ sampleFormat: 'float', bitsAllocated: 64 });
  });
});

describe('refused is', () => {
  test.each([
    ['an image without Rows', without('00280010'), 'missing-attribute'],
    ['an image without Columns', without('00280011'), 'missing-attribute'],
    ['an image without Bits Allocated', without('00280100'), 'missing-attribute'],
    ['Rows that are no number', { ...ct, '00280010': ['US', 'many'] }, 'missing-attribute'],
    ['0 rows', { ...ct, '00280010': ['US', 0] }, 'bad-attribute'],
    ['a negative number of columns', { ...ct, '00280011': ['SL', -5] }, 'bad-attribute'],
    [
      'more samples than a frame may have',
      { ...ct, '00280010': ['US', 65_535], '00280011': ['US', 65_535] },
      'too-large',
    ],
    ['Bits Allocated of 12', { ...ct, '00280100': ['US', 12] }, 'unsupported'],
    ['Bits Stored beyond Bits Allocated', { ...ct, '00280101': ['US', 17] }, 'bad-attribute'],
    ['High Bit beyond Bits Allocated', { ...ct, '00280102': ['US', 16] }, 'bad-attribute'],
    ['High Bit below Bits Stored', { ...ct, '00280102': ['US', 10] }, 'bad-attribute'],
    ['four samples a pixel', { ...ct, '00280002': ['US', 4] }, 'unsupported'],
    ['integers of 64 bits', { ...ct, '00280100': ['US', 64] }, 'unsupported'],
    ['colour of 1 bit', { ...ct, '00280002': ['US', 3], '00280100': ['US', 1], '00280101': ['US', 1] }, 'unsupported'],
  ] as const)('%s', (_, attributes, reason) => {
    expect(() => pixelDescriptionOf(dataSetOf(attributes), syntax)).toThrow(
      expect.objectContaining({ reason, code: 'REPRESENTATION_UNAVAILABLE' }),
    );
  });

  test('nothing up to 8192 by 8192 pixels', () => {
    const large = dataSetOf({ ...ct, '00280010': ['US', 8192], '00280011': ['US', 8192] });
    expect(pixelDescriptionOf(large, syntax)).toMatchObject({ rows: 8192 });
    expect(maxFrameSamples).toBe(8192 * 8192);
  });
});
