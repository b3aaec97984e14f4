import { getCACertificates } from 'node:tls';
import type { AuthorizationServer, Client, ClientAuth } from 'oauth4webapi';
import { Agent, request } from 'undici';
import {
  OriginAuthError,
  type OriginError,
  type OriginErrorFacts,
  OriginTimeoutError,
  OriginUnreachableError,
} from '../origin-errors.ts';
import type { OAuthCredentials } from './credentials.ts';

export interface TokenEndpointOptions {
  readonly connectTimeoutMs: number;
  /** Longest wait for the whole answer. */
  readonly headersTimeoutMs: number;
  /** PEM of authorities that are trusted beside the well-known ones. */
  readonly tlsCa?: string;
}

export interface IssuedToken {
  readonly value: string;
  readonly expiresInSeconds: number;
}

/** Where the authorisation server does not say how long a token lives (RFC 6749 §5.1 only recommends it). */
const unsaidLifeSeconds = 300;
const maxAnswerBytes = 65_536;

/** No token. Holds nothing that was sent, and of the answer at most its error code (RFC 6749 §5.2). */
export class TokenFailure extends Error {
  readonly kind: 'refused' | 'failed' | 'slow';

  constructor(kind: TokenFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }

  /** As the request that needed the token fails. */
  toError(facts: OriginErrorFacts): OriginError {
    const { kind, message } = this;
    if (kind === 'refused') return new OriginAuthError(facts, message);
    return kind === 'slow' ? new OriginTimeoutError(facts, message) : new OriginUnreachableError(facts, message);
  }
}

/**
 * The token endpoint of an authorisation server. Redirects are not followed.
 *
 * @see RFC 6749 §2.3.1 (client authentication), §4.4 (client credentials), §5 (answers)
 */
export class TokenEndpoint {
  readonly #credentials: OAuthCredentials;
  readonly #options: TokenEndpointOptions;
  readonly #agent: Agent;

  constructor(credentials: OAuthCredentials, options: TokenEndpointOptions) {
    this.#credentials = credentials;
    this.#options = options;
    const { connectTimeoutMs, headersTimeoutMs, tlsCa } = options;
    this.#agent = new Agent({
      allowH2: false,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: headersTimeoutMs,
      maxResponseSize: maxAnswerBytes,
      connect: {
        timeout: connectTimeoutMs,
        ...(tlsCa === undefined ? {} : { ca: [...getCACertificates('default'), tlsCa] }),
      },
    });
  }

  /** @throws {TokenFailure} */
  async issue(): Promise<IssuedToken> {
    const { tokenUrl, clientId, clientSecret, clientAuthentication, scope, audience } = this.#credentials;
    const oauth = await import('oauth4webapi');
    const server: AuthorizationServer = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
    const client: Client = { client_id: clientId };
    const showSecret: ClientAuth =
      clientAuthentication === 'client_secret_basic'
        ? oauth.ClientSecretBasic(clientSecret)
        : oauth.ClientSecretPost(clientSecret);
    const parameters = { ...(scope === undefined ? {} : { scope }), ...(audience === undefined ? {} : { audience }) };
    try {
      const answer = await oauth.clientCredentialsGrantRequest(server, client, showSecret, parameters, {
        [oauth.customFetch]: (url, { method, headers, body }) => this.#post(url, method, headers, String(body)),
        [oauth.allowInsecureRequests]: true, // http is the choice of who configures it, as it is for origins
      });
      const { access_token: value, expires_in: life } = await oauth.processClientCredentialsResponse(
        server,
        client,
        answer,
      );
      return { value, expiresInSeconds: life ?? unsaidLifeSeconds };
    } catch (error) {
      // Not as a cause: errors of the library hold the answer, and with it a token.
      if (error instanceof TokenFailure) throw error;
      const code = error instanceof oauth.ResponseBodyError ? error.error : '';
      const told = /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
      throw new TokenFailure('refused', `its token endpoint gave no token${told}`);
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #post(url: string, method: 'POST', headers: Record<string, string>, body: string): Promise<Response> {
    const waitMs = this.#options.headersTimeoutMs;
    try {
      const signal = AbortSignal.timeout(waitMs);
      const answer = await request(url, { method, headers, body, dispatcher: this.#agent, signal });
      const { statusCode: status } = answer;
      const text = await answer.body.text();
      if (status >= 500 || status === 429)
        throw new TokenFailure('failed', `its token endpoint failed (HTTP ${status})`);
      return new Response(withoutIdToken(text), { status, headers: { 'content-type': 'application/json' } });
    } catch (error) {
      if (error instanceof TokenFailure) throw error;
      const name = error instanceof Error ? error.name : '';
      if (name === 'TimeoutError' || name === 'HeadersTimeoutError' || name === 'BodyTimeoutError') {
        throw new TokenFailure('slow', `no answer of its token endpoint within ${waitMs} ms`);
      }
      throw new TokenFailure('failed', 'no connection to its token endpoint');
    }
  }
}

/** Some servers add an ID token. It is about nobody here, and is not looked at. */
function withoutIdToken(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return text;
    const { id_token: _, ...rest } = answer as { readonly id_token?: unknown };
    return JSON.stringify(rest);
  } catch {
    return text;
  }
}
