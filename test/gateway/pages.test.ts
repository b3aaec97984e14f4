import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createRenderer } from '../../src/gateway/rendering/renderer.ts';
import { createHandler, type Handler } from '../../src/http/handler.ts';
import { createRevocationsInMemory } from '../../src/links/revocation.ts';
import { pathOf, rawRequest } from '../support/gateway.ts';
import { image, linkKeys, minterAt, noon } from '../support/links.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { json, type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { watchedLog } from '../support/watched-log.ts';

const page = 'http://localhost:3000';
const links = minterAt(noon).linksFor({ id: 'anonymous' });
const frame = pathOf(links.frameTemplate('test', image, 2).template);

let origin: QuirkyOrigin;
let port: number;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  origin = await startQuirkyOrigin((socket, { target }) =>
    reply(socket, target.endsWith('/metadata') ? json([{}]) : { body: 'pixels' }),
  );
  const client = createTestOrigin(origin.url);
  const renderer = createRenderer();
  const gateway = createGateway({
    renderer,
    origins: new Map([['test', client]]),
    keys: linkKeys,
    revocations: createRevocationsInMemory(),
    minter: minterAt(noon),
    clock: () => noon * 1000,
  });
  const nothing: Handler = () => {};
  const parts = {
    graphql: nothing,
    links: gateway,
    dicomweb: gateway,
    graphiql: null,
    metrics: null,
    isReady: () => true,
  };
  const handler = createHandler(() => parts, {
    host: '127.0.0.1',
    publicUrl: 'https://pacs.example',
    corsOrigins: ['localhost', 'https://viewer.example'],
    maxBodyBytes: 1000,
    log: watchedLog(),
  });
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  closers.push(
    async () => server.close(),
    () => client.close(),
    () => origin.close(),
    () => renderer.close(),
  );
});
afterAll(async () => {
  for (const close of closers) await close();
});

const ask = (path: string, method: string, headers: Record<string, string>) =>
  rawRequest(port, path, method, { host: 'pacs.example', ...headers });

describe('a page of another origin', () => {
  test.each([page, 'http://127.0.0.1:8080', 'https://viewer.example'])('may use links from %s', async (from) => {
    const { status, headers, body } = await ask(frame.replace('{frame}', '2'), 'GET', { origin: from });
    expect([status, body]).toEqual([200, 'pixels']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': from,
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test.each(['https://evil.example', 'http://localhost.evil.example', 'https://viewer.example.evil', 'null'])(
    'may not read them from %s',
    async (from) => {
      const { headers } = await ask(frame.replace('{frame}', '1'), 'GET', { origin: from });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers.vary).toBe('Origin');
    },
  );

  test('reads why a link is refused', async () => {
    const { status, headers, body } = await ask(frame.replace('{frame}', '3'), 'GET', { origin: page });
    expect(status).toBe(400);
    expect(headers['access-control-allow-origin']).toBe(page);
    expect(JSON.parse(body).code).toBe('BAD_USER_INPUT');
  });

  test('has its preflight answered for an hour and more, without a word to the archive', async () => {
    const before = origin.requests.length;
    const { status, headers } = await ask(frame.replace('{frame}', '1'), 'OPTIONS', {
      origin: page,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'accept',
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-methods']).toBe('GET, HEAD, POST');
    expect(headers['access-control-allow-headers']).toMatch(/\bAccept\b/);
    expect(Number(headers['access-control-max-age'])).toBeGreaterThanOrEqual(3600);
    expect(origin.requests).toHaveLength(before);
  });

  test('gets metadata that no cache takes for that of another page', async () => {
    const { headers } = await ask(pathOf(links.metadata('test', image).url), 'GET', { origin: page });
    expect(headers.vary).toBe('Origin, Accept-Encoding');
  });
});
