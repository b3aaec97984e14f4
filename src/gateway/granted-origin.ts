import type { KeptTokens } from '../access/kept-tokens.ts';
import { FacadeError } from '../errors.ts';
import type { LinkGrant } from '../links/grant.ts';
import type { Origin } from '../origin/origin.ts';

/** Where grants lead. */
export interface GrantedOrigins {
  /** By id. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Of callers, for origins that are asked with them; without it those are not asked. */
  readonly tokens?: Pick<KeptTokens, 'find'> | undefined;
}

/**
 * The origin of a grant; where it takes the caller's own token, as it is seen with the token of the one for whom the link was
 * minted.
 *
 * @throws {FacadeError} NOT_FOUND: it is not configured any more. UNAUTHENTICATED: the token is gone.
 */
export function originOf({ origin: id, subject }: LinkGrant, { origins, tokens }: GrantedOrigins): Origin {
  const origin = origins.get(id);
  if (origin === undefined) throw new FacadeError('NOT_FOUND', 'The origin is not configured any more');
  if (origin.config.credentials.kind !== 'forward') return origin;
  const token = tokens?.find(subject) ?? null;
  if (token === null) {
    throw new FacadeError('UNAUTHENTICATED', 'The token that this link was made with is gone: ask for a new link');
  }
  // One user may have two tokens, of which one may see less: what is kept for one is not for the other.
  return origin.forCaller({ subject: `${subject} ${token.fingerprint()}`, token });
}
