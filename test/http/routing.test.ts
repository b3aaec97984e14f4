import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/http/log.ts';
import { lookThrough } from '../support/written.ts';
import { sendTarget, startServer } from './server.ts';

test('each door leads to its part, and what has none is a problem document', async () => {
  const { url } = await startServer();
  expect(await (await fetch(`${url}/graphql?query=x`)).text()).toBe('graphql');
  expect(await (await fetch(`${url}/links/abc`)).text()).toBe('links');
  expect(await (await fetch(`${url}/`)).json()).toEqual({ name: 'dicomweb-graphql', graphql: `${url}/graphql` });
  const missing = await fetch(`${url}/nothing/health`);
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  expect(await missing.json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test('health is 200 while up, ready is 503 until requests can be answered', async () => {
  let isReady = false;
  const { url } = await startServer({ isReady: () => isReady });
  const statuses = async () => [(await fetch(`${url}/health`)).status, (await fetch(`${url}/ready`)).status];
  expect(await statuses()).toEqual([200, 503]);
  isReady = true;
  expect(await statuses()).toEqual([200, 200]);
});

test('a method that a resource has not is 405 and says which it has', async () => {
  const { url } = await startServer();
  const response = await fetch(`${url}/graphql`, { method: 'DELETE' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

describe('another spelling of a path reaches no part', () => {
  test.each([
    '/graphql/',
    '/graphql/../graphql',
    '/./graphql',
    '//graphql',
    '//evil.example/graphql',
    '/%67raphql',
    '/GraphQL',
    '/links',
    '/health/../links/abc',
    '/links%2Fabc',
    '/graphql%3Fquery',
    '/graphql#',
    'http://127.0.0.1/graphql',
    '*',
  ])('%s', async (target) => {
    const { url } = await startServer();
    expect(await sendTarget(url, target)).toMatch(/^HTTP\/1\.1 404 .*"code":"NOT_FOUND"/s);
  });
});

test('whatever is below /links/ reaches its part as it was sent', async () => {
  const { url } = await startServer({ links: (request, response) => response.end(request.url) });
  for (const target of ['/links/a?b', '/links/../graphql', '/links//a', '/links/%2e%2e/graphql']) {
    expect(await sendTarget(url, target)).toContain(`\r\n\r\n${target}`);
  }
});

test('a fault of ours is 500 without a word of it, and the log has its place but not its message', async () => {
  const logged: string[] = [];
  const write = (line: string): void => {
    lookThrough(line);
    logged.push(line);
  };
  const fault = (): unknown => JSON.parse('Doe^John');
  const { url } = await startServer({ graphql: fault }, { log: createLog('trace', { write }) });
  const response = await fetch(`${url}/graphql`);
  const body = await response.text();
  const requestId = response.headers.get('x-request-id');
  expect(JSON.parse(body)).toMatchObject({ status: 500, code: 'INTERNAL', detail: `Request ${requestId}` });
  expect(body).not.toContain('Doe');
  const faults = logged.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
  expect(faults).toMatchObject([{ requestId, err: { type: 'SyntaxError' } }]);
  expect(JSON.stringify(faults)).toContain('routing.test.ts');
  expect(logged.join('')).not.toContain('Doe');
});

test('browsers are led to GraphiQL, which is compressed and sent once', async () => {
  const { gzipSync } = await import('node:zlib');
  const page = { gzip: gzipSync('<html></html>'), etag: '"abc"' };
  const { url } = await startServer({ graphiql: async () => page });
  const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const first = await fetch(`${url}/`, { headers });
  expect([first.url, first.status, first.headers.get('content-encoding')]).toEqual([`${url}/graphql`, 200, 'gzip']);
  expect(await first.text()).toBe('<html></html>');
  const again = await fetch(`${url}/graphql`, { headers: { ...headers, 'if-none-match': '"abc"' } });
  expect(again.status).toBe(304);
  const plain = await fetch(`${url}/graphql`, { headers: { ...headers, 'accept-encoding': 'identity' } });
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, '<html></html>']);
  expect(await (await fetch(`${url}/graphql`, { headers: { accept: 'application/json' } })).text()).toBe('graphql');
});
