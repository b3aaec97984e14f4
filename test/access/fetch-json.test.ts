import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { fetchJson } from '../../src/access/oidc/fetch-json.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
}

const bounds = { timeoutMs: 200, maxBytes: 1_000 };

test('a document is what the provider says', async () => {
  const url = await serve((_request, response) => response.end('{"a":[1]}'));
  expect(await fetchJson(url, bounds)).toEqual({ a: [1] });
});

test.each<[string, RequestListener, RegExp]>([
  ['that says nothing', () => {}, /^Not reached \(timeout\)$|ABORT/],
  ['that begins and says no more', (_request, response) => void response.write('{'), /^Not reached|^Broken off/],
  [
    'that breaks off',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('{}');
      setImmediate(() => response.destroy());
    },
    /^Not reached \(ECONNRESET\)$|^Broken off$/,
  ],
  ['that says too much', (_request, response) => response.end(`"${'x'.repeat(1_001)}"`), /^Larger than 1000 bytes$/],
  ['that says no', (_request, response) => response.writeHead(404).end('{}'), /^Answered 404$/],
  ['that sends elsewhere', (_request, response) => response.writeHead(302, { location: '/x' }).end(), /^Answered 302$/],
  ['that says something else', (_request, response) => response.end('<html>'), /^No JSON$/],
  ['that says null', (_request, response) => response.end('null'), /^No JSON object$/],
])('a provider %s is an error', async (_what, listener, message) => {
  await expect(fetchJson(await serve(listener), bounds)).rejects.toThrow(message);
});

test('a provider that is not there is an error that does not name it', async () => {
  const url = await serve(() => {});
  await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
  const error: unknown = await fetchJson(url, bounds).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'FetchError', message: 'Not reached (ECONNREFUSED)' });
});
