import { expect, onTestFinished, test } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-event.ts';
import type { AuditTrail } from '../../src/audit/trail.ts';
import { createWindows } from '../../src/audit/windows.ts';

function startWindows(windowMs = 60_000, maxWindows = 100) {
  const events: AuditEvent[] = [];
  const clock = { now: 1_000_000 };
  const trail: Pick<AuditTrail, 'record' | 'committed'> = {
    record: (event) => events.push(event),
    committed: async () => undefined,
  };
  const windows = createWindows({ trail: trail as AuditTrail, windowMs, clock: () => clock.now, maxWindows });
  onTestFinished(() => windows.close());
  const enter = (key: string) =>
    windows.enter(key, { kind: 'redeem', caller: null, code: null, details: { link: key } }, 'redeemed');
  return { events, clock, windows, enter };
}

const whole = { status: 200, bytes: 100, ms: 5, isWhole: true };

test('the first request is told of at once, those within the window when it ends', () => {
  const { events, clock, windows, enter } = startWindows();
  enter('a').ended(whole);
  expect(events.map(({ kind }) => kind)).toEqual(['redeem']);
  enter('a').ended({ ...whole, status: 304, bytes: 10, ms: 7 });
  enter('a').ended({ ...whole, isWhole: false });
  clock.now += 59_999;
  enter('a').ended(whole);
  expect(events).toHaveLength(1);
  windows.close();
  expect(events).toHaveLength(2);
  expect(events[1]).toMatchObject({
    kind: 'redeemed',
    period: [1_000_000, 1_059_999],
    details: { link: 'a', requests: 4, statuses: '200:3 304:1', bytes: 310, ms: 22, maxMs: 7, brokenOff: 1 },
  });
});

test('after its time a window is told of, and the next request opens another', () => {
  const { events, clock, enter } = startWindows();
  enter('a').ended(whole);
  clock.now += 60_000;
  enter('a').ended(whole);
  expect(events.map(({ kind }) => kind)).toEqual(['redeem', 'redeemed', 'redeem']);
});

test('requests under way when a window ends are told of with it, when they have ended', () => {
  const { events, clock, enter } = startWindows();
  const slow = enter('a');
  clock.now += 60_000;
  enter('a').ended(whole);
  expect(events.map(({ kind }) => kind)).toEqual(['redeem', 'redeem']);
  slow.ended({ ...whole, bytes: 7 });
  expect(events.at(-1)).toMatchObject({ kind: 'redeemed', details: { requests: 1, bytes: 7 } });
});

test('closing tells of those that are still under way too', () => {
  const { events, windows, enter } = startWindows();
  const slow = enter('a');
  windows.close();
  slow.ended(whole); // too late, and not told of twice
  expect(events).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({ kind: 'redeemed', details: { requests: 1, underWay: 1 } });
});

test('with no window each request is told of by itself', () => {
  const { events, enter } = startWindows(0);
  for (let index = 0; index < 3; index++) enter('a').ended(whole);
  expect(events.filter(({ kind }) => kind === 'redeem')).toHaveLength(3);
});

test('beyond their number the oldest windows are told of early: none is forgotten', () => {
  const { events, windows, enter } = startWindows(60_000, 3);
  for (let index = 0; index < 10; index++) enter(`${index}`).ended(whole);
  expect(events.filter(({ kind }) => kind === 'redeemed')).toHaveLength(7);
  windows.close();
  expect(events.filter(({ kind }) => kind === 'redeemed')).toHaveLength(10);
});

test('a refusal that came once is told of once', () => {
  const { events, windows } = startWindows();
  const refusal: AuditEvent = { kind: 'refuse', caller: null, code: 'LINK_INVALID' };
  windows.enter('x', refusal, 'refuse').ended(whole);
  for (let index = 0; index < 1_000; index++) windows.enter('y', refusal, 'refuse').ended(whole);
  windows.close();
  expect(events.map(({ kind, details }) => [kind, details?.['requests']])).toEqual([
    ['refuse', undefined],
    ['refuse', undefined],
    ['refuse', 1_000],
  ]);
});
