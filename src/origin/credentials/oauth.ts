import type { Authorizer, RequestToAuthorize } from './authorizer.ts';
import type { OAuthCredentials } from './credentials.ts';
import { type IssuedToken, TokenEndpoint, type TokenEndpointOptions, TokenFailure } from './token-endpoint.ts';

/** A token is not used in its last minute, nor in the last fifth of a short life: it has to arrive, too. */
const marginMs = 60_000;
const marginShare = 0.2;
/** A token that the origin refuses is replaced at most so often: where no token is right, new ones do not help. */
const renewalMs = 10_000;
/** An authorisation server that refused us is not asked again for so long: it may count, and lock us out. */
const refusalMs = 10_000;

/**
 * Bearer tokens of the client credentials grant. One token serves all requests until shortly before it expires; requests
 * that need one at the same time wait for the same.
 */
export function createOAuthAuthorizer(credentials: OAuthCredentials, options: TokenEndpointOptions): Authorizer {
  const endpoint = new TokenEndpoint(credentials, options);
  let held: { readonly token: IssuedToken; readonly goodUntil: number } | null = null;
  let refused: { readonly failure: TokenFailure; readonly until: number } | null = null;
  let running: Promise<IssuedToken> | null = null;
  let renewedAt = Number.NEGATIVE_INFINITY;

  async function issue(): Promise<IssuedToken> {
    try {
      const askedAt = performance.now();
      const token = await endpoint.issue();
      const lifeMs = token.expiresInSeconds * 1_000;
      held = { token, goodUntil: askedAt + lifeMs - Math.min(marginMs, lifeMs * marginShare) };
      return token;
    } catch (error) {
      if (error instanceof TokenFailure && error.kind === 'refused') {
        refused = { failure: error, until: performance.now() + refusalMs };
      }
      throw error;
    } finally {
      running = null;
    }
  }

  async function current({ facts, signal }: RequestToAuthorize): Promise<IssuedToken> {
    const now = performance.now();
    if (held !== null && now < held.goodUntil) return held.token;
    if (refused !== null && now < refused.until) throw refused.failure.toError(facts);
    running ??= issue();
    try {
      return await unlessAborted(running, signal);
    } catch (error) {
      throw error instanceof TokenFailure ? error.toError(facts) : error;
    }
  }

  return {
    headersFor: async (request) => ({ authorization: `Bearer ${(await current(request)).value}` }),
    onRefused(authorization) {
      // Another request may have replaced it already.
      if (held === null || authorization !== `Bearer ${held.token.value}`) return true;
      const now = performance.now();
      if (now - renewedAt < renewalMs) return false;
      renewedAt = now;
      held = null;
      return true;
    },
    close: () => endpoint.close(),
  };
}

/** Others wait for the same promise: giving up ends the wait alone. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
