import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { renderFrame, renderThumbnail } from '../../src/render/render-frame.ts';
import { pixelsOf, plainPresentation, readPicture } from '../support/render.ts';

const pixels = pixelsOf({ columns: 64, rows: 32 });
const ramp = Uint8Array.from({ length: 64 * 32 }, (_, i) => (i % 64) * 4);
const frame = { data: ramp, photometricInterpretation: 'MONOCHROME2' };
const colour = pixelsOf({ columns: 64, rows: 32, samplesPerPixel: 3, photometricInterpretation: 'RGB' });
const noise = Uint8Array.from({ length: 64 * 32 * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
const colourFrame = { data: noise, photometricInterpretation: 'RGB' };
const presentation = { ...plainPresentation, voi: { least: 0, greatest: 255 } };

describe('a picture', () => {
  test.each(['png', 'jpeg', 'webp'] as const)(
    'is %s where that is asked for, and has the size of the image',
    async (format) => {
      const picture = await renderFrame(frame, pixels, presentation, { format });
      expect(await sharp(picture).metadata()).toMatchObject({ format, width: 64, height: 32, depth: 'uchar' });
    },
  );

  test.each(['png', 'jpeg'] as const)('of a grey image is a grey %s, of a colour image an RGB one', async (format) => {
    const grey = await renderFrame(frame, pixels, presentation, { format });
    const rgb = await renderFrame(colourFrame, colour, presentation, { format });
    expect(await sharp(grey).metadata()).toMatchObject({ channels: 1, space: 'b-w' });
    expect(await sharp(rgb).metadata()).toMatchObject({ channels: 3, space: 'srgb' });
  });

  test('as PNG has exactly the levels of the image', async () => {
    expect((await readPicture(await renderFrame(frame, pixels, presentation, { format: 'png' }))).data).toEqual(ramp);
    const rgb = await renderFrame(colourFrame, colour, presentation, { format: 'png' });
    expect((await readPicture(rgb)).data).toEqual(noise);
  });

  test.each(['jpeg', 'webp'] as const)('as %s takes more bytes the better its quality', async (format) => {
    const sizes = await Promise.all(
      [5, 50, 100].map(
        async (quality) => (await renderFrame(colourFrame, colour, presentation, { format, quality })).length,
      ),
    );
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(3);
  });

  test('of the best JPEG quality is near the image', async () => {
    const { data } = await readPicture(
      await renderFrame(frame, pixels, presentation, { format: 'jpeg', quality: 100 }),
    );
    expect(data.every((level, i) => Math.abs(level - (ramp[i] ?? 999)) <= 2)).toBe(true);
  });

  test('of a frame that lies unaligned in its file is the same picture', async () => {
    const wide = pixelsOf({ columns: 4, bitsAllocated: 16 });
    const file = Uint8Array.of(99, 0, 0, 0, 1, 0, 2, 0, 3);
    const unaligned = { data: file.subarray(1), photometricInterpretation: 'MONOCHROME2' };
    const range = { ...plainPresentation, voi: { least: 0, greatest: 768 } };
    expect([...(await readPicture(await renderFrame(unaligned, wide, range, { format: 'png' }))).data]).toEqual([
      0, 85, 170, 255,
    ]);
  });
});

describe('refused as bad input is', () => {
  test.each([0, 101, 1.5, Number.NaN])('a quality of %d', async (quality) => {
    await expect(renderFrame(frame, pixels, presentation, { format: 'jpeg', quality })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      reason: 'bad-option',
    });
  });

  test.each([
    { center: 1, width: 0.9, function: 'linear' },
    { center: 1, width: 0, function: 'linear-exact' },
    { center: 1, width: -1, function: 'sigmoid' },
    { center: Number.NaN, width: 1, function: 'linear' },
    { center: 1, width: Number.POSITIVE_INFINITY, function: 'sigmoid' },
  ] as const)('a window like %o', async (window) => {
    await expect(renderFrame(frame, pixels, presentation, { format: 'png', window })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('a viewport without area', async () => {
    const viewport = { width: 0, height: 0 };
    await expect(renderFrame(frame, pixels, presentation, { format: 'png', viewport })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('a thumbnail', () => {
  const large = pixelsOf({ columns: 512, rows: 256 });
  const largeFrame = { data: new Uint8Array(512 * 256), photometricInterpretation: 'MONOCHROME2' };

  test('is a JPEG that fits into 128 by 128', async () => {
    const thumbnail = await renderThumbnail(largeFrame, large, presentation);
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 128, height: 64 });
  });

  test('fits into the box that is asked for', async () => {
    const thumbnail = await renderThumbnail(largeFrame, large, presentation, { width: 100, height: 10, format: 'png' });
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'png', width: 20, height: 10 });
  });

  test('is never larger than the image', async () => {
    expect(await sharp(await renderThumbnail(frame, pixels, presentation)).metadata()).toMatchObject({
      width: 64,
      height: 32,
    });
  });
});
