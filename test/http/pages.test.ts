import { describe, expect, test } from 'vitest';
import { sendRaw, startServer } from './server.ts';

const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
});

describe('a page of this machine, where localhost is allowed', () => {
  test.each(['http://localhost:5173', 'http://127.0.0.1:8080', 'http://[::1]:3000', 'https://localhost'])(
    '%s may ask and read',
    async (origin) => {
      const { url } = await startServer({}, { corsOrigins: ['localhost'] });
      const asked = await fetch(`${url}/graphql`, preflight(origin));
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      expect(asked.headers.get('access-control-allow-headers')).toContain('Content-Type');
      expect(asked.headers.get('access-control-max-age')).toBe('7200');
      for (const path of ['/graphql', '/links/abc']) {
        const answer = await fetch(url + path, { headers: { origin } });
        expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
        expect(answer.headers.get('vary')).toContain('Origin');
      }
    },
  );
});

describe('a page of another origin', () => {
  test.each(['https://evil.example', 'http://localhost.evil.example', 'null', 'http://127.0.0.1.evil.example:4000'])(
    '%s may not ask, and reads nothing',
    async (origin) => {
      const { url } = await startServer({}, { corsOrigins: ['localhost', 'https://viewer.example'] });
      const asked = await fetch(`${url}/graphql`, preflight(origin));
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      const graphql = await fetch(`${url}/graphql?query=x`, { headers: { origin } });
      expect([graphql.status, graphql.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      const link = await fetch(`${url}/links/abc`, { headers: { origin } });
      expect(link.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('is taken exactly as it is listed', async () => {
    const { url } = await startServer({}, { corsOrigins: ['https://viewer.example'] });
    const status = async (origin: string) => (await fetch(`${url}/graphql`, { headers: { origin } })).status;
    expect(await status('https://viewer.example')).toBe(200);
    expect(await status('http://viewer.example')).toBe(403);
    expect(await status('https://viewer.example:8443')).toBe(403);
    expect(await status('http://localhost:5173')).toBe(403);
  });
});

test('a viewer may send what it sends with every request for pixels', async () => {
  const { url } = await startServer({}, { corsOrigins: ['localhost'] });
  const asked = await fetch(`${url}/links/abc`, preflight('http://localhost:3000'));
  expect(asked.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
  const allowed = asked.headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
  expect(allowed).toEqual(expect.arrayContaining(['accept', 'authorization', 'range']));
});

test('OPTIONS that is no preflight says which methods there are', async () => {
  const { url } = await startServer();
  const answer = await fetch(`${url}/links/abc`, { method: 'OPTIONS' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
});

test('the own page may ask, under the address it was loaded from', async () => {
  const { url } = await startServer({}, { publicUrl: 'https://imaging.example/facade' });
  const status = async (origin: string) => (await fetch(`${url}/graphql`, { headers: { origin } })).status;
  expect([await status(url), await status('https://imaging.example')]).toEqual([200, 200]);
});

describe('the Host header of a server on loopback', () => {
  const ask = (url: string, host: string) =>
    sendRaw(url, `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

  test.each(['127.0.0.1:4000', 'localhost', 'LOCALHOST:1', '[::1]:4000', 'imaging.example:443'])(
    '%s is served',
    async (host) => {
      const { url } = await startServer({}, { publicUrl: 'https://imaging.example' });
      expect(await ask(url, host)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  test.each(['evil.example', 'evil.example:4000', '127.0.0.1.evil.example', 'a@127.0.0.1', ''])(
    '%s is refused: a name made to resolve to loopback would make its pages our own',
    async (host) => {
      const { url } = await startServer({}, { publicUrl: 'https://imaging.example' });
      expect(await ask(url, host)).toMatch(/^HTTP\/1\.1 421 /);
    },
  );

  test('beyond loopback any is served', async () => {
    const { url } = await startServer({}, { host: '0.0.0.0', publicUrl: 'https://imaging.example' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(await ask(url, 'other.example')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test('a page that is not allowed sends nothing to a link', async () => {
  let sent = 0;
  const { url } = await startServer({ links: (_, response) => response.end(String(sent++)) }, { corsOrigins: [] });
  const post = (headers: Record<string, string>) => fetch(`${url}/links/abc`, { method: 'POST', headers });
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
  expect(sent).toBe(0);
  expect((await post({})).status).toBe(200);
});
