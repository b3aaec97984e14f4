import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cieLabToRgb, decodeCieLab, rgbToHex } from '../../src/dicom/cielab.ts';

const hexOf = (values: readonly number[]): string | null => {
  const lab = decodeCieLab(values);
  return lab && rgbToHex(cieLabToRgb(lab));
};

/** L* a* b* of sRGB colours with white D50, from the ICC's sRGB profile (published tables); encoded as PS3.3 §C.10.7.1.1. */
const encode = (l: number, a: number, b: number): number[] => [
  Math.round((l * 65535) / 100),
  Math.round((a + 128) * 257),
  Math.round((b + 128) * 257),
];

describe('CIELab values of DICOM', () => {
  test('0000H, 8080H and FFFFH are the ends and the middle of their scales', () => {
    expect(decodeCieLab([0, 0x8080, 0x8080])).toEqual({ l: 0, a: 0, b: 0 });
    expect(decodeCieLab([0xffff, 0, 0xffff])).toEqual({ l: 100, a: -128, b: 127 });
  });

  test.each([
    ['white', encode(100, 0, 0), '#ffffff'],
    ['black', encode(0, 0, 0), '#000000'],
    ['middle grey', encode(53.585, 0, 0), '#808080'],
    ['red', encode(54.29, 80.81, 69.89), '#ff0000'],
    ['green', encode(87.82, -79.29, 80.99), '#00ff00'],
    ['blue', encode(29.57, 68.3, -112.03), '#0000ff'],
    ['yellow', encode(97.61, -15.75, 93.39), '#ffff00'],
  ])('%s of sRGB comes back', (_, values, hex) => {
    const near = decodeCieLab(values);
    const rgb = near && cieLabToRgb(near);
    const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    for (const [i, channel] of [rgb?.red, rgb?.green, rgb?.blue].entries()) {
      expect(Math.abs((channel ?? -99) - (wanted[i] ?? 0))).toBeLessThanOrEqual(1);
    }
  });

  test('whatever the values, the channels are bytes, and the text has seven characters', () => {
    const value = fc.integer({ min: 0, max: 0xffff });
    fc.assert(fc.property(fc.tuple(value, value, value), (values) => /^#[0-9a-f]{6}$/.test(hexOf(values) ?? '')));
  });

  test('anything but three values is no colour', () => {
    expect([[], [1, 2], [1, 2, 3, 4], [1, null, 3]].map(decodeCieLab)).toEqual([null, null, null, null]);
  });
});
