import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { OAuthCredentials } from '../../src/origin/credentials/credentials.ts';
import type { Origin } from '../../src/origin/origin.ts';
import { search } from '../../src/origin/search.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, type QuirkyRequest, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { startTokenEndpoint, type TokenAnswer, tokenNumber } from '../support/token-endpoint.ts';

const rows = json([{ '0020000D': { vr: 'UI', Value: ['1.2.3'] } }]);
const studies = { level: 'study', matches: new Map(), includeFields: [] } as const;
const ask = async (origin: Origin) => (await search(origin, studies)).dataSets.length;
const tokensOf = (requests: readonly QuirkyRequest[]) => requests.map(({ headers }) => headers.get('authorization'));

/** With characters that only form encoding brings over right (RFC 6749 §2.3.1, appendix B). */
const client = { kind: 'oauth', clientId: 'facade:1', clientSecret: 's3cret %+&ü' } as const;
const credentialsOf = (tokenUrl: string, more: Partial<OAuthCredentials> = {}): OAuthCredentials => ({
  ...client,
  tokenUrl,
  clientAuthentication: 'client_secret_basic',
  ...more,
});

/** An archive that takes these tokens alone. */
const archiveTaking = (...tokens: string[]) =>
  startQuirkyOrigin((socket, { headers }) => {
    const isGood = tokens.some((token) => headers.get('authorization') === `Bearer ${token}`);
    reply(socket, isGood ? rows : { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  });

describe('a token is asked for', () => {
  test('with the secret in the Authorization header', async () => {
    await using server = await startTokenEndpoint();
    await using archive = await archiveTaking('token-1');
    const credentials = credentialsOf(server.url, {
      scope: 'dicom.read dicom.write',
      audience: 'https://pacs.example',
    });
    await using origin = createTestOrigin(archive.url, { credentials });
    expect(await ask(origin)).toBe(1);
    expect(server.requests).toEqual([
      {
        method: 'POST',
        contentType: expect.stringMatching(/^application\/x-www-form-urlencoded/),
        // "facade%3A1:s3cret+%25%2B%26%C3%BC"
        authorization: 'Basic ZmFjYWRlJTNBMTpzM2NyZXQrJTI1JTJCJTI2JUMzJUJD',
        form: { grant_type: 'client_credentials', scope: 'dicom.read dicom.write', audience: 'https://pacs.example' },
      },
    ]);
  });

  test('with the secret in the body', async () => {
    await using server = await startTokenEndpoint();
    await using archive = await archiveTaking('token-1');
    const credentials = credentialsOf(server.url, { clientAuthentication: 'client_secret_post' });
    await using origin = createTestOrigin(archive.url, { credentials });
    expect(await ask(origin)).toBe(1);
    const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
    expect(server.requests).toMatchObject([{ authorization: undefined, form }]);
  });

  test('once, by however many requests at a time, one of which may give up', async () => {
    await using server = await startTokenEndpoint(async (number) => {
      await sleep(100);
      return tokenNumber(3600)(number);
    });
    await using archive = await archiveTaking('token-1');
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    const first = search(origin, studies, { signal: AbortSignal.timeout(20) });
    const others = Promise.all(Array.from({ length: 6 }, () => ask(origin)));
    expect(await rejectionOf(first)).toMatchObject({ name: 'TimeoutError' });
    expect(await others).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await ask(origin)).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  test('again shortly before it expires', async () => {
    await using server = await startTokenEndpoint(tokenNumber(1));
    await using archive = await archiveTaking('token-1', 'token-2');
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    await ask(origin);
    await ask(origin);
    expect(server.requests).toHaveLength(1);
    await sleep(810); // a fifth of its life is kept for the way
    await ask(origin);
    expect(tokensOf(archive.requests)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test('of servers that add an ID token, or leave its life out', async () => {
    await using server = await startTokenEndpoint(() => ({
      body: { access_token: 'opaque', token_type: 'bearer', id_token: 'e30.e30.e30' },
    }));
    await using archive = await archiveTaking('opaque');
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    expect([await ask(origin), await ask(origin)]).toEqual([1, 1]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a token that the origin answers 401', () => {
  test('is replaced, and the requests that met it are sent once more', async () => {
    await using server = await startTokenEndpoint();
    await using archive = await archiveTaking('token-2');
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    expect(await Promise.all([ask(origin), ask(origin), ask(origin)])).toEqual([1, 1, 1]);
    expect(server.requests).toHaveLength(2);
    expect(origin.healthy).toBe(true);
  });

  test('is replaced once: where no token is right, the authorisation server is left in peace', async () => {
    await using server = await startTokenEndpoint();
    await using archive = await archiveTaking();
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url), retries: 2 });
    for (let n = 0; n < 3; n++) {
      expect(await rejectionOf(ask(origin))).toMatchObject({ code: 'ORIGIN_AUTH', status: 401 });
    }
    expect(server.requests).toHaveLength(2);
    expect(archive.requests).toHaveLength(4);
    expect(origin.healthy).toBe(false);
  });
});

describe('without a token nothing is sent to the origin, and the error says why', () => {
  const refusal = {
    code: 'ORIGIN_AUTH',
    message: expect.stringMatching(/^Origin "test": its token endpoint gave no token/),
  };
  const cases: [what: string, answer: TokenAnswer, error: object][] = [
    ['a wrong secret', { status: 401, body: { error: 'invalid_client', error_description: 'Doe^Jane' } }, refusal],
    ['a scope that is not given', { status: 400, body: { error: 'invalid_scope' } }, refusal],
    ['a challenge', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: '' }, refusal],
    ['a page instead', { body: '<html>token-9</html>' }, refusal],
    ['an answer without a token', { body: { token_type: 'Bearer' } }, refusal],
    ['a token of another kind', { body: { access_token: 'token-9', token_type: 'mac' } }, refusal],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:9/' }, body: '' }, refusal],
    ['a fault', { status: 500, body: 'token-9' }, { code: 'ORIGIN_UNREACHABLE' }],
    [
      'too large an answer',
      { body: { access_token: 'x'.repeat(70_000), token_type: 'Bearer' } },
      { code: 'ORIGIN_UNREACHABLE' },
    ],
  ];

  test.each(cases)('%s', async (_, answer, expected) => {
    await using server = await startTokenEndpoint(() => answer);
    await using archive = await archiveTaking();
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    const error = await rejectionOf(ask(origin));
    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error) + String(error) + String((error as Error).cause)).not.toMatch(/s3cret|token-9|Doe/);
    expect(archive.requests).toEqual([]);
    expect(origin.healthy).toBe(false);
  });

  test('a server that is silent, or not there', async () => {
    const silence = new Promise<never>(() => {});
    const server = await startTokenEndpoint(() => silence);
    await using archive = await archiveTaking();
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    expect(await rejectionOf(ask(origin))).toMatchObject({ code: 'ORIGIN_TIMEOUT' });
    await server[Symbol.asyncDispose]();
    expect(await rejectionOf(ask(origin))).toMatchObject({ code: 'ORIGIN_UNREACHABLE' });
  });

  test('a server that refuses is not asked again at once', async () => {
    await using server = await startTokenEndpoint(() => ({ status: 401, body: { error: 'invalid_client' } }));
    await using archive = await archiveTaking();
    await using origin = createTestOrigin(archive.url, { credentials: credentialsOf(server.url) });
    for (let n = 0; n < 3; n++) {
      expect(await rejectionOf(ask(origin))).toMatchObject({ message: expect.stringContaining('(invalid_client)') });
    }
    expect(server.requests).toHaveLength(1);
  });
});
