import type { CallerToken } from './caller-token.ts';
import type { RowRules } from './row-rules.ts';
import { type Scope, scopes } from './scopes.ts';

/** Who asks, as far as the facade knows. */
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
}

/**
 * Whoever can connect, where there is no access control: that they can is the one control.
 *
 * @param granted - What they may do; by default everything.
 */
export const createAnonymous = (granted: Iterable<Scope> = scopes): Principal =>
  Object.freeze({ subject: 'anonymous', scopes: new Set(granted), expiresAt: null, token: null, rows: null });
