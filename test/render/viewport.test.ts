import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxViewportSide, planViewport } from '../../src/render/viewport.ts';
import { draw, pixelsOf, plainPresentation } from '../support/render.ts';

const wide = pixelsOf({ columns: 200, rows: 100 });

describe('a viewport', () => {
  test('holds the whole image with its aspect kept, one side as long as the box', () => {
    expect(planViewport({ width: 50, height: 50 }, wide)).toMatchObject({
      width: 50,
      height: 25,
      sourceWidth: 200,
      sourceHeight: 100,
    });
    expect(planViewport({ width: 500, height: 50 }, wide)).toMatchObject({ width: 100, height: 50 });
  });

  test('enlarges a small image', () => {
    expect(planViewport({ width: 800, height: 800 }, wide)).toMatchObject({ width: 800, height: 400 });
  });

  test('shows a region, with the aspect of the region', () => {
    const viewport = { width: 60, height: 60, sourceX: 20, sourceY: 10, sourceWidth: 30, sourceHeight: 60 };
    expect(planViewport(viewport, wide)).toEqual({
      left: 20,
      top: 10,
      sourceWidth: 30,
      sourceHeight: 60,
      width: 30,
      height: 60,
      flipHorizontally: false,
      flipVertically: false,
    });
  });

  test('reaches to the edges where no width and height of the region are given', () => {
    expect(planViewport({ width: 10, height: 10, sourceX: 150, sourceY: 60 }, wide)).toMatchObject({
      sourceWidth: 50,
      sourceHeight: 40,
    });
  });

  test('ends at the edge of the image, and takes whole pixels', () => {
    const beyond = { width: 10, height: 10, sourceX: 190, sourceWidth: 100, sourceY: 1.5, sourceHeight: 2 };
    expect(planViewport(beyond, wide)).toMatchObject({ left: 190, sourceWidth: 10, top: 1, sourceHeight: 3 });
  });

  test('mirrors for negative width and height of the region', () => {
    expect(planViewport({ width: 10, height: 10, sourceWidth: -200, sourceHeight: -100 }, wide)).toMatchObject({
      left: 0,
      top: 0,
      sourceWidth: 200,
      sourceHeight: 100,
      flipHorizontally: true,
      flipVertically: true,
    });
  });

  test.each([
    { width: 0, height: 10 },
    { width: 10, height: -1 },
    { width: 1.5, height: 10 },
    { width: Number.NaN, height: 10 },
    { width: maxViewportSide + 1, height: 10 },
    { width: 10, height: 10, sourceX: -1 },
    { width: 10, height: 10, sourceX: 200 },
    { width: 10, height: 10, sourceY: 100 },
    { width: 10, height: 10, sourceWidth: 0 },
    { width: 10, height: 10, sourceHeight: Number.POSITIVE_INFINITY },
  ])('like %o is refused as bad input', (viewport) => {
    expect(() => planViewport(viewport, wide)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', reason: 'bad-option' }),
    );
  });

  test('never shows what is outside of the image, nor a picture outside of its box', () => {
    const side = fc.integer({ min: 1, max: maxViewportSide });
    const extent = fc.double({ min: -300, max: 300, noNaN: true });
    const viewport = fc.record(
      { width: side, height: side, sourceX: extent, sourceY: extent, sourceWidth: extent, sourceHeight: extent },
      { requiredKeys: ['width', 'height'] },
    );
    fc.assert(
      fc.property(viewport, (given) => {
        let plan: ReturnType<typeof planViewport>;
        try {
          plan = planViewport(given, wide);
        } catch {
          return;
        }
        expect(plan.left).toBeGreaterThanOrEqual(0);
        expect(plan.top).toBeGreaterThanOrEqual(0);
        expect(plan.sourceWidth).toBeGreaterThanOrEqual(1);
        expect(plan.sourceHeight).toBeGreaterThanOrEqual(1);
        expect(plan.left + plan.sourceWidth).toBeLessThanOrEqual(200);
        expect(plan.top + plan.sourceHeight).toBeLessThanOrEqual(100);
        expect(plan.width).toBeLessThanOrEqual(given.width);
        expect(plan.height).toBeLessThanOrEqual(given.height);
        expect(Math.min(plan.width, plan.height)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('a picture through a viewport', () => {
  // 0 50 100 / 150 200 250
  const pixels = pixelsOf({ columns: 3, rows: 2 });
  const frame = { data: Uint8Array.from([0, 50, 100, 150, 200, 250]), photometricInterpretation: 'MONOCHROME2' };
  const presentation = { ...plainPresentation, voi: { least: 0, greatest: 255 } };
  const levels = async (viewport: Parameters<typeof planViewport>[0]) => [
    ...(await draw(frame, pixels, presentation, { viewport })).data,
  ];

  test('of the size of the image is the image', async () => {
    expect(await levels({ width: 3, height: 2 })).toEqual([0, 50, 100, 150, 200, 250]);
  });

  test('shows the pixels of its region', async () => {
    expect(await levels({ width: 2, height: 2, sourceX: 1 })).toEqual([50, 100, 200, 250]);
    expect(await levels({ width: 2, height: 1, sourceX: 0, sourceY: 1, sourceWidth: 2 })).toEqual([150, 200]);
  });

  test('is mirrored after its region was taken', async () => {
    expect(await levels({ width: 3, height: 2, sourceWidth: -3 })).toEqual([100, 50, 0, 250, 200, 150]);
    expect(await levels({ width: 3, height: 2, sourceHeight: -2 })).toEqual([150, 200, 250, 0, 50, 100]);
    expect(await levels({ width: 2, height: 2, sourceX: 1, sourceWidth: -2 })).toEqual([100, 50, 250, 200]);
  });

  test('is scaled with its aspect kept', async () => {
    expect(await draw(frame, pixels, presentation, { viewport: { width: 30, height: 30 } })).toMatchObject({
      width: 30,
      height: 20,
    });
  });
});
