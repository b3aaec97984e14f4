import { type ApiKeyEntry, createApiKeys } from './api-keys.ts';
import { type Authenticate, createAuthentication, createCallerTokens } from './authenticate.ts';
import type { TokenIssuer } from './oidc/access-tokens.ts';
import { createPolicy, type Policy } from './policy.ts';
import type { ApiKeyPolicy, IssuerPolicy, PolicyConfig } from './policy-config.ts';

/** Who is known, and what they may do. */
export interface AccessOptions extends PolicyConfig {
  readonly issuers: readonly (TokenIssuer & IssuerPolicy)[];
  readonly apiKeys: readonly (ApiKeyEntry & ApiKeyPolicy)[];
}

export interface AccessSurroundings {
  /** Whether some origin is asked with the caller's own token. */
  readonly isForwarded: boolean;
  /** Keyed hash of a token: tells nothing of it. */
  readonly hash: (token: string) => string;
  /** How long a token counts that does not say when it ends and that only origins judge, in seconds. */
  readonly opaqueTokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told of each time that a provider could not be asked. */
  readonly onFailure?: ((issuer: string, error: Error) => void) | undefined;
}

/** Access control, as it is configured. Where issuers are known a token is theirs, also where origins are asked with it. */
export async function createAccess(
  options: AccessOptions,
  { isForwarded, hash, opaqueTokenSeconds, clock, onFailure }: AccessSurroundings,
): Promise<{ readonly policy: Policy; readonly authenticate: Authenticate }> {
  const { issuers, apiKeys, anonymousScopes } = options;
  const policy = createPolicy(options);
  const isKnown = issuers.length + apiKeys.length > 0;
  const callerTokens = isForwarded && !isKnown ? createCallerTokens({ hash, opaqueTokenSeconds, clock }) : null;
  const authenticate = createAuthentication({
    policy,
    allowsAnonymous: anonymousScopes.length > 0,
    identifyApiKey: apiKeys.length > 0 ? createApiKeys(apiKeys, clock) : null,
    identifyToken: issuers.length > 0 ? await accessTokens() : callerTokens,
  });
  return { policy, authenticate };

  async function accessTokens() {
    const { createAccessTokens } = await import('./oidc/access-tokens.ts'); // and with it jose, where tokens are taken
    return createAccessTokens({ issuers, claimsOf: policy.claimsOf, keepsToken: isForwarded, clock, onFailure });
  }
}
