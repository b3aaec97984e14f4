import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryGate } from '../../src/gateway/rendering/memory-gate.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('whatever comes and goes, no more is under way than there is room for, and everything gets its turn in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 30 }),
      async (room, sizes) => {
        const gate = createMemoryGate(room);
        let taken = 0;
        const order: number[] = [];
        await Promise.all(
          sizes.map(async (size, index) => {
            const leave = await gate.enter(size);
            order.push(index);
            taken += Math.min(size, room);
            expect(taken).toBeLessThanOrEqual(room);
            await settled();
            taken -= Math.min(size, room);
            leave();
          }),
        );
        expect(order).toEqual(sizes.map((_, index) => index));
      },
    ),
    { numRuns: 50 },
  );
});

test('what takes more than there is gets all of it, alone', async () => {
  const gate = createMemoryGate(10);
  const leaveSmall = await gate.enter(1);
  let isIn = false;
  const large = gate.enter(1_000).then((leave) => {
    isIn = true;
    return leave;
  });
  await settled();
  expect(isIn).toBe(false);
  leaveSmall();
  (await large)();
  await gate.enter(10);
});

test('who gives up lets those behind go on, and gives back nothing', async () => {
  const gate = createMemoryGate(10);
  const leave = await gate.enter(6);
  const controller = new AbortController();
  const given = gate.enter(9, controller.signal);
  const behind = gate.enter(4);
  controller.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  await behind;
  await expect(gate.enter(1, controller.signal)).rejects.toThrow('gone');
  leave();
  leave();
  const after = await gate.enter(6);
  let isIn = false;
  void gate.enter(1).then(() => {
    isIn = true;
  });
  await settled();
  expect(isIn).toBe(false);
  after();
});
