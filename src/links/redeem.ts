import type { LinkForm, LinkGrant } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import type { Revocations } from './revocation.ts';
import { verifyLink } from './token.ts';

/** By what links are redeemed. */
export interface LinkAuthority {
  readonly keys: LinkKeys;
  readonly revocations: Revocations;
}

/**
 * What a token grants, if it is authentic as this form, good now, and not revoked: in this order, so that only who holds an
 * authentic link learns that it was revoked. What it is asked for is checked after.
 *
 * @param now - Seconds since the epoch.
 * @throws {LinkInvalidError} {@link verifyLink}
 * @throws {LinkExpiredError} Authentic, but too late.
 * @throws {LinkRevokedError} Authentic and in time, but revoked.
 * @throws {RevocationStateError} Whether it was revoked is not known.
 */
export function redeemLink(
  token: string,
  form: LinkForm,
  now: number,
  { keys, revocations }: LinkAuthority,
): LinkGrant {
  const grant = verifyLink(token, keys, form, now);
  revocations.check(grant);
  return grant;
}

/** Whether links can be minted and opened now: there is a key that signs, and what was revoked is known. */
export function areLinksUsable({ keys, revocations }: LinkAuthority): boolean {
  try {
    return keys.mac(keys.currentKeyId, 'resource') !== undefined && revocations.epoch >= 0;
  } catch {
    return false;
  }
}
