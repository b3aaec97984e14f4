import { expect, onTestFinished, test, vi } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-event.ts';
import type { Journal } from '../../src/audit/journal.ts';
import { createAuditTrail, type TrailOptions } from '../../src/audit/trail.ts';
import { type FhirAuditEvent, shorten } from '../support/audit.ts';

const event = (kind: AuditEvent['kind'] = 'refuse'): AuditEvent => ({ kind, caller: null, code: null });

/** A journal in memory, whose appends last until they are let go, or fail where they are told to. */
function startTrail(options: Partial<TrailOptions> = {}) {
  const appended: (readonly string[])[] = [];
  const disk = { isFull: false, hold: null as Promise<void> | null };
  const journal: Journal = {
    async append(lines) {
      await disk.hold;
      if (disk.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      appended.push(lines);
    },
    repair: async () => 0,
    close: async () => undefined,
  };
  const log = { error: vi.fn(), info: vi.fn() };
  const trail = createAuditTrail({
    journal,
    source: { site: 'test', publicUrl: 'http://127.0.0.1' },
    failClosed: true,
    commitMs: 5_000,
    clock: Date.now,
    log,
    retryMs: 10,
    ...options,
  });
  onTestFinished(() => trail.close());
  const kinds = () => appended.flat().map((line) => shorten(JSON.parse(line) as FhirAuditEvent).kind);
  return { trail, appended, disk, log, kinds };
}

/** Appends last from now on. @returns Lets them go. */
function holdOn(disk: { hold: Promise<void> | null }): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  disk.hold = promise;
  onTestFinished(() => resolve()); // before the trail is closed, which waits for the disk
  return resolve;
}

test('what is recorded while a group is written goes with the next, in one append', async () => {
  const { trail, appended, disk } = startTrail();
  const resolve = holdOn(disk);
  trail.record(event());
  const first = trail.committed();
  await new Promise((done) => setTimeout(done, 20));
  for (let index = 0; index < 50; index++) trail.record(event());
  const others = Promise.all(Array.from({ length: 50 }, () => trail.committed()));
  resolve();
  await first;
  await others;
  expect(appended.map((lines) => lines.length)).toEqual([1, 50]);
});

test('committed waits for what was recorded before it, and for nothing where all is written', async () => {
  const { trail, appended } = startTrail();
  await trail.committed();
  trail.record(event());
  await trail.committed();
  expect(appended).toHaveLength(1);
});

test('fail closed: while nothing can be written, answers are refused; then all that happened is written, and how long it was so', async () => {
  const { trail, disk, log, kinds } = startTrail();
  disk.isFull = true;
  trail.record(event('redeem'));
  await expect(trail.committed()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(() => trail.check()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  expect(trail.counts).toMatchObject({ isWritable: false, waitingEvents: 1, lostEvents: 0, refusedAnswers: 2 });
  disk.isFull = false;
  await vi.waitFor(() => expect(trail.counts.isWritable).toBe(true));
  trail.check();
  await trail.committed();
  expect(kinds()).toEqual(['redeem', 'gap']);
  expect(log.error).toHaveBeenCalledTimes(1);
  expect(log.info).toHaveBeenCalledTimes(1);
});

test('fail open: answers go out, and what happened meanwhile is written as soon as it can be', async () => {
  const { trail, disk, kinds, log } = startTrail({ failClosed: false });
  disk.isFull = true;
  trail.record(event('redeem'));
  await trail.committed();
  trail.record(event('mint'));
  await trail.committed();
  trail.check();
  expect(log.error).toHaveBeenCalled();
  disk.isFull = false;
  await vi.waitFor(() => expect(kinds()).toEqual(['redeem', 'mint', 'gap']));
});

test('no more waits in memory than the bound; what is lost is counted and told', async () => {
  const { trail, disk, appended } = startTrail({ failClosed: false, maxWaitingBytes: 2_500 });
  disk.isFull = true;
  for (let index = 0; index < 10; index++) trail.record(event());
  const { waitingBytes, waitingEvents, lostEvents } = trail.counts;
  expect(waitingBytes).toBeLessThanOrEqual(2_500);
  expect(lostEvents).toBe(10 - waitingEvents);
  expect(lostEvents).toBeGreaterThan(0);
  disk.isFull = false;
  await vi.waitFor(() => {
    const last = appended.flat().at(-1) ?? '{}';
    expect(shorten(JSON.parse(last) as FhirAuditEvent)).toMatchObject({
      kind: 'gap',
      details: { lostEvents: String(lostEvents) },
    });
  });
});

test('fail closed: an answer whose event found no room in memory is refused, though the disk takes what came before it', async () => {
  const { trail, disk, kinds } = startTrail({ maxWaitingBytes: 2_500 });
  const resolve = holdOn(disk);
  while (trail.counts.lostEvents === 0) trail.record(event('mint'));
  const refused = trail.committed().then(
    () => 'answered',
    ({ code }: { code: string }) => code,
  );
  resolve();
  expect(await refused).toBe('UNAVAILABLE');
  await vi.waitFor(() => expect(kinds().at(-1)).toBe('gap'));
  trail.record(event('mint'));
  await trail.committed();
});

test.each([
  [true, 'refused'],
  [false, 'let go'],
] as const)('an answer that waits too long for the disk is %s where failClosed: %s', async (failClosed, _outcome) => {
  const { trail, disk } = startTrail({ failClosed, commitMs: 20 });
  const resolve = holdOn(disk);
  trail.record(event());
  const waited = trail.committed().then(
    () => 'answered',
    ({ code }: { code: string }) => code,
  );
  expect(await waited).toBe(failClosed ? 'UNAVAILABLE' : 'answered');
  resolve();
});

test('fail closed: nothing is answered while events are lost to a disk that is slow, and does not fail', async () => {
  const { trail, disk, log, kinds, appended } = startTrail({ maxWaitingBytes: 2_500 });
  const resolve = holdOn(disk);
  trail.record(event('redeem'));
  const kept = trail.committed();
  while (trail.counts.lostEvents === 0) trail.record(event('search'));
  const { waitingEvents } = trail.counts;
  await expect(trail.committed()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(() => trail.check()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  expect(trail.counts).toMatchObject({ isWritable: false, lostEvents: 1, refusedAnswers: 2 });
  expect(log.error).toHaveBeenCalledTimes(1);
  resolve();
  await kept; // its event was not lost
  await vi.waitFor(() => expect(kinds()).toHaveLength(waitingEvents + 1));
  trail.check();
  await trail.committed();
  expect(trail.counts.isWritable).toBe(true);
  expect(shorten(JSON.parse(appended.flat().at(-1) ?? '{}') as FhirAuditEvent)).toMatchObject({
    kind: 'gap',
    details: { lostEvents: '1', refusedAnswers: '2' },
  });
});

test('fail open: answers go out also while events are lost', async () => {
  const { trail, disk } = startTrail({ failClosed: false, maxWaitingBytes: 2_500, commitMs: 20 });
  const resolve = holdOn(disk);
  while (trail.counts.lostEvents === 0) trail.record(event());
  trail.check();
  await trail.committed();
  resolve();
});

test('an event that is larger than the bound is kept where nothing else waits', async () => {
  const { trail, kinds } = startTrail({ maxWaitingBytes: 1 });
  trail.record(event('mint'));
  await trail.committed();
  expect(kinds()).toEqual(['mint']);
});

test('closing writes what waits, once more where it failed', async () => {
  const { trail, disk, kinds } = startTrail({ retryMs: 60_000 });
  disk.isFull = true;
  trail.record(event('mint'));
  await expect(trail.committed()).rejects.toThrow();
  disk.isFull = false;
  trail.record(event('stop'));
  await trail.close();
  expect(kinds().slice(0, 2)).toEqual(['mint', 'stop']);
});
