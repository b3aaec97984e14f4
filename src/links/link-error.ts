/** Forged, altered, malformed, of another purpose or not good yet: one answer for all, so that a forger learns nothing. */
export class LinkInvalidError extends Error {
  override readonly name = 'LinkInvalidError';
  readonly code = 'LINK_INVALID';

  constructor() {
    super('The link is not valid');
  }
}

/** Authentic, but too late. */
export class LinkExpiredError extends Error {
  override readonly name = 'LinkExpiredError';
  readonly code = 'LINK_EXPIRED';
  readonly facts: { readonly expiredAt: string };

  /** @param expiresAt - Seconds since the epoch. */
  constructor(expiresAt: number) {
    super('The link has expired');
    this.facts = { expiredAt: new Date(expiresAt * 1000).toISOString() };
  }
}

/** Authentic and in time, but ended by whoever may. */
export class LinkRevokedError extends Error {
  override readonly name = 'LinkRevokedError';
  readonly code = 'LINK_REVOKED';

  constructor() {
    super('The link was revoked');
  }
}

/** What was to be granted cannot be: a value out of range, a path too long for a URL, parts that do not go together. */
export class LinkGrantError extends Error {
  override readonly name = 'LinkGrantError';
  readonly code: 'BAD_USER_INPUT' | 'REPRESENTATION_UNAVAILABLE' | 'UNAUTHENTICATED';
  readonly facts: { readonly field: string };

  /** @param field - The part of the grant at fault; its value is never told. */
  constructor(field: string, reason: string, code: LinkGrantError['code'] = 'BAD_USER_INPUT') {
    super(`No link can be minted: ${field} ${reason}`);
    this.code = code;
    this.facts = { field };
  }
}
