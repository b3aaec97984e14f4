import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { greyLevelOf, windowFunctionOf } from '../../src/render/voi-window.ts';

// The functions as PS3.3 §C.11.2.1.2.1, §C.11.2.1.3.1 and §C.11.2.1.3.2 write them, with ymin 0 and ymax 255.

describe('LINEAR', () => {
  test('has the values that the note of PS3.3 §C.11.2.1.2.1 gives for c=2048, w=4096', () => {
    const level = greyLevelOf({ center: 2048, width: 4096, function: 'linear' }, 255);
    // "if (x <= 0) then y = 0, else if (x > 4095) then y = 255, else y = ((x - 2047.5) / 4095 + 0.5) * 255"
    expect(level(0)).toBe(0);
    expect(level(-1)).toBe(0);
    expect(level(4095)).toBeCloseTo(255, 9);
    expect(level(4096)).toBe(255);
    expect(level(1000)).toBeCloseTo(((1000 - 2047.5) / 4095 + 0.5) * 255, 9);
  });

  test('of c=2048, w=1 is a threshold: 2047 black, 2048 white', () => {
    const level = greyLevelOf({ center: 2048, width: 1, function: 'linear' }, 255);
    expect([level(2047), level(2047.5), level(2047.6), level(2048)]).toEqual([0, 0, 255, 255]);
  });

  test('of c=0, w=100 runs over -50 to 49; of c=0, w=1 from -1 to 0', () => {
    const hundred = greyLevelOf({ center: 0, width: 100, function: 'linear' }, 255);
    expect([hundred(-50), hundred(49), hundred(50)]).toEqual([0, 255, 255]);
    expect(hundred(-0.5)).toBeCloseTo(127.5, 9);
    const one = greyLevelOf({ center: 0, width: 1, function: 'linear' }, 255);
    expect([one(-1), one(0)]).toEqual([0, 255]);
  });
});

describe('LINEAR_EXACT', () => {
  test('of c=2048, w=4096 is (x - 2048) / 4096 + 0.5 between 0 and 4096', () => {
    const level = greyLevelOf({ center: 2048, width: 4096, function: 'linear-exact' }, 255);
    expect([level(0), level(1024), level(2048), level(4096), level(4097)]).toEqual([0, 63.75, 127.5, 255, 255]);
  });

  test('of c=0, w=100 runs from -50 to 50, and a width below 1 is one', () => {
    const level = greyLevelOf({ center: 0, width: 100, function: 'linear-exact' }, 255);
    expect([level(-50), level(0), level(50)]).toEqual([0, 127.5, 255]);
    expect(greyLevelOf({ center: 0.5, width: 0.5, function: 'linear-exact' }, 255)(0.5)).toBe(127.5);
  });
});

describe('SIGMOID', () => {
  test('is ymax / (1 + exp(-4 (x - c) / w))', () => {
    const level = greyLevelOf({ center: 100, width: 50, function: 'sigmoid' }, 255);
    expect(level(100)).toBe(127.5);
    expect(level(125)).toBeCloseTo(255 / (1 + Math.exp(-2)), 9);
    expect(level(75)).toBeCloseTo(255 / (1 + Math.exp(2)), 9);
    expect(level(-1e9)).toBe(0);
    expect(level(1e9)).toBe(255);
  });
});

test('a window never leaves 0 to 255 and never falls', () => {
  const number = fc.double({ min: -1e5, max: 1e5, noNaN: true });
  const window = fc.record({
    center: number,
    width: fc.double({ min: 1, max: 1e5, noNaN: true }),
    function: fc.constantFrom('linear', 'linear-exact', 'sigmoid'),
  });
  fc.assert(
    fc.property(window, number, number, (of, one, other) => {
      const level = greyLevelOf(of, 255);
      const [low, high] = [level(Math.min(one, other)), level(Math.max(one, other))];
      return low >= 0 && high <= 255 && low <= high + 1e-9;
    }),
  );
});

test('VOI LUT Function is LINEAR where it is absent or unknown', () => {
  expect([null, 'LINEAR', 'LINEAR_EXACT', 'SIGMOID', 'OTHER'].map(windowFunctionOf)).toEqual([
    'linear',
    'linear',
    'linear-exact',
    'sigmoid',
    'linear',
  ]);
});
