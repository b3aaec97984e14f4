import { describe, expect, test } from 'vitest';
import type { PixelDescription } from '../../src/render/pixel-description.ts';
import { type Presentation, presentationOf } from '../../src/render/presentation.ts';
import type { RenderOptions } from '../../src/render/render-frame.ts';
import { dataSetOf, draw, littleEndian, pixelsOf, plainPresentation } from '../support/render.ts';

type Attributes = Parameters<typeof dataSetOf>[0];

/** The grey levels of a one-row image with these attributes. */
async function levelsOf(
  stored: ArrayBufferView<ArrayBuffer> & { readonly length: number },
  described: Partial<PixelDescription>,
  attributes: Attributes | Presentation,
  options: Omit<RenderOptions, 'format'> = {},
  frameNumber = 1,
): Promise<number[]> {
  const pixels = pixelsOf({ columns: stored.length, ...described });
  const presentation =
    'modality' in attributes
      ? (attributes as Presentation)
      : await presentationOf(dataSetOf(attributes as Attributes), pixels, frameNumber);
  const frame = { data: littleEndian(stored), photometricInterpretation: pixels.photometricInterpretation };
  return [...(await draw(frame, pixels, presentation, options)).data];
}

describe('the stored value', () => {
  const range: Presentation = { ...plainPresentation, voi: { least: -2048, greatest: 2047 } };

  test('is signed where Pixel Representation says so', async () => {
    const pixels = { bitsAllocated: 16, pixelRepresentation: 1 } as const;
    expect(await levelsOf(Int16Array.of(-2048, 2047), pixels, range)).toEqual([0, 255]);
  });

  test('is that of Bits Stored alone, with something else above', async () => {
    const pixels = { bitsAllocated: 16, bitsStored: 12, pixelRepresentation: 1 } as const;
    expect(await levelsOf(Uint16Array.of(0xf800, 0x17ff), pixels, range)).toEqual([0, 255]);
  });

  test('ends at High Bit, with something else below', async () => {
    const pixels = { bitsAllocated: 16, bitsStored: 12, highBit: 15 } as const;
    const unsigned = { ...plainPresentation, voi: { least: 0, greatest: 4095 } };
    expect(await levelsOf(Uint16Array.of(0x000f, 0xfff0), pixels, unsigned)).toEqual([0, 255]);
  });

  test('can have 32 bits, or be a float', async () => {
    const wide = { ...plainPresentation, voi: { least: 0, greatest: 4_294_967_295 } };
    expect(await levelsOf(Uint32Array.of(0, 4_294_967_295), { bitsAllocated: 32 }, wide)).toEqual([0, 255]);
    const float = { bitsAllocated: 32, sampleFormat: 'float' } as const;
    expect(await levelsOf(Float32Array.of(-0.5, 0, 0.5), float, plainPresentation)).toEqual([0, 128, 255]);
    const double = { bitsAllocated: 64, sampleFormat: 'float' } as const;
    expect(await levelsOf(Float64Array.of(1e9, 2e9), double, plainPresentation)).toEqual([0, 255]);
  });

  test('NaN and infinity are no part of the range of a float image', async () => {
    const pixels = { bitsAllocated: 32, sampleFormat: 'float' } as const;
    const stored = Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, 0, 2, Number.POSITIVE_INFINITY);
    expect(await levelsOf(stored, pixels, plainPresentation)).toEqual([0, 0, 0, 255, 255]);
  });
});

describe('the modality transformation', () => {
  const window = { '00281050': ['DS', 0], '00281051': ['DS', 2000], '00281056': ['CS', 'LINEAR_EXACT'] } as const;

  test('is slope and intercept', async () => {
    const attributes = { ...window, '00281052': ['DS', '-1000'], '00281053': ['DS', '10'] } as const;
    expect(await levelsOf(Uint8Array.of(0, 100, 200), {}, attributes)).toEqual([0, 128, 255]);
  });

  test('is the Modality LUT where there is one, with values outside at its ends', async () => {
    const lut = { '00283002': ['US', 3, 1, 16], '00283006': ['US', 0, 500, 1000] } as const;
    const attributes = { ...window, '00281053': ['DS', 7], '00283000': ['SQ', lut] } as const;
    expect(await levelsOf(Uint8Array.of(0, 1, 2, 3, 9), {}, attributes)).toEqual([128, 128, 191, 255, 255]);
  });

  test('of a signed image may have a first value that was read as unsigned', async () => {
    const lut = { '00283002': ['US', 2, 65_535, 8], '00283006': ['OW', Uint8Array.of(0, 200)] } as const;
    const attributes = {
      '00281050': ['DS', 100],
      '00281051': ['DS', 200],
      '00281056': ['CS', 'LINEAR_EXACT'],
      '00283000': ['SQ', lut],
    } as const;
    expect(await levelsOf(Int8Array.of(-1, 0), { pixelRepresentation: 1 }, attributes)).toEqual([0, 255]);
  });
});

describe('the VOI', () => {
  const stored = Uint8Array.of(0, 64, 128, 255);
  const attributes = { '00281050': ['DS', 128, 30], '00281051': ['DS', 256, 10] } as const;

  test('is the first window of the image', async () => {
    expect(await levelsOf(stored, {}, attributes)).toEqual([0, 64, 128, 255]);
  });

  test('is the window that is asked for', async () => {
    const window = { center: 64, width: 128, function: 'linear-exact' } as const;
    expect(await levelsOf(stored, {}, attributes, { window })).toEqual([0, 128, 255, 255]);
  });

  test('is the first window that can be one', async () => {
    const some = { '00281050': ['DS', 5, 'x', 128], '00281051': ['DS', 0, 5, 256] } as const;
    expect(await levelsOf(stored, {}, some)).toEqual([0, 64, 128, 255]);
  });

  test('of a window narrower than 1 is exact, against the letter of LINEAR', async () => {
    const presentation = await presentationOf(
      dataSetOf({ '00281050': ['DS', 0.5], '00281051': ['DS', 0.5] }),
      pixelsOf(),
    );
    expect(presentation.voi).toEqual({ center: 0.5, width: 0.5, function: 'linear-exact' });
  });

  test('is the VOI LUT where there is no window', async () => {
    const lut = { '00283002': ['US', 2, 128, 8], '00283006': ['US', 51, 204] } as const;
    expect(await levelsOf(Uint8Array.of(0, 128, 129, 255), {}, { '00283010': ['SQ', lut] })).toEqual([
      51, 51, 204, 204,
    ]);
  });

  test('of a VOI LUT of 12 bits reaches white at 4095', async () => {
    const lut = {
      '00283002': ['US', 3, 0, 12],
      '00283006': ['OW', new Uint8Array(Uint16Array.of(0, 2048, 4095).buffer)],
    } as const;
    expect(await levelsOf(Uint8Array.of(0, 1, 2), {}, { '00283010': ['SQ', lut] })).toEqual([0, 128, 255]);
  });

  test('is from the least to the greatest value of the frame where the image has none', async () => {
    expect(await levelsOf(Uint8Array.of(100, 150, 200), {}, {})).toEqual([0, 128, 255]);
    expect(await levelsOf(Uint8Array.of(7, 7), {}, {})).toEqual([0, 0]);
  });

  test('leaves padding out of that range', async () => {
    const pixels = { bitsAllocated: 16, pixelRepresentation: 1 } as const;
    // -2000 as US, as readers of implicit VR have it.
    const padding = { '00280120': ['US', 63_536] } as const;
    expect(await levelsOf(Int16Array.of(-2000, 0, 100), pixels, padding)).toEqual([0, 0, 255]);
    const upTo = { '00280120': ['SS', -2000], '00280121': ['SS', -1500] } as const;
    expect(await levelsOf(Int16Array.of(-1600, 0, 100), pixels, upTo)).toEqual([0, 0, 255]);
  });

  test('of a segmentation is the range of its values, also of a frame with only one of them', async () => {
    expect(await levelsOf(Uint8Array.of(1, 1), { bitsAllocated: 1 }, {})).toEqual([255, 255]);
    expect(await levelsOf(Uint8Array.of(0, 51), {}, { '0062000E': ['US', 255] })).toEqual([0, 51]);
  });

  test('whose LUT cannot be had is an error, not another picture', async () => {
    const lut = { '00283002': ['US', 2, 0, 8] } as const;
    await expect(levelsOf(stored, {}, { '00283010': ['SQ', lut] })).rejects.toMatchObject({
      reason: 'missing-attribute',
    });
    const short = { '00283002': ['US', 9, 0, 8], '00283006': ['US', 1, 2] } as const;
    await expect(levelsOf(stored, {}, { '00283010': ['SQ', short] })).rejects.toMatchObject({
      reason: 'bad-attribute',
    });
  });
});

describe('the polarity', () => {
  const stored = Uint8Array.of(0, 100, 255);
  const window = { '00281050': ['DS', 128], '00281051': ['DS', 256] } as const;

  test.each([
    ['MONOCHROME2', undefined, [0, 100, 255]],
    ['MONOCHROME2', 'IDENTITY', [0, 100, 255]],
    ['MONOCHROME2', 'INVERSE', [255, 155, 0]],
    ['MONOCHROME1', undefined, [255, 155, 0]],
    ['MONOCHROME1', 'INVERSE', [255, 155, 0]],
  ] as const)('of %s with Presentation LUT Shape %s is %o', async (photometricInterpretation, shape, expected) => {
    const attributes = { ...window, ...(shape ? { '20500020': ['CS', shape] as const } : {}) };
    expect(await levelsOf(stored, { photometricInterpretation }, attributes)).toEqual(expected);
  });
});

describe('functional groups', () => {
  const rescale = (slope: number) =>
    ({ '00289145': ['SQ', { '00281052': ['DS', 0], '00281053': ['DS', slope] }] }) as const;
  const window = (width: number) =>
    ({
      '00289132': [
        'SQ',
        { '00281050': ['DS', width / 2], '00281051': ['DS', width], '00281056': ['CS', 'LINEAR_EXACT'] },
      ],
    }) as const;
  const stored = Uint8Array.of(0, 100, 200);

  test('of the frame come before shared ones, and those before the image', async () => {
    const attributes = {
      '00281050': ['DS', 1],
      '00281051': ['DS', 1],
      '52009229': ['SQ', { ...rescale(2), ...window(400) }],
      '52009230': ['SQ', {}, { ...window(800) }, { ...rescale(1), ...window(200) }],
    } as const;
    expect(await levelsOf(stored, {}, attributes, {}, 1)).toEqual([0, 128, 255]);
    expect(await levelsOf(stored, {}, attributes, {}, 2)).toEqual([0, 64, 128]);
    expect(await levelsOf(stored, {}, attributes, {}, 3)).toEqual([0, 128, 255]);
  });
});

test('bulk data of a LUT is asked for by its URI', async () => {
  const lut = { '00283002': { vr: 'US', Value: [2, 0, 8] }, '00283006': { vr: 'OW', BulkDataURI: 'bulkdata/1' } };
  const { DataSet } = await import('../../src/dicom/data-set.ts');
  const dataSet = DataSet.parse({ '00283010': { vr: 'SQ', Value: [lut] } });
  const asked: string[] = [];
  const presentation = await presentationOf(dataSet, pixelsOf(), 1, async (uri) => {
    asked.push(uri);
    return Uint8Array.of(9, 200);
  });
  expect(asked).toEqual(['bulkdata/1']);
  expect(presentation.voi).toEqual({ first: 0, bits: 8, entries: Uint16Array.of(9, 200) });
});
