import { createHmac, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuthenticationError } from '../../src/access/authentication-error.ts';
import { CallerToken } from '../../src/access/caller-token.ts';
import { createAccessTokens, type IdentifyToken, type TokenIssuer } from '../../src/access/oidc/access-tokens.ts';
import { audience, startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';

const claims = { patient: 'P-1', groups: ['a', 'b'], realm_access: { roles: ['reader'] }, unnamed: 'x' };
const clients = { app: { scope: 'user/ImagingStudy.rs openid-like', claims } };
const noon = Math.floor(Date.now() / 1000);
let provider: TestIdentityProvider;
let token: string;

beforeAll(async () => {
  provider = await startIdentityProvider({ clients });
  token = await provider.token('app');
});
afterAll(() => provider[Symbol.asyncDispose]());

const issuerOf = (changes: Partial<TokenIssuer> = {}): TokenIssuer => ({
  issuer: provider.issuer,
  audience: [audience],
  algorithms: ['RS256'],
  tokenTypes: ['at+jwt', 'jwt'],
  clockSkewSeconds: 30,
  jwksUrl: null,
  subjectClaim: 'sub',
  ...changes,
});

/** As of the moment that the tests began, or so many seconds later. */
function identifier(changes: Partial<TokenIssuer> = {}, later = (): number => 0): IdentifyToken {
  return createAccessTokens({
    issuers: [issuerOf(changes)],
    claimsOf: () => new Set(['scope', 'patient', 'groups', 'realm_access.roles', 'missing']),
    keepsToken: true,
    clock: () => (noon + later()) * 1000,
  });
}

const encode = (part: object | string): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A token by the provider's own key, that says what a test wants it to. */
function forge(payload: object, header: object = {}): string {
  const { kid } = provider.keys[0] ?? {};
  const text = `${encode({ alg: 'RS256', typ: 'at+jwt', kid, ...header })}.${encode({ ...good(), ...payload })}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKeyOf(provider)).toString('base64url')}`;
}

const privateKeyOf = ({ keys: [key = {}] }: TestIdentityProvider): KeyObject =>
  createPrivateKey({ key: key as JsonWebKey, format: 'jwk' });

const good = () => ({ iss: provider.issuer, aud: audience, sub: 'app', exp: noon + 300 });

async function refusalOf(text: string, identify: IdentifyToken): Promise<string> {
  try {
    await identify(new CallerToken(text));
    return 'accepted';
  } catch (error) {
    if (error instanceof AuthenticationError) return error.message;
    throw error;
  }
}

describe('a token of the provider', () => {
  test('is who it says, with the claims that are named, until it ends', async () => {
    const identity = await identifier()(new CallerToken(token));
    expect(identity).toEqual({
      subject: `${provider.issuer}#app`,
      kind: 'oidc',
      claims: {
        sub: ['app'],
        scope: ['user/ImagingStudy.rs', 'openid-like'],
        patient: ['P-1'],
        groups: ['a', 'b'],
        'realm_access.roles': ['reader'],
        missing: [],
      },
      expiresAt: expect.any(Number),
      token: expect.any(CallerToken),
    });
    expect(Math.abs((identity.expiresAt ?? 0) - (noon + 330))).toBeLessThan(30);
  });

  test('for another service is refused', async () => {
    const other = await provider.token('app', 'urn:another');
    expect(await refusalOf(other, identifier())).toBe('The token is for another service');
    expect(await refusalOf(other, identifier({ audience: ['x', 'urn:another'] }))).toBe('accepted');
  });

  test('is refused where its algorithm is not among those that are configured', async () => {
    expect(await refusalOf(token, identifier({ algorithms: ['ES256', 'PS256'] }))).toBe('The token is not genuine');
  });

  test('ends, a little later than it says', async () => {
    const ending = forge({ exp: noon + 100 });
    expect(
      await refusalOf(
        ending,
        identifier({}, () => 129),
      ),
    ).toBe('accepted');
    expect(
      await refusalOf(
        ending,
        identifier({}, () => 131),
      ),
    ).toBe('The token has ended');
    expect(
      await refusalOf(
        ending,
        identifier({ clockSkewSeconds: 0 }, () => 100),
      ),
    ).toBe('The token has ended');
  });

  test('begins, a little sooner than it says', async () => {
    expect(await refusalOf(forge({ nbf: noon + 29 }), identifier())).toBe('accepted');
    expect(await refusalOf(forge({ nbf: noon + 31 }), identifier())).toBe('The token is not good yet');
  });
});

describe('is refused', () => {
  const forgeries: readonly (readonly [string, () => string])[] = [
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(good())}.`],
    ['alg None with a signature', () => `${encode({ alg: 'None', kid: 'x' })}.${encode(good())}.AAAA`],
    [
      'HS256 with the public key as the secret',
      () => {
        const secret = createPublicKey(privateKeyOf(provider)).export({ type: 'spki', format: 'pem' });
        const text = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: provider.keys[0]?.kid })}.${encode(good())}`;
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      },
    ],
    ['no signature', () => token.replace(/\.[^.]*$/, '.')],
    ['another signature', () => token.replace(/.{10}$/, 'AAAAAAAAAA')],
    ['altered claims', () => token.replace(/\.[^.]+\./, `.${encode({ ...good(), sub: 'admin' })}.`)],
    ['a key in its header', () => forge({}, { kid: 'unknown', jwk: provider.keys[0] })],
    ['an address of keys in its header', () => forge({}, { kid: 'unknown', jku: `${provider.issuer}/jwks` })],
    ['an extension that must be understood', () => forge({}, { crit: ['x-unknown'], 'x-unknown': 1 })],
    ['an unencoded payload', () => forge({}, { crit: ['b64'], b64: false })],
    ['no audience', () => forge({ aud: [] })],
    ['an audience that begins as ours', () => forge({ aud: `${audience}.example` })],
    ['no end', () => forge({ exp: undefined })],
    ['an end that is no number', () => forge({ exp: '9999999999' })],
    ['a beginning that is no number', () => forge({ nbf: 'soon' })],
    ['another issuer', () => forge({ iss: 'https://evil.example' })],
    ['the issuer with a slash more', () => forge({ iss: `${provider.issuer}/` })],
    ['an issuer that is a list', () => forge({ iss: [provider.issuer] })],
    ['nobody', () => forge({ sub: '' })],
    ['a name that is no text', () => forge({ sub: { a: 1 } })],
    ['a name of 256 characters', () => forge({ sub: 'x'.repeat(256) })],
    ['another type', () => forge({}, { typ: 'dpop+jwt' })],
    ['a logout token', () => forge({}, { typ: 'logout+jwt' })],
    ['an ID token', () => forge({ nonce: 'n' }, { typ: 'JWT' })],
    ['an ID token without a type', () => forge({ at_hash: 'h' }, { typ: undefined })],
    ['no JWT', () => 'opaque'],
    ['an encrypted token', () => 'a.b.c.d.e'],
    ['claims that are no object', () => `${encode({ alg: 'RS256' })}.${encode('[1]')}.AAAA`],
    ['a header of megabytes of brackets', () => `${encode('['.repeat(5000))}.${encode(good())}.AAAA`],
  ];
  test.each(forgeries)('a token with %s', async (_what, make) => {
    expect(await refusalOf(make(), identifier())).toMatch(/^The token (is|names|has)/);
  });

  test.each(forgeries)('and of %s nothing is in what its sender is told', async (_what, make) => {
    const text = make();
    const told = await identifier()(new CallerToken(text)).catch((error: AuthenticationError) => error.challenge);
    expect(told).toMatch(/^Bearer realm="dicomweb-graphql", error="invalid_token", error_description="[\w ,:]+"$/);
  });
});

test('a token whose type is JWT, or has none, is taken unless the configuration wants at+jwt', async () => {
  const plain = forge({}, { typ: 'JWT' });
  const untyped = forge({}, { typ: undefined });
  const strict = identifier({ tokenTypes: ['at+jwt'] });
  expect([await refusalOf(plain, identifier()), await refusalOf(untyped, identifier())]).toEqual([
    'accepted',
    'accepted',
  ]);
  expect([await refusalOf(plain, strict), await refusalOf(untyped, strict)]).toEqual(
    Array(2).fill('The token is no access token'),
  );
  expect(await refusalOf(forge({}, { typ: 'application/AT+JWT' }), strict)).toBe('accepted');
});

test('its holder can be told by another claim', async () => {
  const identity = await identifier({ subjectClaim: 'oid' })(new CallerToken(forge({ oid: 'user-7' })));
  expect([identity.subject, identity.claims['sub']]).toEqual([`${provider.issuer}#user-7`, ['user-7']]);
});

test('an end beyond all time is one that dates can have', async () => {
  const identity = await identifier()(new CallerToken(forge({ exp: 1e300 })));
  expect(new Date((identity.expiresAt ?? 0) * 1000).getUTCFullYear()).toBe(9999);
});

test.each(['PS256', 'ES256', 'EdDSA'] as const)('%s is verified as RS256 is', async (algorithm) => {
  await using other = await startIdentityProvider({ clients, algorithm });
  const identify = createAccessTokens({
    issuers: [issuerOf(), issuerOf({ issuer: other.issuer, algorithms: [algorithm] })],
    claimsOf: () => new Set(),
    keepsToken: false,
    clock: Date.now,
  });
  const found = await Promise.all([
    identify(new CallerToken(await other.token('app'))),
    identify(new CallerToken(token)),
  ]);
  expect(found.map(({ subject }) => subject)).toEqual([`${other.issuer}#app`, `${provider.issuer}#app`]);
  expect(found[0]?.token).toBeNull();
});

test('a token of one issuer is not good by the keys of another', async () => {
  await using other = await startIdentityProvider({ clients });
  const head = `${encode({ alg: 'RS256', kid: provider.keys[0]?.kid })}.${encode(good())}`;
  const text = `${head}.${sign('sha256', Buffer.from(head), privateKeyOf(other)).toString('base64url')}`;
  const identify = createAccessTokens({
    issuers: [issuerOf(), issuerOf({ issuer: other.issuer })],
    claimsOf: () => new Set(),
    keepsToken: false,
    clock: Date.now,
  });
  expect(await refusalOf(text, identify)).toBe('The token is not genuine');
});
