import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { startServer } from './server.ts';

/** A part whose answers end when the test says so. */
function heldAnswers() {
  const waiting: ServerResponse[] = [];
  const arrived = Promise.withResolvers<void>();
  const links = (_request: unknown, response: ServerResponse) => {
    response.write('begun ');
    waiting.push(response);
    arrived.resolve();
  };
  return { links, arrived: arrived.promise, release: () => waiting.forEach((response) => void response.end('done')) };
}

test('what is under way ends before the server is closed, and nothing new begins', async () => {
  const { links, arrived, release } = heldAnswers();
  const server = await startServer({ links }, { keepAliveMs: 60_000 });
  const answer = fetch(`${server.url}/links/a`).then((response) => response.text());
  await arrived;
  let isClosed = false;
  const closing = server.close().then(() => {
    isClosed = true;
  });
  await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  expect(isClosed).toBe(false);
  release();
  expect(await answer).toBe('begun done');
  await closing; // long before keepAliveMs
});

test('an answer that does not end within the bound is broken off', async () => {
  const { links, arrived } = heldAnswers();
  const server = await startServer({ links }, { drainMs: 100 });
  const answer = fetch(`${server.url}/links/a`).then((response) => response.text());
  answer.catch(() => undefined);
  await arrived;
  await server.close();
  await expect(answer).rejects.toThrow();
});

test('closing twice is closing once, and connections without a request do not hold it up', async () => {
  const server = await startServer({}, { keepAliveMs: 60_000, drainMs: 60_000 });
  await (await fetch(`${server.url}/health`)).text();
  const unused = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(unused, 'connect');
  await Promise.all([server.close(), server.close()]);
});

test('a port that is taken is the error of the system', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(startServer({}, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
});
