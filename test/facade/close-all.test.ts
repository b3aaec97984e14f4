import { expect, test } from 'vitest';
import { closeAll } from '../../src/close-all.ts';

test('what one part fails to close with leaves no other open, and the first failure is told', async () => {
  const closed: string[] = [];
  const closing = closeAll([
    async () => void closed.push('first'),
    () => Promise.reject(new Error('of the second')),
    () => {
      throw new Error('of the third');
    },
    async () => void closed.push('fourth'),
  ]);
  await expect(closing).rejects.toThrow('of the second');
  expect(closed).toEqual(['first', 'fourth']);
});

test('each part is closed when the one before it is', async () => {
  const steps: string[] = [];
  const part = (name: string) => async (): Promise<void> => {
    steps.push(`${name} closes`);
    await new Promise(setImmediate);
    steps.push(`${name} closed`);
  };
  await closeAll([part('server'), part('origin')]);
  expect(steps).toEqual(['server closes', 'server closed', 'origin closes', 'origin closed']);
});
