import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../src/render/decode-frame.ts';
import { expandSegments } from '../../src/render/palette.ts';
import type { PixelDescription } from '../../src/render/pixel-description.ts';
import { presentationOf } from '../../src/render/presentation.ts';
import { dataSetOf, draw, littleEndian, pixelsOf, plainPresentation } from '../support/render.ts';

/** Red, green, blue of each pixel of a native one-row frame. */
async function coloursOf(
  stored: ArrayBufferView<ArrayBuffer>,
  described: Partial<PixelDescription>,
  attributes: Parameters<typeof dataSetOf>[0] = {},
): Promise<number[][]> {
  const pixels = pixelsOf(described);
  const frame = await decodeFrame(littleEndian(stored), pixels);
  const presentation = await presentationOf(dataSetOf(attributes), pixels);
  const { data, channels } = await draw(frame, pixels, presentation);
  expect(channels).toBe(3);
  return Array.from({ length: data.length / 3 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
}

describe('RGB', () => {
  const rgb = { samplesPerPixel: 3, photometricInterpretation: 'RGB', columns: 2 } as const;

  test('is drawn as it is', async () => {
    expect(await coloursOf(Uint8Array.of(1, 2, 3, 250, 251, 252), rgb)).toEqual([
      [1, 2, 3],
      [250, 251, 252],
    ]);
  });

  test('by plane gives the same picture as pixel by pixel', async () => {
    expect(await coloursOf(Uint8Array.of(1, 250, 2, 251, 3, 252), { ...rgb, planarConfiguration: 1 })).toEqual([
      [1, 2, 3],
      [250, 251, 252],
    ]);
    const words = { ...rgb, planarConfiguration: 1, bitsAllocated: 16 } as const;
    expect(await coloursOf(Uint16Array.of(257, 65_535, 514, 0, 771, 257), words)).toEqual([
      [1, 2, 3],
      [255, 0, 1],
    ]);
  });

  test('of more bits is drawn by its share of the whole range', async () => {
    expect(
      await coloursOf(Uint16Array.of(0, 2048, 4095, 4095, 0, 0), { ...rgb, bitsAllocated: 16, bitsStored: 12 }),
    ).toEqual([
      [0, 128, 255],
      [255, 0, 0],
    ]);
    expect(await coloursOf(Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1), { ...rgb, columns: 1, bitsAllocated: 32 })).toEqual(
      [[0, 128, 255]],
    );
  });

  test('is not hindered by a LUT that is for grey alone', async () => {
    const broken = { '00283010': ['SQ', { '00283002': ['US', 2, 0, 8] }] } as const;
    expect(await coloursOf(Uint8Array.of(1, 2, 3), { ...rgb, columns: 1 }, broken)).toEqual([[1, 2, 3]]);
  });

  test('takes no window', async () => {
    const pixels = pixelsOf({ ...rgb, columns: 1 });
    const frame = { data: Uint8Array.of(10, 20, 30), photometricInterpretation: 'RGB' };
    const window = { center: 1000, width: 1, function: 'linear' } as const;
    expect([...(await draw(frame, pixels, plainPresentation, { window })).data]).toEqual([10, 20, 30]);
  });
});

// PS3.3 §C.7.6.3.1.2: Y = .2990R + .5870G + .1140B; Cb = -.1687R - .3313G + .5000B + 128; Cr = .5000R - .4187G - .0813B + 128.
describe('YBR', () => {
  const ybr = { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' } as const;
  const red = [76, 85, 255];
  const blue = [29, 255, 107];

  test('FULL becomes the colours it was made of, and grey stays grey', async () => {
    const colours = await coloursOf(Uint8Array.from([...red, ...blue, 77, 128, 128]), { ...ybr, columns: 3 });
    expect(colours).toEqual([
      [254, 0, 0],
      [0, 0, 254],
      [77, 77, 77],
    ]);
  });

  test('FULL_422 shares the colour of two pixels', async () => {
    const stored = Uint8Array.of(76, 100, 85, 255, 29, 60, 255, 107);
    const colours = await coloursOf(stored, { ...ybr, photometricInterpretation: 'YBR_FULL_422', columns: 4 });
    expect(colours).toEqual([
      [254, 0, 0],
      [255, 24, 24],
      [0, 0, 254],
      [31, 31, 255],
    ]);
  });

  test('FULL_422 that in truth holds every sample is read as such', async () => {
    const colours = await coloursOf(Uint8Array.from([...red, ...blue]), {
      ...ybr,
      photometricInterpretation: 'YBR_FULL_422',
      columns: 2,
    });
    expect(colours).toEqual([
      [254, 0, 0],
      [0, 0, 254],
    ]);
  });

  // PS3.3 §C.7.6.3.1.2: black is Y 16, white 235.
  test('PARTIAL_422 reaches from 16 to 235', async () => {
    const stored = Uint8Array.of(16, 235, 128, 128);
    const colours = await coloursOf(stored, { ...ybr, photometricInterpretation: 'YBR_PARTIAL_422', columns: 2 });
    expect(colours).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
  });
});

describe('PALETTE COLOR', () => {
  const palette = { photometricInterpretation: 'PALETTE COLOR', columns: 4 } as const;
  const of16 = (...entries: number[]) => new Uint8Array(Uint16Array.from(entries).buffer);
  const tables = (descriptor: readonly number[], red: Uint8Array, green: Uint8Array, blue: Uint8Array) =>
    ({
      '00281101': ['US', ...descriptor],
      '00281102': ['US', ...descriptor],
      '00281103': ['US', ...descriptor],
      '00281201': ['OW', red],
      '00281202': ['OW', green],
      '00281203': ['OW', blue],
    }) as const;

  test('of 16 bits is cut down to the high bytes', async () => {
    const attributes = tables([2, 0, 16], of16(0x1234, 0xff00), of16(0, 0x8000), of16(0xffff, 0x00ff));
    expect(await coloursOf(Uint8Array.of(0, 1, 1, 0), palette, attributes)).toEqual([
      [0x12, 0, 0xff],
      [0xff, 0x80, 0],
      [0xff, 0x80, 0],
      [0x12, 0, 0xff],
    ]);
  });

  test('begins at its first value, and has its ends for values outside', async () => {
    const attributes = tables([2, 10, 8], Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6));
    expect(await coloursOf(Uint8Array.of(0, 10, 11, 200), palette, attributes)).toEqual([
      [1, 3, 5],
      [1, 3, 5],
      [2, 4, 6],
      [2, 4, 6],
    ]);
  });

  test('that says 16 bits and holds 8 is read as 8', async () => {
    const attributes = tables([2, 0, 16], of16(0, 200), of16(0, 100), of16(0, 0));
    expect(await coloursOf(Uint8Array.of(0, 1), { ...palette, columns: 2 }, attributes)).toEqual([
      [0, 0, 0],
      [200, 100, 0],
    ]);
  });

  test('of 65536 entries says 0, and is reached by 16-bit pixels', async () => {
    const ramp = of16(...Array.from({ length: 65_536 }, (_, i) => i));
    const attributes = tables([0, 0, 16], ramp, ramp, ramp);
    expect(
      await coloursOf(Uint16Array.of(0x0100, 0xfeff), { ...palette, columns: 2, bitsAllocated: 16 }, attributes),
    ).toEqual([
      [1, 1, 1],
      [0xfe, 0xfe, 0xfe],
    ]);
  });

  test('whose tables are missing or too short is an error', async () => {
    await expect(coloursOf(Uint8Array.of(0), { ...palette, columns: 1 })).rejects.toMatchObject({
      reason: 'missing-attribute',
    });
    const short = tables([9, 0, 8], Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(1));
    await expect(coloursOf(Uint8Array.of(0), { ...palette, columns: 1 }, short)).rejects.toMatchObject({
      reason: 'bad-attribute',
    });
  });

  test('can be segmented', async () => {
    const segments = of16(0, 2, 0x1000, 0x2000, 1, 2, 0x4000); // two entries, then two on a line to 0x4000
    const descriptor = ['US', 4, 0, 16] as const;
    const attributes = {
      '00281101': descriptor,
      '00281102': descriptor,
      '00281103': descriptor,
      '00281221': ['OW', segments],
      '00281222': ['OW', segments],
      '00281223': ['OW', segments],
    } as const;
    expect((await coloursOf(Uint8Array.of(0, 1, 2, 3), palette, attributes)).map(([red]) => red)).toEqual([
      0x10, 0x20, 0x30, 0x40,
    ]);
  });
});

// PS3.3 §C.7.9.2
describe('segments of a palette', () => {
  const words = (...units: number[]) => new Uint8Array(Uint16Array.from(units).buffer);

  test('repeat earlier segments from a byte offset', () => {
    const data = words(0, 2, 10, 20, 1, 2, 40, 2, 2, 0, 0);
    expect([...expandSegments(data, 16, 8)]).toEqual([10, 20, 30, 40, 10, 20, 30, 40]);
  });

  test('of 8 bits are bytes', () => {
    expect([...expandSegments(Uint8Array.of(0, 1, 100, 1, 4, 0), 8, 5)]).toEqual([100, 75, 50, 25, 0]);
  });

  test.each([
    ['a line without a start', words(1, 3, 9)],
    ['a repeat within a repeat', words(0, 1, 5, 2, 1, 6, 0)],
    ['an unknown opcode', words(7, 1, 1)],
    ['too few entries', words(0, 1, 5)],
  ])('are refused: %s', (_, data) => {
    expect(() => expandSegments(data, 16, 3)).toThrow(expect.objectContaining({ reason: 'bad-attribute' }));
  });
});

test('a Photometric Interpretation that is not known is unsupported', async () => {
  const pixels = pixelsOf({ samplesPerPixel: 3, photometricInterpretation: 'HSV' });
  const frame = { data: new Uint8Array(3), photometricInterpretation: 'HSV' };
  await expect(draw(frame, pixels, plainPresentation)).rejects.toMatchObject({ reason: 'unsupported' });
});

test('three samples of MONOCHROME2, or one of RGB, are a contradiction', async () => {
  for (const [samplesPerPixel, photometricInterpretation] of [
    [3, 'MONOCHROME2'],
    [1, 'RGB'],
  ] as const) {
    const pixels = pixelsOf({ samplesPerPixel, photometricInterpretation });
    const frame = { data: new Uint8Array(samplesPerPixel), photometricInterpretation };
    await expect(draw(frame, pixels, plainPresentation)).rejects.toMatchObject({ reason: 'bad-attribute' });
  }
});
