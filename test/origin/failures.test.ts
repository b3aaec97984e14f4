import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveMetadata } from '../../src/origin/metadata.ts';
import { OriginError } from '../../src/origin/origin-errors.ts';
import { search } from '../../src/origin/search.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, type QuirkyAnswer, reply, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';

const rows = [{ '0020000D': { vr: 'UI', Value: ['1.2.3'] } }];
const patient = 'Doe^Jane';
const query = { level: 'study', matches: new Map([['PatientName', patient]]), includeFields: [] } as const;
const text = JSON.stringify(rows);
const dicomJson = { 'content-type': 'application/dicom+json' };

const failures: [what: string, answer: QuirkyAnswer, code: string, status: number | undefined][] = [
  ['401', (s) => reply(s, { status: 401 }), 'ORIGIN_AUTH', 401],
  ['403', (s) => reply(s, { status: 403 }), 'ORIGIN_AUTH', 403],
  ['404 to a search', (s) => reply(s, { status: 404 }), 'ORIGIN_ERROR', 404],
  ['400', (s) => reply(s, { status: 400, body: patient }), 'ORIGIN_ERROR', 400],
  ['429', (s) => reply(s, { status: 429, headers: { 'retry-after': '7' } }), 'ORIGIN_THROTTLED', 429],
  ['500', (s) => reply(s, { status: 500, body: '{"HttpError":"Internal"}' }), 'ORIGIN_ERROR', 500],
  ['500 with an endless body', (s) => endless(s), 'ORIGIN_ERROR', 500],
  ['503', (s) => reply(s, { status: 503 }), 'ORIGIN_ERROR', 503],
  ['a redirect', (s) => reply(s, { status: 302, headers: { location: '/elsewhere' } }), 'ORIGIN_ERROR', 302],
  [
    'a page of HTML',
    (s) => reply(s, { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<h1>Log in</h1>' }),
    'ORIGIN_RESPONSE',
    200,
  ],
  ['text that is not JSON', (s) => reply(s, { headers: dicomJson, body: 'OK' }), 'ORIGIN_RESPONSE', 200],
  ['JSON that is not DICOM', (s) => reply(s, { headers: dicomJson, body: '[{"error":"no"}]' }), 'ORIGIN_RESPONSE', 200],
  ['rows that are no objects', (s) => reply(s, { headers: dicomJson, body: '[1]' }), 'ORIGIN_RESPONSE', 200],
  ['half a JSON body', (s) => reply(s, { headers: dicomJson, body: text.slice(0, 20) }), 'ORIGIN_RESPONSE', 200],
  ['an empty 200', (s) => reply(s, { headers: dicomJson, body: '' }), 'ORIGIN_RESPONSE', 200],
  [
    'a body shorter than its length',
    (s) => replyInPart(s, { headers: dicomJson, body: text, promised: text.length + 10 }, 'end'),
    'ORIGIN_RESPONSE',
    200,
  ],
  [
    'a body cut by the end of the connection',
    (s) => replyInPart(s, { headers: dicomJson, body: text.slice(0, -1) }, 'end'),
    'ORIGIN_RESPONSE',
    200,
  ],
  [
    'a reset within the body',
    (s) => replyInPart(s, { headers: dicomJson, body: text.slice(0, -1), promised: 1_000 }, 'reset'),
    'ORIGIN_RESPONSE',
    200,
  ],
  [
    'a reset within a body without a length',
    (s) => replyInPart(s, { headers: dicomJson, body: text }, 'reset'),
    'ORIGIN_RESPONSE',
    200,
  ],
  ['a broken gzip body', (s) => gzipped(s, gzipSync(text).subarray(0, -6)), 'ORIGIN_RESPONSE', 200],
  ['gzip that is none', (s) => gzipped(s, Buffer.from(text)), 'ORIGIN_RESPONSE', 200],
  ['gzip that grows beyond the bound', (s) => gzipped(s, gzipSync(Buffer.alloc(2_000_000))), 'ORIGIN_RESPONSE', 200],
  [
    'an encoding that was not asked for',
    (s) => reply(s, { headers: { ...dicomJson, 'content-encoding': 'zstd' }, body: text }),
    'ORIGIN_RESPONSE',
    200,
  ],
  [
    'a length beyond the bound',
    (s) => replyInPart(s, { headers: dicomJson, body: '[', promised: 2_000_000 }, 'stall'),
    'ORIGIN_RESPONSE',
    200,
  ],
  ['a body beyond the bound', (s) => endless(s, 200), 'ORIGIN_RESPONSE', 200],
  ['no headers in time', () => {}, 'ORIGIN_TIMEOUT', undefined],
  ['half the headers', (s) => void s.write('HTTP/1.1 200 OK\r\ncontent-'), 'ORIGIN_TIMEOUT', undefined],
  [
    'a body that stalls',
    (s) => replyInPart(s, { headers: dicomJson, body: text, promised: 1_000 }, 'stall'),
    'ORIGIN_TIMEOUT',
    200,
  ],
  ['a connection closed before an answer', (s) => void s.end(), 'ORIGIN_UNREACHABLE', undefined],
  ['a connection reset before an answer', (s) => void s.resetAndDestroy(), 'ORIGIN_UNREACHABLE', undefined],
  ['what is not HTTP', (s) => void s.end('SSH-2.0-OpenSSH_9.2\r\n'), 'ORIGIN_RESPONSE', undefined],
];

describe('a search that fails', () => {
  test.each(failures)('%s', async (_, answer, code, status) => {
    await using archive = await startQuirkyOrigin(answer);
    await using origin = createTestOrigin(archive.url);
    const error = await rejectionOf(search(origin, query));
    expect(error).toBeInstanceOf(OriginError);
    expect(error).toMatchObject({ code, origin: 'test', transaction: 'search studies', facts: { origin: 'test' } });
    expect((error as OriginError).status).toBe(status);
    expect(archive.requests).toHaveLength(1);
  });

  test('nothing an error tells holds the URL or a value of the query', async () => {
    for (const [, answer] of failures.slice(0, 8)) {
      await using archive = await startQuirkyOrigin(answer);
      await using origin = createTestOrigin(archive.url);
      const error = (await rejectionOf(search(origin, query))) as OriginError;
      const told = JSON.stringify([error.message, error.facts]);
      expect(told).not.toContain('Doe');
      expect(told).not.toContain('127.0.0.1');
    }
  });

  test('a host where nobody listens is unreachable', async () => {
    const { url, close } = await startQuirkyOrigin(() => {});
    await close();
    await using origin = createTestOrigin(url);
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'ORIGIN_UNREACHABLE', retryable: true });
  });

  test('a name that does not resolve is unreachable', async () => {
    await using origin = createTestOrigin('http://archive.invalid/dicom-web');
    expect(await rejectionOf(search(origin, query))).toMatchObject({ code: 'ORIGIN_UNREACHABLE' });
  });

  test('the deadline of a call holds though each of its waits is short', async () => {
    await using archive = await startQuirkyOrigin(drip);
    await using origin = createTestOrigin(archive.url);
    const error = await rejectionOf(search(origin, query, { deadlineMs: 250 }));
    expect(error).toMatchObject({ code: 'ORIGIN_TIMEOUT', retryable: true });
  });

  test.each([
    [404, 'NOT_FOUND'],
    [410, 'NOT_FOUND'],
    [204, 'NOT_FOUND'],
    [206, 'ORIGIN_ERROR'],
    [406, 'REPRESENTATION_UNAVAILABLE'],
  ])('metadata answered with %i is %s', async (status, code) => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, { status }));
    await using origin = createTestOrigin(archive.url);
    expect(await rejectionOf(retrieveMetadata(origin, { study: parseUid('1.2.3') }))).toMatchObject({ code });
  });

  test('metadata without a single instance is not found', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, json([])));
    await using origin = createTestOrigin(archive.url);
    expect(await rejectionOf(retrieveMetadata(origin, { study: parseUid('1.2.3') }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

function gzipped(socket: Parameters<QuirkyAnswer>[0], body: Buffer): void {
  reply(socket, { headers: { ...dicomJson, 'content-encoding': 'gzip' }, body });
}

function endless(socket: Parameters<QuirkyAnswer>[0], status = 500): void {
  socket.write(`HTTP/1.1 ${status} Whatever\r\nconnection: close\r\n\r\n`);
  const more = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, ' ')));
  };
  socket.on('drain', more);
  more();
}

function drip(socket: Parameters<QuirkyAnswer>[0]): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/dicom+json\r\nconnection: close\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 50);
  socket.on('close', () => clearInterval(timer));
}
