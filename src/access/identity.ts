import type { CallerToken } from './caller-token.ts';

/**
 * Who asks, as its credentials prove it: what remains of a verified token or key. What it may do is not in here; today's
 * policy says that, at minting as at redemption.
 */
export interface Identity {
  /** Stable for one user or program, and never the same for two issuers. */
  readonly subject: string;
  /** `anonymous`, `oidc`, `api-key` or `token` (a caller's token that only origins judge). */
  readonly kind: 'anonymous' | 'oidc' | 'api-key' | 'token';
  /** The claims that the policy's configuration names, each a list of texts: nothing else of a token is kept. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** When its credentials end, in seconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  /** For origins that take the caller's own token; null: it sent none, or none of them does. */
  readonly token: CallerToken | null;
}

/** Whoever sends no credentials. */
export const anonymousIdentity: Identity = Object.freeze({
  subject: 'anonymous',
  kind: 'anonymous',
  claims: {},
  expiresAt: null,
  token: null,
});

/** The subject of an API key. Subjects of issuers begin with their URL, so that none is the same. */
export const subjectOfApiKey = (id: string): string => `key:${id}`;

/** The subject of somebody whom an issuer knows; no issuer has a `#` in it. */
export const subjectOfIssuer = (issuer: string, subject: string): string => `${issuer}#${subject}`;
