import { expect, onTestFinished, test } from 'vitest';
import { watchReadiness } from '../../src/http/readiness.ts';
import { watchedLog } from '../support/watched-log.ts';

interface FakeOrigin {
  readonly id: string;
  healthy: boolean | null;
  answers: boolean;
}

const origin = (id: string, answers: boolean): FakeOrigin => ({ id, healthy: null, answers });

function watch(origins: readonly FakeOrigin[]) {
  const readiness = watchReadiness({
    origins,
    retryMs: 20,
    log: watchedLog(),
    probe: async (asked) => {
      asked.healthy = asked.answers;
    },
  });
  onTestFinished(() => readiness.close());
  return readiness;
}

test('ready is not before every origin was asked', async () => {
  const readiness = watch([origin('a', true), origin('b', true)]);
  expect(readiness.isReady()).toBe(false);
  await readiness.ready();
  expect(readiness.isReady()).toBe(true);
});

test('one origin that answers is enough', async () => {
  const readiness = watch([origin('a', false), origin('b', true)]);
  await readiness.asked;
  expect(readiness.isReady()).toBe(true);
});

test('an origin that was down at start is asked again until it answers', async () => {
  const late = origin('a', false);
  const readiness = watch([late]);
  await readiness.asked;
  expect(readiness.isReady()).toBe(false);
  late.answers = true;
  await readiness.ready();
  expect(readiness.isReady()).toBe(true);
});

test('an origin that went down later is asked again, for nobody else will while we are not ready', async () => {
  const only = origin('a', true);
  const readiness = watch([only]);
  await readiness.ready();
  only.healthy = false;
  expect(readiness.isReady()).toBe(false);
  await expect.poll(readiness.isReady).toBe(true);
});

test('what is closed is not ready, and whoever waits hears of it', async () => {
  const readiness = watch([origin('a', false)]);
  const waiting = readiness.ready();
  readiness.close();
  await expect(waiting).rejects.toThrow('Closed before');
  expect(readiness.isReady()).toBe(false);
});
