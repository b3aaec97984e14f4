import type { IncomingHttpHeaders } from 'node:http';
import { FacadeError } from '../errors.ts';
import { type CallerToken, expiryOf, parseBearer } from './caller-token.ts';
import type { Principal } from './principal.ts';

/**
 * From the headers of a request to who sent it.
 *
 * @throws {FacadeError} UNAUTHENTICATED
 */
export type Authenticate = (headers: IncomingHttpHeaders) => Principal | Promise<Principal>;

/** Everyone is the same anonymous principal. Credentials that are sent are not looked at. */
export const createAnonymousAuthentication =
  (anonymous: Principal): Authenticate =>
  () =>
    anonymous;

export interface TokenAuthenticationOptions {
  /** Who sends no token; whoever sends one may do the same. */
  readonly anonymous: Principal;
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
 * decide what it opens. Without one everyone is anonymous.
 */
export function createTokenAuthentication(options: TokenAuthenticationOptions): Authenticate {
  const { anonymous, hash, opaqueTokenSeconds, clock } = options;
  function endOf(token: CallerToken): number {
    const now = clock() / 1000;
    const end = expiryOf(token) ?? Math.floor(now / bucketSeconds) * bucketSeconds + opaqueTokenSeconds;
    if (end <= now) throw new FacadeError('UNAUTHENTICATED', 'The bearer token has ended');
    return end;
  }
  return ({ authorization }) => {
    const token = parseBearer(authorization);
    if (token === null) return anonymous;
    return { ...anonymous, subject: `token:${hash(token.reveal())}`, expiresAt: endOf(token), token };
  };
}
