import { apiKeyPrefix, type IdentifyApiKey } from './api-keys.ts';
import { AuthenticationError } from './authentication-error.ts';
import { type CallerToken, expiryOf } from './caller-token.ts';
import { type RequestHeaders, readCredentials } from './credentials.ts';
import { anonymousIdentity, type Identity } from './identity.ts';
import type { IdentifyToken } from './oidc/access-tokens.ts';
import type { Policy } from './policy.ts';
import type { Principal } from './principal.ts';

/**
 * From the headers of a request to who sent it.
 *
 * @param headers - With all values of each, so that two of one are seen: `IncomingMessage.headersDistinct`.
 * @throws {AuthenticationError} No credentials where some are needed, bad ones, or two.
 * @throws {FacadeError} UNAVAILABLE: they cannot be verified now.
 */
export type Authenticate = (headers: RequestHeaders) => Principal | Promise<Principal>;

/** Everyone is the same anonymous principal. Credentials that are sent are not looked at. */
export const createAnonymousAuthentication =
  (anonymous: Principal): Authenticate =>
  () =>
    anonymous;

export interface AuthenticationOptions {
  readonly policy: Policy;
  /** Whether whoever sends no credentials is let in. Bad ones are refused all the same. */
  readonly allowsAnonymous: boolean;
  /** null: no keys are taken. */
  readonly identifyApiKey: IdentifyApiKey | null;
  /** Bearer tokens that are no API keys; null: none are taken. */
  readonly identifyToken: IdentifyToken | ((token: CallerToken) => Identity) | null;
}

/**
 * Access control: a request shows an API key or an access token, or is anonymous where that is allowed. Where nothing is taken
 * everyone is anonymous, and what they send is not looked at.
 */
export function createAuthentication(options: AuthenticationOptions): Authenticate {
  const { policy, allowsAnonymous, identifyApiKey, identifyToken } = options;
  if (allowsAnonymous && identifyApiKey === null && identifyToken === null) {
    return createAnonymousAuthentication(policy.principalOf(anonymousIdentity));
  }
  async function identify(headers: RequestHeaders): Promise<Identity> {
    const credentials = readCredentials(headers, { apiKeys: identifyApiKey !== null });
    if (credentials.kind === 'none') {
      if (allowsAnonymous) return anonymousIdentity;
      throw new AuthenticationError(null, 'Credentials are needed: an access token or an API key');
    }
    const text = credentials.kind === 'bearer' ? credentials.token.reveal() : credentials.text;
    if (identifyApiKey !== null && (credentials.kind === 'api-key' || text.startsWith(apiKeyPrefix))) {
      return identifyApiKey(text);
    }
    if (credentials.kind === 'bearer' && identifyToken !== null) return identifyToken(credentials.token);
    throw new AuthenticationError('invalid_token', 'No credentials of this kind are taken');
  }
  return async (headers) => policy.principalOf(await identify(headers));
}

export interface CallerTokensOptions {
  /** Keyed hash of a token: tells nothing of it. */
  readonly hash: (token: string) => string;
  /** How long a token counts that does not say when it ends, in seconds. */
  readonly opaqueTokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Links of one bucket of time are the same: so must be the end that is made up for a token. Seconds. */
const bucketSeconds = 120;

/**
 * Whoever sends a bearer token is who has that token: its keyed hash is the subject, so that nothing is shared between two
 * tokens. Nothing that the token says is believed, but its end. This grants nothing: origins that are asked with the token
 * decide what it opens.
 */
export function createCallerTokens({ hash, opaqueTokenSeconds, clock }: CallerTokensOptions) {
  return (token: CallerToken): Identity => {
    const now = clock() / 1000;
    const end = expiryOf(token) ?? Math.floor(now / bucketSeconds) * bucketSeconds + opaqueTokenSeconds;
    if (end <= now) throw new AuthenticationError('invalid_token', 'The bearer token has ended');
    return { subject: `token:${hash(token.reveal())}`, kind: 'token', claims: {}, expiresAt: end, token };
  };
}
