import type { CallerToken } from './caller-token.ts';
import { anonymousIdentity, type Identity } from './identity.ts';
import type { RowRules } from './row-rules.ts';
import { type Scope, scopes } from './scopes.ts';

/** Who asks, as far as the facade knows, and what it may do: what the policy makes of an identity. */
export interface Principal {
  /** Stable for one user or program. Goes into links as a keyed hash, never as it is. */
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
  /** When its credentials end, in seconds since the epoch: nothing minted for it lives longer. null: never. */
  readonly expiresAt: number | null;
  /** What origins are asked with that take the caller's own token; null: it sent none, or none of them does. */
  readonly token: CallerToken | null;
  /** Which studies it may see; null: every one. */
  readonly rows: RowRules | null;
  /** What the policy was asked about, to be asked about again where its links are opened. */
  readonly identity: Identity;
}

/**
 * Whoever can connect, where there is no access control: that they can is the one control.
 *
 * @param granted - What they may do; by default everything.
 */
export const createAnonymous = (granted: Iterable<Scope> = scopes): Principal =>
  Object.freeze({
    subject: anonymousIdentity.subject,
    scopes: new Set(granted),
    expiresAt: null,
    token: null,
    rows: null,
    identity: anonymousIdentity,
  });
