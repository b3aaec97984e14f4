import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveInstance } from '../../src/origin/instance.ts';
import { retrieveMetadata } from '../../src/origin/metadata.ts';
import { createOrigin } from '../../src/origin/origin.ts';
import type { RequestReport } from '../../src/origin/request-report.ts';
import { search } from '../../src/origin/search.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import {
  json,
  type QuirkyAnswer,
  type Reply,
  reply,
  replyInPart,
  startQuirkyOrigin,
} from '../support/quirky-origin.ts';

const rows = json([{ '0020000D': { vr: 'UI', Value: ['1.2.3'] } }]);
const query = { level: 'study', matches: new Map([['PatientName', 'Doe^Jane']]), includeFields: [] } as const;
const ref = { study: parseUid('1.2'), series: parseUid('1.2.3'), instance: parseUid('1.2.3.4') };
const stored = { transferSyntax: '*' } as const;

/** Too long to be waited for whole. */
const long = 100_000;

/** The first answers one after the other, then the last for ever. */
const inTurn =
  (...answers: (Reply | QuirkyAnswer)[]): QuirkyAnswer =>
  (socket, request) => {
    const answer = answers[Math.min(request.number, answers.length) - 1];
    return typeof answer === 'function' ? answer(socket, request) : answer && reply(socket, answer);
  };

describe('a request is sent again', () => {
  const once: [what: string, answer: Reply | QuirkyAnswer][] = [
    ['429', { status: 429 }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
    ['502', { status: 502 }],
    ['503', { status: 503, body: 'x'.repeat(100_000) }],
    ['504', { status: 504 }],
    ['a reset before an answer', (socket) => void socket.resetAndDestroy()],
    ['the end of the connection before an answer', (socket) => void socket.end()],
    ['half a body', (socket) => replyInPart(socket, { body: '[', promised: 100 }, 'end')],
    ['half a JSON text', { headers: rows.headers ?? {}, body: '[{' }],
  ];

  test.each(once)('after %s', async (_, answer) => {
    await using archive = await startQuirkyOrigin(inTurn(answer, rows));
    await using origin = createTestOrigin(archive.url, { retries: 1 });
    expect((await search(origin, query)).dataSets).toHaveLength(1);
    expect(archive.requests).toHaveLength(2);
  });

  test('only as often as is configured, with its last failure told', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, { status: 503 }));
    await using origin = createTestOrigin(archive.url, { retries: 2 });
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'ORIGIN_ERROR', status: 503 });
    expect(archive.requests).toHaveLength(3);
  });

  test.each([400, 401, 404, 500, 501])('never after %i', async (status) => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, { status }));
    await using origin = createTestOrigin(archive.url, { retries: 3 });
    await rejectionOf(search(origin, query));
    expect(archive.requests).toHaveLength(1);
  });

  test('never after a timeout', async () => {
    await using archive = await startQuirkyOrigin(() => {});
    await using origin = createTestOrigin(archive.url, { retries: 3 });
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'ORIGIN_TIMEOUT' });
    expect(archive.requests).toHaveLength(1);
  });

  test('not when the origin asks to wait longer than is configured', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { status: 429, headers: { 'retry-after': '30' } }),
    );
    await using origin = createTestOrigin(archive.url, { retries: 3 });
    const error = await rejectionOf(search(origin, query));
    expect(error).toMatchObject({ code: 'ORIGIN_THROTTLED', facts: { retryAfterSeconds: 30 } });
    expect(archive.requests).toHaveLength(1);
  });

  test('not once its payload is being delivered', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      replyInPart(socket, { headers: { 'content-type': 'application/dicom' }, body: 'x', promised: long }, 'end'),
    );
    await using origin = createTestOrigin(archive.url, { retries: 3 });
    const { body } = await retrieveInstance(origin, ref, stored);
    expect(await rejectionOf(body.forEach(() => {}))).toMatchObject({ code: 'ORIGIN_RESPONSE' });
    expect(archive.requests).toHaveLength(1);
  });

  test('while its payload is so short that it is waited for whole', async () => {
    const headers = { 'content-type': 'application/dicom' };
    await using archive = await startQuirkyOrigin(
      inTurn((socket) => replyInPart(socket, { headers, body: 'x', promised: 9 }, 'end'), { headers, body: 'DICM' }),
    );
    await using origin = createTestOrigin(archive.url, { retries: 1 });
    const { body } = await retrieveInstance(origin, ref, stored);
    expect(await text(body)).toBe('DICM');
    expect(archive.requests).toHaveLength(2);
  });

  test('not after its deadline', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { status: 503, headers: { 'retry-after': '1' } }),
    );
    await using origin = createTestOrigin(archive.url, { retries: 3 });
    const error = await rejectionOf(search(origin, query, { deadlineMs: 100 }));
    expect(error).toMatchObject({ code: 'ORIGIN_TIMEOUT' });
    expect(archive.requests).toHaveLength(1);
  });
});

describe('the budget of an origin', () => {
  test('holds: no more requests at once than are configured, payloads that stream among them', async () => {
    let active = 0;
    let most = 0;
    await using archive = await startQuirkyOrigin(async (socket) => {
      most = Math.max(most, ++active);
      await sleep(10);
      active--;
      reply(socket, rows);
    });
    await using origin = createTestOrigin(archive.url, { maxConcurrentRequests: 3 });
    await Promise.all(Array.from({ length: 12 }, () => search(origin, query)));
    expect(most).toBe(3);
    expect(archive.requests).toHaveLength(12);
  });

  test('keeps a place for searches while payloads stall', async () => {
    const dicom = { 'content-type': 'application/dicom' };
    await using archive = await startQuirkyOrigin((socket, { target }) =>
      target.includes('instances')
        ? replyInPart(socket, { headers: dicom, body: 'x', promised: long }, 'stall')
        : reply(socket, rows),
    );
    await using origin = createTestOrigin(archive.url, { maxConcurrentRequests: 4, bodyIdleTimeoutMs: 10_000 });
    const payloads = Array.from({ length: 6 }, () => retrieveInstance(origin, ref, stored));
    await Promise.all(payloads.slice(0, 3));
    expect((await search(origin, query)).dataSets).toHaveLength(1);
    expect(archive.requests.filter(({ target }) => target.includes('instances'))).toHaveLength(3);
    for (const payload of payloads) {
      const { body } = await payload;
      body.destroy(); // its place goes to the next one that waits
    }
    expect(archive.requests).toHaveLength(7);
  });

  test('has a bound for those who wait', async () => {
    await using archive = await startQuirkyOrigin(() => {});
    await using origin = createTestOrigin(archive.url, { maxConcurrentRequests: 1, maxQueuedRequests: 1 });
    const [first, second] = [search(origin, query), search(origin, query)].map(rejectionOf);
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await origin.close();
    await Promise.all([first, second]);
  });

  test('is not spent on those who gave up waiting', async () => {
    await using archive = await startQuirkyOrigin(async (socket) => {
      await sleep(50);
      reply(socket, rows);
    });
    await using origin = createTestOrigin(archive.url, { maxConcurrentRequests: 1 });
    const first = search(origin, query);
    const giveUp = new AbortController();
    const second = rejectionOf(search(origin, query, { signal: giveUp.signal }));
    const third = search(origin, query);
    const reason = new Error('no longer wanted');
    giveUp.abort(reason);
    expect(await second).toBe(reason);
    await Promise.all([first, third]);
    expect(archive.requests).toHaveLength(2);
  });
});

describe('breaking off', () => {
  test('before an answer rejects with the reason of the signal, and closes the connection', async () => {
    await using archive = await startQuirkyOrigin(() => {});
    await using origin = createTestOrigin(archive.url);
    const reason = new Error('the client went away');
    const error = await rejectionOf(
      (async () => {
        const signal = AbortSignal.any([AbortSignal.timeout(5_000)]);
        const control = new AbortController();
        setTimeout(() => control.abort(reason), 30);
        return search(origin, query, { signal: AbortSignal.any([signal, control.signal]) });
      })(),
    );
    expect(error).toBe(reason);
    await sleep(20);
    expect(archive.openConnections()).toBe(0);
  });

  test('with a signal that is aborted already sends nothing', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, rows));
    await using origin = createTestOrigin(archive.url);
    expect(await rejectionOf(search(origin, query, { signal: AbortSignal.abort('gone') }))).toBe('gone');
    expect(archive.requests).toHaveLength(0);
  });

  test('within a payload destroys its body, and closes the connection', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      replyInPart(socket, { headers: { 'content-type': 'application/dicom' }, body: 'x', promised: long }, 'stall'),
    );
    await using origin = createTestOrigin(archive.url, { bodyIdleTimeoutMs: 10_000 });
    const control = new AbortController();
    const { body } = await retrieveInstance(origin, ref, { ...stored }, { signal: control.signal });
    const reason = new Error('the client went away');
    setTimeout(() => control.abort(reason), 10);
    expect(await rejectionOf(body.forEach(() => {}))).toBe(reason);
    await sleep(20);
    expect(archive.openConnections()).toBe(0);
  });

  test('a payload that nobody reads is given up, and its connection with it', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': 'application/dicom' }, body: Buffer.alloc(8_000_000) }),
    );
    await using origin = createTestOrigin(archive.url, { readerIdleTimeoutMs: 100 });
    const { body } = await retrieveInstance(origin, ref, stored);
    await sleep(250);
    expect(body.errored).toMatchObject({ code: 'UNAVAILABLE' });
    expect(archive.openConnections()).toBe(0);
  });

  test('closing the client ends what waits and what is under way', async () => {
    await using archive = await startQuirkyOrigin(() => {});
    const origin = createTestOrigin(archive.url, { maxConcurrentRequests: 1 });
    const pending = [search(origin, query), search(origin, query)].map(rejectionOf);
    await sleep(30);
    await origin.close();
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('many requests under one signal leave no listener behind', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, rows));
    await using origin = createTestOrigin(archive.url);
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = AbortSignal.prototype;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await Promise.all(Array.from({ length: 20 }, () => search(origin, query, { signal })));
    await sleep(5);
    expect(listeners).toBe(0);
  });
});

describe('connections', () => {
  test('are used again though the server promises one second only', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { ...rows, headers: { connection: 'keep-alive', 'keep-alive': 'timeout=1' } }),
    );
    await using origin = createTestOrigin(archive.url);
    for (let n = 0; n < 3; n++) {
      await search(origin, query);
      await sleep(20);
    }
    expect(archive.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  test('are used again after an error with a short body', async () => {
    await using archive = await startQuirkyOrigin(inTurn({ status: 500, body: '{"HttpError":"no"}' }, rows));
    await using origin = createTestOrigin(archive.url);
    await rejectionOf(search(origin, query));
    await sleep(20);
    await search(origin, query);
    expect(archive.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  test('go to no other place: a redirect is not followed', async () => {
    await using elsewhere = await startQuirkyOrigin((socket) => reply(socket, rows));
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { status: 307, headers: { location: `${elsewhere.url}/studies` } }),
    );
    await using origin = createTestOrigin(archive.url, { retries: 2 });
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'ORIGIN_ERROR', status: 307 });
    expect(elsewhere.requests).toHaveLength(0);
  });

  test.each(['ftp://archive/', 'archive', 'http://user:secret@archive/', 'http://archive/?x=1', 'http://archive/#x'])(
    '%s is not the URL of an origin, and the error does not repeat it',
    (url) => {
      const config = createTestOrigin('http://127.0.0.1/').config;
      expect(() => createOrigin({ ...config, url })).toThrow(TypeError);
      expect(() => createOrigin({ ...config, url })).not.toThrow(/archive|secret/);
    },
  );
});

describe('what goes with a request', () => {
  test.each([
    [{ kind: 'none' } as const, undefined],
    [{ kind: 'basic', user: 'facade', password: 'pä:ss' } as const, 'Basic ZmFjYWRlOnDDpDpzcw=='],
    [{ kind: 'bearer', token: 'abc' } as const, 'Bearer abc'],
    [{ kind: 'bearer', token: async () => 'fresh' } as const, 'Bearer fresh'],
  ])('credentials: %o', async (credentials, expected) => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, rows));
    await using origin = createTestOrigin(archive.url, { credentials });
    await search(origin, query);
    expect(archive.requests[0]?.headers.get('authorization')).toBe(expected);
  });

  test('metadata may come gzipped', async () => {
    const body = gzipSync(rows.body ?? '');
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { ...rows.headers, 'content-encoding': 'gzip' }, body }),
    );
    await using origin = createTestOrigin(archive.url);
    expect(await retrieveMetadata(origin, { study: ref.study })).toHaveLength(1);
    expect(archive.requests[0]?.headers.get('accept-encoding')).toBe('gzip');
    expect(archive.requests[0]?.headers.get('accept')).toBe('application/dicom+json');
    expect(archive.requests[0]?.target).toBe('/dicom-web/studies/1.2/metadata');
  });
});

describe('what is told of requests', () => {
  test('each try is reported to both observers before the answer, with names of parameters and no values', async () => {
    const [all, own]: RequestReport[][] = [[], []];
    await using archive = await startQuirkyOrigin(inTurn({ status: 503, body: 'busy' }, rows));
    await using origin = createTestOrigin(
      archive.url,
      { retries: 1 },
      { onRequest: (report) => void all?.push(report) },
    );
    await search(origin, { ...query, limit: 5 }, { observer: (report) => void own?.push(report) });
    expect(own).toEqual(all);
    expect(own).toMatchObject([
      { attempt: 1, status: 503, bytes: 4, error: null },
      { attempt: 2, status: 200, bytes: String(rows.body).length, error: null },
    ]);
    expect(own?.[1]).toMatchObject({
      origin: 'test',
      transaction: 'search studies',
      method: 'GET',
      path: '/dicom-web/studies',
      queryKeys: ['PatientName', 'limit'],
    });
    expect(JSON.stringify(own)).not.toContain('Doe');
  });

  test('a failure is reported with its code', async () => {
    const reports: RequestReport[] = [];
    await using archive = await startQuirkyOrigin(() => {});
    await using origin = createTestOrigin(archive.url, {}, { onRequest: (report) => void reports.push(report) });
    await rejectionOf(search(origin, query));
    expect(reports).toMatchObject([{ status: null, error: 'ORIGIN_TIMEOUT' }]);
  });

  test('health follows what came last', async () => {
    const answers: (Reply | QuirkyAnswer)[] = [rows, { status: 500 }, { status: 404 }, { status: 401 }, rows];
    await using archive = await startQuirkyOrigin(inTurn(...answers, (socket) => void socket.destroy()));
    await using origin = createTestOrigin(archive.url);
    const health = [origin.healthy];
    for (let n = 0; n <= answers.length; n++) {
      await search(origin, query).catch(() => {});
      await sleep(5);
      health.push(origin.healthy);
    }
    expect(health).toEqual([null, true, true, true, false, true, false]);
  });

  test('three 5xx in a row make an origin unhealthy', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, { status: 500 }));
    await using origin = createTestOrigin(archive.url);
    for (let n = 0; n < 3; n++) await rejectionOf(search(origin, query));
    await sleep(5);
    expect(origin.healthy).toBe(false);
  });
});
