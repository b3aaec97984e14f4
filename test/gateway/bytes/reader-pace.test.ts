import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReaderBounds, ReaderPace } from '../../../src/gateway/bytes/reader-pace.ts';

const bounds: ReaderBounds = { minReadBytesPerSecond: 1_000, minReadWindowSeconds: 30 };
let cutOff = 0;
const paceOf = (given = bounds) => new ReaderPace(given, () => cutOff++);
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000);

beforeEach(() => {
  cutOff = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a reader', () => {
  test('that takes nothing is cut off when the window is over, once', () => {
    const pace = paceOf();
    pace.waits();
    pass(29.9);
    expect(cutOff).toBe(0);
    pass(0.1);
    expect(cutOff).toBe(1);
    pass(100);
    expect(cutOff).toBe(1);
  });

  test('that takes the least there is to take is never cut off', () => {
    const pace = paceOf();
    for (let turn = 0; turn < 200; turn++) {
      pace.waits();
      pass(10);
      pace.took(10_000);
    }
    expect(cutOff).toBe(0);
  });

  test('that takes half of it is cut off after twice the window', () => {
    const pace = paceOf();
    let seconds = 0;
    for (; cutOff === 0 && seconds < 1_000; seconds++) {
      pace.waits();
      pass(1);
      pace.took(500);
    }
    expect(seconds).toBeGreaterThanOrEqual(59);
    expect(seconds).toBeLessThanOrEqual(61);
  });

  test('that waits for a slow origin owes nothing', () => {
    const pace = paceOf();
    for (let turn = 0; turn < 100; turn++) {
      pace.waits();
      pass(0.001);
      pace.took(10);
      pass(60);
    }
    expect(cutOff).toBe(0);
  });

  test('has no credit from having been fast', () => {
    const pace = paceOf();
    pace.waits();
    pass(1);
    pace.took(100_000_000);
    pace.waits();
    pass(30);
    expect(cutOff).toBe(1);
  });

  test('is not asked after its end', () => {
    const pace = paceOf();
    pace.waits();
    pace.stop();
    pass(100);
    expect([cutOff, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('may take its time where there is no least rate', () => {
    const pace = paceOf({ ...bounds, minReadBytesPerSecond: 0 });
    pace.waits();
    pass(100_000);
    pace.took(1);
    expect([cutOff, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
