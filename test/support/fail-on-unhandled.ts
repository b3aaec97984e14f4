import { afterAll, beforeAll, expect } from 'vitest';

// A rejected promise that nobody awaited, or a stream error that nobody listened to, is a fault of ours even when every
// assertion passed: it would end the process of a user.
const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeAll(() => {
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
});

afterAll(() => {
  process.off('unhandledRejection', note);
  process.off('uncaughtExceptionMonitor', note);
  expect(unhandled, 'nothing is rejected or thrown behind the back of a test').toEqual([]);
});
