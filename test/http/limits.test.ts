import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Handler } from '../../src/http/handler.ts';
import { sendRaw, startServer } from './server.ts';

/** Answers how many bytes it was given: in the request, or read already. */
const countBytes: Handler = async (request, response) => {
  if ('body' in request && request.body instanceof Uint8Array) return response.end(`${request.body.length}`);
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  return response.end(`${bytes}`);
};

describe('a body at /graphql', () => {
  const post = async (url: string, body: string | ReadableStream) =>
    await fetch(`${url}/graphql`, {
      method: 'POST',
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    });
  const chunks = (count: number) =>
    Readable.toWeb(Readable.from(Array.from({ length: count }, () => Buffer.alloc(1000)))) as ReadableStream;

  test('is taken up to the limit, with a length or in chunks', async () => {
    const { url } = await startServer({ graphql: countBytes }, { maxBodyBytes: 5_000 });
    expect(await (await post(url, 'x'.repeat(5_000))).text()).toBe('5000');
    expect(await (await post(url, chunks(5))).text()).toBe('5000');
  });

  test('is refused beyond it, with a length or in chunks, and the client hears so', async () => {
    const { url } = await startServer({ graphql: countBytes }, { maxBodyBytes: 5_000 });
    const announced = await post(url, 'x'.repeat(5_000_000));
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect((await post(url, chunks(6))).status).toBe(413);
  });

  test('of both a length and chunks never reaches a part', async () => {
    const { url } = await startServer({ graphql: countBytes });
    const answer = await sendRaw(
      url,
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

test('a head beyond the limit is 431', async () => {
  const { url } = await startServer({}, { maxHeaderBytes: 4_096 });
  const ask = (length: number) =>
    sendRaw(url, `GET /links/${'a'.repeat(length)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect(await ask(3_000)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(5_000)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a client that does not finish its head is cut off', async () => {
  const { url } = await startServer({}, { headersMs: 300, requestMs: 300 });
  const begun = performance.now();
  expect(await sendRaw(url, 'GET /health HTTP/1.1\r\nHost: ')).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test('connections beyond the limit are closed at once', async () => {
  const { url } = await startServer({}, { maxConnections: 1 });
  const first = connect(Number(new URL(url).port), '127.0.0.1');
  await once(first, 'connect');
  await expect(sendRaw(url, 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n').catch(() => '')).resolves.toBe('');
  first.destroy();
});

test('a client that takes nothing of its answer is cut off', async () => {
  const ended = Promise.withResolvers<boolean>();
  const graphql: Handler = (_request, response) => {
    response.once('close', () => ended.resolve(response.writableFinished));
    response.end(Buffer.alloc(50_000_000));
  };
  const { url } = await startServer({ graphql }, { idleMs: 300 });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause().write('GET /graphql HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await ended.promise).toBe(false);
  socket.destroy();
});

describe('a client that does not finish a body', () => {
  const begin = (path: string) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf`;

  test('is cut off, as it would be that does not finish its head', async () => {
    const { url } = await startServer({ graphql: countBytes }, { headersMs: 300, requestMs: 300, uploadMs: 60_000 });
    expect(await sendRaw(url, begin('/graphql'))).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('has longer where it is an upload', async () => {
    const { url } = await startServer({ links: countBytes }, { headersMs: 300, requestMs: 300, uploadMs: 1_500 });
    const begun = performance.now();
    expect(await sendRaw(url, begin('/links/abc'))).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - begun).toBeGreaterThan(1_400);
  });
});
