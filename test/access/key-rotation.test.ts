import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuthenticationError } from '../../src/access/authentication-error.ts';
import { CallerToken } from '../../src/access/caller-token.ts';
import { createAccessTokens, type IdentifyToken } from '../../src/access/oidc/access-tokens.ts';
import { FacadeError } from '../../src/errors.ts';
import { audience, startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';

const begin = Date.now();
let provider: TestIdentityProvider;
let later: number;
let failures: Error[];
let identify: IdentifyToken;

beforeEach(async () => {
  provider = await startIdentityProvider({ clients: { app: {} }, tokenSeconds: 100_000 });
  later = 0;
  failures = [];
  identify = createAccessTokens({
    issuers: [
      {
        issuer: provider.issuer,
        audience: [audience],
        algorithms: ['RS256'],
        tokenTypes: ['at+jwt'],
        clockSkewSeconds: 30,
        jwksUrl: null,
        subjectClaim: 'sub',
      },
    ],
    claimsOf: () => new Set(),
    keepsToken: false,
    clock: () => begin + later * 1000,
    onFailure: (_issuer, error) => failures.push(error),
  });
});
afterEach(() => provider[Symbol.asyncDispose]());

const fetches = (): number => provider.asked.filter((path) => path.startsWith('/jwks')).length;

async function outcome(text: string): Promise<string> {
  try {
    await identify(new CallerToken(text));
    return 'accepted';
  } catch (error) {
    if (error instanceof AuthenticationError || error instanceof FacadeError) return error.code;
    throw error;
  }
}

/** A token whose key nobody knows. */
function ofUnknownKey(token: string, n: number): string {
  const [, payload, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'at+jwt', kid: `unknown-${n}` })).toString(
    'base64url',
  );
  return `${header}.${payload}.${signature}`;
}

test('keys are asked for once, however many tokens come at once', async () => {
  const token = await provider.token('app');
  expect(new Set(await Promise.all(Array.from({ length: 50 }, () => outcome(token))))).toEqual(new Set(['accepted']));
  expect(provider.asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
});

test('a new key is known as soon as a token bears it, and the one that is gone is not any more', async () => {
  const old = await provider.token('app');
  expect(await outcome(old)).toBe('accepted');
  await provider.rotate();
  const token = await provider.token('app');
  later = 31;
  expect([await outcome(token), await outcome(token), await outcome(old)]).toEqual([
    'accepted',
    'accepted',
    'UNAUTHENTICATED',
  ]);
  expect(fetches()).toBe(2);
});

test('a key that is still published is good beside the new one', async () => {
  const old = await provider.token('app');
  await outcome(old);
  await provider.rotate({ keepOld: true });
  later = 31;
  expect([await outcome(await provider.token('app')), await outcome(old)]).toEqual(['accepted', 'accepted']);
});

test('a thousand tokens of unknown keys have the keys asked for once in 30 seconds', async () => {
  const token = await provider.token('app');
  await outcome(token);
  const storm = async (): Promise<ReadonlySet<string>> =>
    new Set(await Promise.all(Array.from({ length: 500 }, (_, n) => outcome(ofUnknownKey(token, n)))));
  expect(await storm()).toEqual(new Set(['UNAUTHENTICATED']));
  expect(fetches()).toBe(1);
  later = 31;
  expect(await storm()).toEqual(new Set(['UNAUTHENTICATED']));
  expect(fetches()).toBe(2);
  expect(await outcome(token)).toBe('accepted');
});

test('keys are asked for again after ten minutes, and no token waits for that', async () => {
  const token = await provider.token('app');
  await outcome(token);
  later = 601;
  provider.fault = 'slow';
  expect(await outcome(token)).toBe('accepted');
  await expect.poll(() => provider.asked.length).toBe(3); // the discovery is asked again, and does not answer
  expect([await outcome(token), fetches()]).toEqual(['accepted', 1]);
});

describe('while the provider is down', () => {
  test('known keys are good for an hour, and no longer', async () => {
    const token = await provider.token('app');
    await outcome(token);
    provider.fault = 'down';
    for (const seconds of [1, 599, 1_800, 3_599]) {
      later = seconds;
      expect([seconds, await outcome(token)]).toEqual([seconds, 'accepted']);
    }
    later = 3_601;
    await expect.poll(() => outcome(token)).toBe('UNAVAILABLE');
    provider.fault = null;
    later = 3_607;
    await expect.poll(() => outcome(token)).toBe('accepted');
  });

  test('a token of an unknown key may be good or not: that is UNAVAILABLE, and asked for once in five seconds', async () => {
    const token = await provider.token('app');
    await outcome(token);
    await provider.rotate();
    const next = await provider.token('app');
    provider.fault = 'down';
    later = 31;
    const all = await Promise.all(Array.from({ length: 100 }, () => outcome(next)));
    expect([new Set(all), failures.length]).toEqual([new Set(['UNAVAILABLE']), 1]);
    expect(await outcome(token)).toBe('accepted');
    provider.fault = null;
    later = 37;
    expect(await outcome(next)).toBe('accepted');
  });

  test('nobody is known who was not before', async () => {
    const token = await provider.token('app');
    provider.fault = 'down';
    expect(await outcome(token)).toBe('UNAVAILABLE');
    expect(failures).toHaveLength(1);
    expect(await outcome(token)).toBe('UNAVAILABLE');
    expect(failures).toHaveLength(1);
  });
});

describe('is no answer of a provider, and UNAVAILABLE', () => {
  const answers: readonly (readonly [string, string, number, string, Record<string, string>])[] = [
    ['a redirect', '/.well-known', 302, '', { location: 'http://127.0.0.1:1/' }],
    ['an error', '/.well-known', 500, '{}', {}],
    ['a discovery of another issuer', '/.well-known', 200, '{"issuer":"https://other.example"}', {}],
    ['no JSON', '/jwks', 200, '<html>', {}],
    ['a list', '/jwks', 200, '[]', {}],
    ['no keys', '/jwks', 200, '{"keys":[]}', {}],
    ['a secret', '/jwks', 200, '{"keys":[{"kty":"oct","k":"AAAA"}]}', {}],
    ['more than 256 kB', '/jwks', 200, `{"keys":[],"x":"${'x'.repeat(300_000)}"}`, {}],
  ];
  test.each(answers)('%s', async (_what, path, status, body, headers) => {
    const token = await provider.token('app');
    provider.fault = (request, response) => {
      if (!request.url?.startsWith(path)) return false;
      response.writeHead(status, headers).end(body);
      return true;
    };
    expect(await outcome(token)).toBe('UNAVAILABLE');
    expect(failures.map(({ name }) => name)).toEqual(['FetchError']);
  });

  test.each(['http://192.0.2.1/keys', 'file:///etc/passwd', 'http://localhost.example/keys', 'https://u:p@a.example/'])(
    'keys at %s',
    async (url) => {
      const token = await provider.token('app');
      provider.fault = (request, response) => {
        if (!request.url?.startsWith('/.well-known')) return false;
        response.end(JSON.stringify({ issuer: provider.issuer, jwks_uri: url }));
        return true;
      };
      expect(await outcome(token)).toBe('UNAVAILABLE');
      expect(failures.map(({ message }) => message)).toEqual(['Neither https nor loopback']);
    },
  );
});
