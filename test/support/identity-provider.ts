import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

/** The `aud` of tokens that are for the facade. */
export const audience = 'urn:imaging';

/** What somebody's tokens say beside what every token says. */
export type Claims = Readonly<Record<string, unknown>>;

export interface TestIdentityProviderOptions {
  /** By client: who asks for a token by client credentials. */
  readonly clients: Readonly<Record<string, { readonly scope?: string; readonly claims?: Claims }>>;
  /** Seconds that a token is good. Default 300. */
  readonly tokenSeconds?: number;
  readonly algorithm?: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
}

/** A real OpenID provider (oidc-provider) on loopback, which can be made to change its keys or to fail. */
export interface TestIdentityProvider extends AsyncDisposable {
  readonly issuer: string;
  /** A JWT access token (RFC 9068) of that client, by its credentials, for that resource. */
  token(client: string, resource?: string): Promise<string>;
  /** From now on tokens are signed by another key; the old one is gone, or still among the published. */
  rotate(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** Paths that were asked of it, without those of tokens. */
  readonly asked: readonly string[];
  /** Its private keys, the newest first: for forgeries. */
  readonly keys: readonly JWK[];
  /** `down`: connections break off; `slow`: nothing comes; a function answers by itself. */
  fault: null | 'down' | 'slow' | ((request: IncomingMessage, response: ServerResponse) => boolean);
}

const clientSecret = 'a secret of a client of the tests';

export async function startIdentityProvider(options: TestIdentityProviderOptions): Promise<TestIdentityProvider> {
  const { clients, tokenSeconds = 300, algorithm = 'RS256' } = options;
  let keys: readonly JWK[] = [await privateKey(algorithm, 1)];
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const { fault } = provider;
    if (!path.startsWith('/token')) asked.push(path);
    if (fault === 'down') request.destroy();
    else if (fault === 'slow') return;
    else if (fault === null || !fault(request, response)) handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function publish(): void {
    const scopes = [...new Set(Object.values(clients).flatMap(({ scope = '' }) => scope.split(' ').filter(Boolean)))];
    const instance = new Provider(issuer, {
      adapter: ForgetfulAdapter,
      ttl: { ClientCredentials: tokenSeconds },
      jwks: { keys: [...keys] },
      cookies: { keys: ['not a secret'] },
      clients: Object.keys(clients).map((id) => ({
        client_id: id,
        client_secret: clientSecret,
        id_token_signed_response_alg: algorithm,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      scopes,
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, resource) => ({
            audience: resource,
            scope: scopes.join(' '),
            accessTokenTTL: tokenSeconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: algorithm } },
          }),
        },
      },
      extraTokenClaims: (_context, { clientId = '' }) => clients[clientId]?.claims ?? {},
    });
    handle = instance.callback();
  }
  publish();

  const provider: TestIdentityProvider = {
    issuer,
    asked,
    fault: null,
    get keys() {
      return keys;
    },
    async token(client, resource = audience) {
      const { scope } = clients[client] ?? {};
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${client}:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, ...(scope ? { scope } : {}) }),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(`No token: ${JSON.stringify(answer)}`);
      return answer.access_token;
    },
    async rotate({ keepOld = false } = {}) {
      const [old] = keys;
      const next = await privateKey(algorithm, keys.length + 1);
      keys = keepOld && old ? [next, old] : [next];
      publish();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await closed(server);
    },
  };
  return provider;
}

/** Tokens that are JWTs need no store. */
class ForgetfulAdapter {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async destroy(): Promise<void> {}
}

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

let made = 0;

async function privateKey(alg: string, n: number): Promise<JWK> {
  const { privateKey: key } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(key)), kid: `key-${n}-${++made}`, alg, use: 'sig' };
}
