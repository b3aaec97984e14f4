import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

let facade: TestFacade;
beforeAll(async () => {
  facade = await startTestFacade({ cors: { origins: ['https://viewer.example'] } });
});
afterAll(() => facade.close());

const endpoint = (): string => `${facade.url}/graphql`;

describe('GraphQL over HTTP, as the audits of graphql-http have it', () => {
  test.each(serverAudits({ url: endpoint }))('$name ($id)', async ({ fn }) => {
    const result = await fn();
    const reason = 'reason' in result ? result.reason : '';
    expect(`${result.status} ${reason}`).toBe('ok ');
  });
});

const query = '{ viewer { subject } }';
const send = (init: RequestInit, search = ''): Promise<Response> =>
  fetch(endpoint() + search, { method: 'POST', ...init });
const asSearch = (params: Record<string, string>): string => `?${new URLSearchParams(params)}`;

test('no cache keeps an answer: it is for one caller', async () => {
  const headers = { 'content-type': 'application/json' };
  const posted = await send({ headers, body: JSON.stringify({ query }) });
  expect(posted.headers.get('cache-control')).toBe('no-store');
  const got = await send({ method: 'GET', headers: { accept: 'application/json' } }, asSearch({ query }));
  expect([got.status, got.headers.get('cache-control')]).toEqual([200, 'no-store']);
});

describe('what any page may send without asking is refused', () => {
  const json = JSON.stringify({ query });
  test.each([
    ['a form', 'application/x-www-form-urlencoded', `query=${encodeURIComponent(query)}`],
    ['a form with files', 'multipart/form-data; boundary=b', '--b--'],
    ['plain text', 'text/plain', json],
    ['plain text that says json somewhere', 'text/plain; application/json', json],
    ['a document alone', 'application/graphql', query],
    ['json beside another type', 'text/plain, application/json', json],
    ['json after another type', 'application/json, text/plain', json],
    ['json in another encoding', 'application/json; charset=utf-16', json],
  ])('%s: 415', async (_what, type, body) => {
    const response = await send({ headers: { 'content-type': type }, body });
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-post')).toBe('application/json');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test.each([
    ['an image of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['an image of a neighbour', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a link of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    [
      'a script of another site',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      403,
    ],
    [
      'a script of a site that is allowed',
      { origin: 'https://viewer.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      200,
    ],
    ['our own page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
    ['an address bar', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
    ['what is no browser', {}, 200],
  ])('a GET by %s: %i', async (_what, headers, status) => {
    // fetch would put a sec-fetch-mode of its own
    const { request } = await import('node:http');
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    request(endpoint() + asSearch({ query }), { headers: { accept: '*/*', ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
    expect(await promise).toBe(status);
  });

  test('a mutation by GET', async () => {
    const response = await fetch(
      endpoint() + asSearch({ query: 'mutation { revokeLinks(studyInstanceUID: "1.2") { epoch } }' }),
    );
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});

describe('a request that is not well-formed is 400, and nothing of it is repeated', () => {
  const secret = 'DOE^JANE';
  const headers = { 'content-type': 'application/json' };
  test.each([
    ['no JSON', `{"query": ${secret}}`],
    ['JSON that ends too soon', `{"query": "${secret}`],
    ['a batch', `[{"query":"${query}"}]`],
    ['a number', '7'],
    ['null', 'null'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from('{"query":"{ viewer { subject } } # '),
        Buffer.from([0xc3, 0x28, 0xff]),
        Buffer.from('"}'),
      ]),
    ],
    ['variables in a list', JSON.stringify({ query, variables: [secret] })],
    ['variables that are nested', `{"query":"${query}","variables":{"a":${'['.repeat(5_000)}1${']'.repeat(5_000)}}}`],
    ['variables without end', JSON.stringify({ query, variables: { a: Array.from({ length: 20_001 }, () => 1) } })],
    ['an operation name that is none', JSON.stringify({ query, operationName: { secret } })],
    ['no document', JSON.stringify({ variables: { secret } })],
  ])('%s', async (_what, body) => {
    const response = await send({ headers, body });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('"errors"');
    expect(text).not.toContain(secret);
  });

  test('a parameter that is given twice', async () => {
    const response = await fetch(`${endpoint()}${asSearch({ query })}&query={origins{id}}`);
    expect(response.status).toBe(400);
  });

  test('variables in a query string that are no JSON', async () => {
    const response = await fetch(endpoint() + asSearch({ query, variables: `{${secret}` }));
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(secret);
  });
});
