import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../src/gateway/delivery.ts';
import { rawRequest } from '../../support/gateway.ts';
import { bodyOf, delivered, serveDelivery } from './serve.ts';

const digits = '0123456789';
const etag = `"${createHash('sha256').update(digits).digest('base64url')}"`;
const lastModified = Date.UTC(2026, 10, 5, 12, 30, 7, 250);
const modified = 'Thu, 05 Nov 2026 12:30:07 GMT';
const [before, after] = ['Thu, 05 Nov 2026 12:30:06 GMT', 'Thu, 05 Nov 2026 12:30:08 GMT'];

async function ask(headers: Record<string, string>, more: Partial<Delivery> = {}, method = 'GET') {
  const body = bodyOf(digits);
  await using served = await serveDelivery(() => delivered(digits, { etag, lastModified, body, ...more }));
  const answer = await rawRequest(served.port, '/', method, headers);
  expect(served.faults).toEqual([]);
  expect((more.body ?? body).destroyed).toBe(true);
  return answer;
}

describe('what the client has already', () => {
  test.each([
    [{ 'if-none-match': etag }],
    [{ 'if-none-match': `W/${etag}` }],
    [{ 'if-none-match': `"a,b", ${etag}` }],
    [{ 'if-none-match': '*' }],
    [{ 'if-modified-since': modified }],
    [{ 'if-modified-since': after }],
    [{ 'if-none-match': etag, range: 'bytes=0-1' }],
    [{ 'if-none-match': etag, 'if-modified-since': before }],
  ])('is not sent again: %j', async (headers) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask(headers, {}, method);
      expect([answer.status, answer.body]).toEqual([304, '']);
      expect(answer.headers).toMatchObject({
        etag,
        'last-modified': modified,
        'cache-control': 'private, max-age=600',
      });
      expect(answer.headers).not.toHaveProperty('content-length');
      expect(answer.headers).not.toHaveProperty('content-type');
    }
  });

  test.each([
    [{ 'if-none-match': '"other"' }],
    [{ 'if-none-match': 'nonsense' }],
    [{ 'if-none-match': '"other"', 'if-modified-since': after }],
    [{ 'if-modified-since': before }],
    [{ 'if-modified-since': 'yesterday, or so' }],
  ])('is something else: %j', async (headers) => {
    expect(await ask(headers)).toMatchObject({ status: 200, body: digits, headers: { etag } });
  });

  test('is not known by a tag where there is none', async () => {
    await using served = await serveDelivery(() => delivered(digits));
    const answer = await rawRequest(served.port, '/', 'GET', { 'if-none-match': etag, 'if-modified-since': after });
    expect([answer.status, answer.body]).toEqual([200, digits]);
    expect(answer.headers).not.toHaveProperty('etag');
    expect(answer.headers).not.toHaveProperty('last-modified');
  });
});

describe('a version that the client insists on', () => {
  test.each([
    [{ 'if-match': etag }],
    [{ 'if-match': '*' }],
    [{ 'if-unmodified-since': modified }],
    [{ 'if-match': etag, 'if-unmodified-since': before }],
  ])('is there: %j', async (headers) => {
    expect((await ask(headers)).status).toBe(200);
  });

  test.each([[{ 'if-match': '"other"' }], [{ 'if-match': `W/${etag}` }], [{ 'if-unmodified-since': before }]])(
    'is not: %j',
    async (headers) => {
      const { status, body } = await ask(headers);
      expect([status, JSON.parse(body)]).toEqual([
        412,
        expect.objectContaining({ status: 412, code: 'BAD_USER_INPUT' }),
      ]);
    },
  );
});

describe('a range of what the client has begun to read', () => {
  const range = 'bytes=4-6';

  test.each([[{}], [{ 'if-range': etag }], [{ 'if-range': modified }], [{ 'if-none-match': '"other"' }]])(
    'goes on: %j',
    async (headers) => {
      const answer = await ask({ range, ...headers });
      expect([answer.status, answer.body]).toEqual([206, '456']);
      expect(answer.headers).toMatchObject({
        'content-range': 'bytes 4-6/10',
        'content-length': '3',
        'content-type': 'application/dicom',
        'accept-ranges': 'bytes',
        etag,
      });
    },
  );

  test.each([
    [{ 'if-range': '"other"' }],
    [{ 'if-range': `W/${etag}` }],
    [{ 'if-range': before }],
    [{ 'if-range': after }],
    [{ 'if-range': 'nonsense' }],
  ])('begins again where it is another version: %j', async (headers) => {
    expect(await ask({ range, ...headers })).toMatchObject({ status: 200, body: digits });
  });

  test('begins again where nothing tells the version, or its second is not over', async () => {
    await using served = await serveDelivery(() => delivered(digits));
    expect((await rawRequest(served.port, '/', 'GET', { range, 'if-range': etag })).status).toBe(200);
    const justNow = Date.now() + 60_000;
    const answer = await ask({ range, 'if-range': new Date(justNow).toUTCString() }, { lastModified: justNow });
    expect(answer.status).toBe(200);
  });

  test('is read from its middle where the body can be opened there, and the whole is let go of', async () => {
    const opened: [number, number][] = [];
    const openRange = async (start: number, end: number) => {
      opened.push([start, end]);
      return bodyOf(digits.slice(start, end + 1));
    };
    expect(await ask({ range }, { openRange })).toMatchObject({ status: 206, body: '456' });
    expect(await ask({ range: 'bytes=10-' }, { openRange })).toMatchObject({ status: 416 });
    expect(await ask({ range }, { openRange }, 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect(opened).toEqual([[4, 6]]);
  });

  test('that cannot be opened is a problem, and the whole is let go of', async () => {
    const body = bodyOf(digits);
    const openRange = () => Promise.reject(new Error('gone'));
    await using served = await serveDelivery(() => delivered(digits, { body, openRange }));
    expect((await rawRequest(served.port, '/', 'GET', { range })).status).toBe(500);
    expect(body.destroyed).toBe(true);
    expect(served.faults).toHaveLength(1);
  });

  test('is not had of half an answer, of text, or of what has no known length', async () => {
    for (const more of [{ status: 206 }, { isText: true }, { contentLength: null }] as const) {
      const answer = await ask({ range }, more);
      expect([answer.status, answer.body]).toEqual([more.status ?? 200, digits]);
      expect(answer.headers).not.toHaveProperty('accept-ranges');
      expect(answer.headers).not.toHaveProperty('content-range');
    }
  });
});

test('compressed text has a tag that says no more than that it is the same text', async () => {
  const json = `["${'x'.repeat(2_000)}"]`;
  const tagged = { etag, isText: true, contentType: 'application/dicom+json' };
  await using served = await serveDelivery(() => delivered(json, tagged));
  const tagOf = async (coding: string) =>
    (await rawRequest(served.port, '/', 'GET', { 'accept-encoding': coding })).headers.etag;
  expect([await tagOf('br'), await tagOf('gzip'), await tagOf('identity')]).toEqual([`W/${etag}`, `W/${etag}`, etag]);
  for (const tag of [etag, `W/${etag}`]) {
    const answer = await rawRequest(served.port, '/', 'GET', { 'accept-encoding': 'br', 'if-none-match': tag });
    expect(answer).toMatchObject({ status: 304, headers: { etag: `W/${etag}`, vary: 'Accept-Encoding' } });
  }
});

test('a range ends with its last byte: what comes after it is not read', async () => {
  let asked = 0;
  const endless = Readable.from(
    (async function* () {
      for (;;) {
        asked++;
        yield Buffer.from(digits);
      }
    })(),
    { objectMode: false, highWaterMark: 1 },
  );
  const answer = await ask({ range: 'bytes=25-34' }, { body: endless, contentLength: 1e9 });
  expect([answer.status, answer.body]).toEqual([206, '5678901234']);
  expect(asked).toBeLessThan(8);
});
