import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseCoding, createEncoder } from '../../../src/gateway/bytes/content-coding.ts';
import { rawRequest } from '../../support/gateway.ts';
import { bodyOf, delivered, serveDelivery } from './serve.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['*', 'br'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0.8;, gzip', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['*;q=0, gzip;q=0.1', 'gzip'],
  ['gzip;q=0.001', 'gzip'],
  ['identity;q=0.5, gzip;q=0.4', null],
  ['identity;q=0.4, gzip;q=0.5', 'gzip'],
  ['identity, gzip', 'gzip'],
  ['identity', null],
  ['identity;q=0', null],
  ['identity;q=0, *;q=0', null],
  ['gzip;q=0', null],
  ['gzip;q=0.000', null],
  ['br;q=0, gzip;q=0', null],
  ['deflate', null],
  ['gzip;q=2', null],
  ['gzip;q=nonsense', null],
  ['', null],
  [undefined, null],
])('Accept-Encoding %j gives %j', (header, coding) => {
  expect(chooseCoding(header)).toBe(coding);
});

const json = `[${Array.from({ length: 200 }, (_, index) => `{"00080018":{"vr":"UI","Value":["1.2.${index}"]}}`)}]`;
const text = { contentType: 'application/dicom+json', isText: true };

async function* brokenAfter(start: string): AsyncGenerator<Buffer> {
  yield Buffer.from(start);
  throw new Error('broken');
}

describe('metadata', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('is compressed as %s without a length, whether it was known or not', async (coding, decode) => {
    for (const contentLength of [json.length, null]) {
      await using served = await serveDelivery(() => delivered(json, { ...text, contentLength }));
      const answer = await rawRequest(served.port, '/', 'GET', { 'accept-encoding': coding });
      expect(answer.headers).toMatchObject({ 'content-encoding': coding, vary: 'Accept-Encoding' });
      expect(answer.headers).not.toHaveProperty('content-length');
      expect(answer.headers).not.toHaveProperty('accept-ranges');
      expect(decode(Buffer.from(answer.body, 'latin1')).toString()).toBe(json);
      expect(answer.body.length).toBeLessThan(json.length / 4);
    }
  });

  test('has the same headers for HEAD', async () => {
    await using served = await serveDelivery(() => delivered(json, text));
    const headers = { 'accept-encoding': 'br' };
    const get = await rawRequest(served.port, '/', 'GET', headers);
    const head = await rawRequest(served.port, '/', 'HEAD', headers);
    const { 'transfer-encoding': _, ...same } = get.headers;
    expect(head.headers).toEqual({ ...same, date: expect.any(String) });
    expect(head.body).toBe('');
  });

  test('of a few bytes is sent as it is, with its length', async () => {
    await using served = await serveDelivery(() => delivered('[]', text));
    const { headers } = await rawRequest(served.port, '/', 'GET', { 'accept-encoding': 'br' });
    expect(headers).toMatchObject({ 'content-length': '2', vary: 'Accept-Encoding' });
    expect(headers).not.toHaveProperty('content-encoding');
  });

  test('that breaks off breaks the connection off, compressed or not', async () => {
    for (const coding of ['br', 'identity']) {
      const body = Readable.from(brokenAfter(json), { objectMode: false });
      await using served = await serveDelivery(() => delivered(json, { ...text, contentLength: null, body }));
      await expect(rawRequest(served.port, '/', 'GET', { 'accept-encoding': coding })).rejects.toThrow();
    }
  });
});

test.each(['application/dicom', 'image/jpeg', 'image/jls', 'application/octet-stream', 'video/mp4', 'application/pdf'])(
  '%s is never compressed',
  async (contentType) => {
    await using served = await serveDelivery(() => delivered(json, { contentType }));
    const { headers, body } = await rawRequest(served.port, '/', 'GET', { 'accept-encoding': 'br, gzip' });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('vary');
    expect(body).toBe(json);
  },
);

test('what is compressed is whole in both codings, also in many chunks', async () => {
  for (const [coding, decode] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const encoder = createEncoder(coding);
    const chunks: Buffer[] = [];
    for await (const chunk of bodyOf(...Array.from({ length: 50 }, () => json)).pipe(encoder)) chunks.push(chunk);
    expect(decode(Buffer.concat(chunks)).toString()).toBe(json.repeat(50));
  }
});
