import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { probeCapabilities } from '../../src/origin/capabilities/probe.ts';
import { retrieveInstance } from '../../src/origin/instance.ts';
import { retrieveMetadata } from '../../src/origin/metadata.ts';
import type { OriginConfig } from '../../src/origin/origin-config.ts';
import { search } from '../../src/origin/search.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, type QuirkyAnswer, reply, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';

const query = { level: 'study', matches: new Map(), includeFields: [] } as const;
const rows = json([{ '0020000D': { vr: 'UI', Value: ['1.2.3'] } }]);
const study = { study: parseUid('1.2.3') };
const instance = { ...study, series: parseUid('1.2.3.4'), instance: parseUid('1.2.3.4.5') };
const answers: QuirkyAnswer = (socket) => reply(socket, rows);
const status =
  (code: number): QuirkyAnswer =>
  (socket) =>
    reply(socket, { status: code });

/** An origin that behaves as told, and its client with a clock that stands until it is set. */
async function start(first: QuirkyAnswer, config: Partial<OriginConfig> = {}) {
  const world = { answer: first, now: 0 };
  const archive = await startQuirkyOrigin((socket, request) => world.answer(socket, request));
  const origin = createTestOrigin(archive.url, { circuitFailures: 3, ...config }, { clock: () => world.now });
  return {
    world,
    archive,
    origin,
    ask: () => search(origin, query),
    /** Asks so often, one after the other; the codes of what came of it. */
    async codes(times: number): Promise<string[]> {
      const codes: string[] = [];
      for (let n = 0; n < times; n++) {
        const error = await search(origin, query).then(
          () => null,
          (reason: unknown) => reason,
        );
        codes.push(error === null ? 'answered' : (error as { code: string }).code);
      }
      return codes;
    },
    async [Symbol.asyncDispose]() {
      await origin.close();
      await archive.close();
    },
  };
}

describe('an origin is left alone after so many failures in a row', () => {
  test.each<[string, QuirkyAnswer, string]>([
    ['connections that break', (socket) => void socket.destroy(), 'ORIGIN_UNREACHABLE'],
    ['no answer in time', () => {}, 'ORIGIN_TIMEOUT'],
    ['500', status(500), 'ORIGIN_ERROR'],
    ['503', status(503), 'ORIGIN_ERROR'],
    ['half a body', (socket) => replyInPart(socket, { ...rows, promised: 1_000 }, 'end'), 'ORIGIN_RESPONSE'],
  ])('of %s', async (_, answer, code) => {
    await using it = await start(answer, { headersTimeoutMs: 100 });
    expect(await it.codes(5)).toEqual([code, code, code, 'UNAVAILABLE', 'UNAVAILABLE']);
    expect(it.archive.requests).toHaveLength(3);
    expect(it.origin.circuit).toBe('open');
    expect(it.origin.healthy).toBe(false);
  });

  test('and who asks meanwhile is told when to come again, without the origin being asked', async () => {
    await using it = await start(status(500), { circuitPauseMs: 4_000 });
    await it.codes(3);
    it.world.now += 2_500;
    expect(await rejectionOf(it.ask())).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('circuit open'),
      facts: { origin: 'test', transaction: 'search studies', retryAfterSeconds: 2, retryable: true },
    });
    expect(it.archive.requests).toHaveLength(3);
  });

  test('whoever asks: callers with tokens of their own share it', async () => {
    await using it = await start(status(500), { credentials: { kind: 'forward' } });
    const of = (subject: string) => it.origin.forCaller({ subject, token: { reveal: () => `of-${subject}` } });
    const as = (subject: string) => search(of(subject), query);
    for (const subject of ['one', 'two', 'three']) await rejectionOf(as(subject));
    expect(await rejectionOf(as('four'))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(of('five').circuit).toBe('open');
  });

  test('and nobody goes on waiting for a place', async () => {
    await using it = await start(() => {}, { circuitFailures: 1, maxConcurrentRequests: 2, headersTimeoutMs: 60_000 });
    const held = rejectionOf(it.ask());
    while (it.archive.requests.length === 0) await sleep(5);
    const other = rejectionOf(it.ask());
    while (it.archive.requests.length < 2) await sleep(5);
    const waiting = rejectionOf(it.ask());
    await it.archive.close(); // the two under way break, and with the first of them the circuit opens
    expect(await waiting).toMatchObject({ code: 'UNAVAILABLE', facts: { retryAfterSeconds: 2 } });
    expect(await held).toMatchObject({ code: 'ORIGIN_UNREACHABLE' });
    await other;
  });

  test('a request that a retry brings to its end is no failure', async () => {
    const flaky: QuirkyAnswer = (socket, { number }) =>
      number % 2 === 1 ? void socket.destroy() : reply(socket, rows);
    await using it = await start(flaky, { retries: 1, circuitFailures: 1 });
    expect(await it.codes(3)).toEqual(['answered', 'answered', 'answered']);
  });

  test('failures further apart than the window are not of one outage', async () => {
    await using it = await start(status(500), { circuitWindowMs: 1_000 });
    for (let n = 0; n < 6; n++) {
      expect(await it.codes(1)).toEqual(['ORIGIN_ERROR']);
      it.world.now += 600;
    }
  });

  test('an answer in between begins the count anew', async () => {
    await using it = await start((socket, { number }) => reply(socket, number % 3 === 0 ? rows : { status: 500 }));
    expect(await it.codes(9)).not.toContain('UNAVAILABLE');
  });

  test('never, where it is turned off', async () => {
    await using it = await start(status(500), { circuitFailures: 0 });
    expect(new Set(await it.codes(20))).toEqual(new Set(['ORIGIN_ERROR']));
  });
});

describe('not held against an origin are', () => {
  test.each([400, 401, 403, 404, 406, 429, 501])('searches that are answered by %i', async (code) => {
    await using it = await start(status(code));
    expect(await it.codes(10)).not.toContain('UNAVAILABLE');
    expect(it.archive.requests).toHaveLength(10);
  });

  test('objects that are not there', async () => {
    await using it = await start(status(404));
    for (let n = 0; n < 10; n++) {
      expect(await rejectionOf(retrieveMetadata(it.origin, study))).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('objects that it answers with 500, one by one', async () => {
    await using it = await start(status(500));
    for (let n = 0; n < 10; n++) {
      expect(await rejectionOf(retrieveInstance(it.origin, instance, { transferSyntax: '*' }))).toMatchObject({
        code: 'ORIGIN_ERROR',
      });
    }
  });

  test('requests that time out together while others are answered', async () => {
    await using it = await start(() => {}, { headersTimeoutMs: 300 });
    const stuck = Array.from({ length: 5 }, () => rejectionOf(it.ask()));
    while (it.archive.requests.length < 5) await sleep(2);
    it.world.answer = answers;
    expect(await it.codes(1)).toEqual(['answered']);
    for (const error of await Promise.all(stuck)) expect(error).toMatchObject({ code: 'ORIGIN_TIMEOUT' });
    expect(it.origin.circuit).toBe('closed');
  });

  test('requests that their callers gave up', async () => {
    await using it = await start(() => {});
    for (let n = 0; n < 10; n++) {
      const gone = new AbortController();
      const asked = rejectionOf(search(it.origin, query, { signal: gone.signal }));
      while (it.archive.requests.length <= n) await sleep(2);
      gone.abort(new Error('The caller left'));
      expect(await asked).toMatchObject({ message: 'The caller left' });
    }
    it.world.answer = answers;
    expect(await it.codes(1)).toEqual(['answered']);
  });
});

describe('after the pause', () => {
  test('exactly one of 50 concurrent requests is let through', async () => {
    await using it = await start(status(500));
    await it.codes(3);
    it.world.now += 2_000;
    expect(it.origin.circuit).toBe('trial');
    it.world.answer = () => {}; // it holds the one
    const asked = Array.from({ length: 50 }, () => rejectionOf(it.ask()));
    const codes = (await Promise.all(asked)).map((error) => (error as { code: string }).code);
    expect(codes.filter((code) => code === 'ORIGIN_TIMEOUT')).toHaveLength(1);
    expect(codes.filter((code) => code === 'UNAVAILABLE')).toHaveLength(49);
    expect(it.archive.requests).toHaveLength(4);
  });

  test('an answer closes it: everyone is let through again, without a restart', async () => {
    await using it = await start(status(500));
    await it.codes(3);
    it.world.answer = answers;
    expect(await it.codes(1)).toEqual(['UNAVAILABLE']);
    it.world.now += 2_000;
    expect(await it.codes(2)).toEqual(['answered', 'answered']);
    expect(await Promise.all(Array.from({ length: 20 }, it.ask))).toHaveLength(20);
    expect(it.origin.circuit).toBe('closed');
    expect(it.origin.healthy).toBe(true);
  });

  test('one failure, without a retry, is enough for another pause', async () => {
    await using it = await start(status(503), { retries: 2, circuitFailures: 1 });
    await it.codes(1);
    const before = it.archive.requests.length;
    it.world.now += 2_000;
    expect(await it.codes(3)).toEqual(['ORIGIN_ERROR', 'UNAVAILABLE', 'UNAVAILABLE']);
    expect(it.archive.requests).toHaveLength(before + 1);
    it.world.now += 1_999;
    expect(await it.codes(1)).toEqual(['UNAVAILABLE']);
    it.world.now += 1;
    expect(await it.codes(1)).toEqual(['ORIGIN_ERROR']);
  });

  test('a trial that its caller gave up leaves the trial to the next', async () => {
    await using it = await start(status(500));
    await it.codes(3);
    it.world.now += 2_000;
    it.world.answer = () => {};
    const gone = new AbortController();
    const asked = rejectionOf(search(it.origin, query, { signal: gone.signal }));
    while (it.archive.requests.length < 4) await sleep(2);
    gone.abort();
    await asked;
    it.world.answer = answers;
    expect(await it.codes(1)).toEqual(['answered']);
  });

  test('what was sent before it opened neither closes it nor makes the pause longer', async () => {
    const late: (() => void)[] = [];
    await using it = await start((socket) => void late.push(() => reply(socket, rows)), { headersTimeoutMs: 60_000 });
    const slow = it.ask();
    while (late.length === 0) await sleep(2);
    it.world.answer = status(500);
    await it.codes(3);
    for (const send of late) send();
    await slow;
    expect(await it.codes(1)).toEqual(['UNAVAILABLE']);
  });
});

test('a probe of what the origin can do goes through, closes it by an answer and does not open it', async () => {
  await using it = await start(status(500));
  for (let n = 0; n < 4; n++) await probeCapabilities(it.origin);
  expect(it.origin.circuit).toBe('closed');
  await it.codes(3);
  expect(it.origin.circuit).toBe('open');
  it.world.answer = answers;
  await probeCapabilities(it.origin);
  expect(await it.codes(1)).toEqual(['answered']);
});
