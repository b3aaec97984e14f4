import { describe, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { readFrame } from '../../src/part10/index.ts';
import { pick, type ReadPhantom, readStudy } from './read-phantom.ts';

/** Stored values of a 16-bit frame. */
function samples({ file }: ReadPhantom, frame = 1): Int16Array {
  const bytes = Buffer.from(readFrame(file, frame));
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

/** Mean Hounsfield units in a square of 5 by 5 pixels around a place in millimetres from the middle. */
function hounsfieldAt(slice: ReadPhantom, xMm: number, yMm: number): number {
  const columns = slice.dataSet.integer(tagOf('Columns')) ?? 0;
  const spacing = slice.dataSet.number(tagOf('PixelSpacing')) ?? 1;
  const intercept = slice.dataSet.number(tagOf('RescaleIntercept')) ?? 0;
  const pixels = samples(slice);
  const column = Math.round(xMm / spacing + (columns - 1) / 2);
  const row = Math.round(yMm / spacing + (columns - 1) / 2);
  let sum = 0;
  for (let y = row - 2; y <= row + 2; y++)
    for (let x = column - 2; x <= column + 2; x++) sum += pixels[y * columns + x] ?? 0;
  return sum / 25 + intercept;
}

describe('CT values are those of the tissue', () => {
  test('air outside, lung, blood and liver with contrast', async () => {
    const slice = pick(await readStudy('ctChest'), 'axial/0018'); // z = 23 mm
    expect(hounsfieldAt(slice, 0, -150)).toBeCloseTo(-1000, -1.3);
    expect(hounsfieldAt(slice, -90, 40)).toBeLessThan(-700);
    expect(hounsfieldAt(slice, 24, 35)).toBeGreaterThan(150); // descending aorta
    const lower = pick(await readStudy('ctChest'), 'axial/0042');
    expect(hounsfieldAt(lower, -70, 0)).toBeGreaterThan(95); // liver with contrast
    expect(hounsfieldAt(lower, -70, 0)).toBeLessThan(135);
  });

  test('bone is above 700 HU somewhere in each slice, and nothing is above 1100', async () => {
    const slices = (await readStudy('ctChest')).filter(({ path }) => path.includes('/axial/'));
    const densest = slices.map((slice) => samples(slice).reduce((most, value) => Math.max(most, value), -9999) - 1000);
    expect(Math.min(...densest)).toBeGreaterThan(700);
    expect(Math.max(...densest)).toBeLessThan(1100);
  });

  test('pixels outside of the circle of reconstruction are padding, and only they', async () => {
    const slice = pick(await readStudy('ctChest'), 'axial/0022');
    const padding = slice.dataSet.integer(tagOf('PixelPaddingValue'));
    const pixels = samples(slice);
    const share = pixels.filter((value) => value === padding).length / pixels.length;
    expect(slice.dataSet.element(tagOf('PixelPaddingValue'))?.vr).toBe('SS');
    expect(share).toBeCloseTo(1 - Math.PI / 4, 2);
  });
});

test('the Shepp-Logan object has no value but those of its ellipsoids', async () => {
  const volume = pick(await readStudy('qualityControl'), 'volume');
  const values = new Set(Array.from({ length: 24 }, (_, i) => [...samples(volume, i + 1)]).flat());
  expect([...values].sort((a, b) => a - b)).toEqual([-1000, 0, 20, 40, 60, 1000]);
});

test('T1 shows white matter brighter than fluid, T2 fluid brighter, FLAIR fluid dark', async () => {
  const files = await readStudy('mrBrain');
  const meanOf = (key: string, column: number, row: number): number => {
    const pixels = samples(pick(files, `${key}/0011`)); // through the ventricles and the frontal white matter
    let sum = 0;
    for (let y = row - 1; y <= row + 1; y++)
      for (let x = column - 1; x <= column + 1; x++) sum += pixels[y * 176 + x] ?? 0;
    return sum / 9;
  };
  const ratio = (key: string): number => meanOf(key, 96, 84) / meanOf(key, 118, 84);
  expect(ratio('t1')).toBeLessThan(0.75);
  expect(ratio('t2')).toBeGreaterThan(2);
  expect(ratio('flair')).toBeLessThan(0.5);
});

test('the nodule of the chest grew between the two radiographs', async () => {
  // Both say "more in the way" in their own direction: MONOCHROME1 with less, MONOCHROME2 with more.
  const attenuation = async (key: 'crChestPrior' | 'dxChest'): Promise<number> => {
    const film = pick(await readStudy(key), 'pa');
    const columns = 832;
    const pixels = samples(film);
    const at = (xMm: number, zMm: number): number => {
      const column = Math.round(xMm / 0.44 + (columns - 1) / 2);
      const row = Math.round((-26 - zMm) / 0.44 + (columns - 1) / 2);
      let sum = 0;
      for (let y = row - 4; y <= row + 4; y++)
        for (let x = column - 4; x <= column + 4; x++) sum += pixels[y * columns + x] ?? 0;
      return sum / 81;
    };
    const stored = at(-84, 46);
    return film.dataSet.text(tagOf('PhotometricInterpretation')) === 'MONOCHROME1' ? 4095 - stored : stored;
  };
  expect(await attenuation('dxChest')).toBeGreaterThan((await attenuation('crChestPrior')) + 50);
});

test('the frames of the cine differ from each other and are JPEG', async () => {
  const cine = pick(await readStudy('usHeart'), 'cine');
  const frames = Array.from({ length: 20 }, (_, i) => readFrame(cine.file, i + 1));
  expect(new Set(frames.map((frame) => frame.toString('base64'))).size).toBe(20);
  expect(frames.every((frame) => frame.readUInt16BE(0) === 0xffd8)).toBe(true);
});
