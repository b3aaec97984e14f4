import { createHmac, timingSafeEqual } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, maxGrantBytes } from './byte-writer.ts';
import { checkGrant } from './check-grant.ts';
import { decodeGrant, writeGrant } from './encoding.ts';
import type { LinkForm, LinkGrant } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import { LinkExpiredError, LinkGrantError, LinkInvalidError } from './link-error.ts';

/** HMAC-SHA256, 32 bytes, as base64url. */
const macLength = 43;

/** Longest token, in characters. */
export const maxTokenLength = Math.ceil((maxGrantBytes * 4) / 3) + macLength;

const tokenGrammar = /^[A-Za-z0-9_-]+$/;

const writer = new ByteWriter(maxGrantBytes);

/**
 * A token: the grant's encoding as base64url without padding, and right behind it the HMAC-SHA256 of the encoding as
 * base64url, always 43 characters.
 *
 * @throws {LinkGrantError} A grant whose parts do not go together, are out of range, or too long together.
 * @throws {RangeError} No such key.
 */
export function signGrant(grant: LinkGrant, keys: LinkKeys): string {
  checkGrant(grant);
  const key = keys.signingKey(grant.keyId, grant.form);
  if (key === undefined) throw new RangeError('No such link key');
  writeGrant(writer, grant);
  const encoding = writer.bytes.subarray(0, writer.length);
  return encoding.toString('base64url') + createHmac('sha256', key).update(encoding).digest('base64url');
}

/**
 * What a token grants, if it is authentic as this form and good now.
 *
 * The order is deliberate: a forger learns nothing of clocks or of studies. Length and alphabet; the MAC, compared in
 * constant time; the one spelling that base64url has of these bytes; the encoding; the time.
 *
 * @param form - What the caller's route is for. Keys differ by form: a token of another form is not authentic here.
 * @param now - Seconds since the epoch.
 * @throws {LinkInvalidError} Forged, altered, malformed, of another form, or not good yet.
 * @throws {LinkExpiredError} Authentic, but too late.
 */
export function verifyLink(token: string, keys: LinkKeys, form: LinkForm, now: number): LinkGrant {
  if (token.length <= macLength || token.length > maxTokenLength || !tokenGrammar.test(token)) {
    throw new LinkInvalidError();
  }
  const encoding = Buffer.from(token.slice(0, -macLength), 'base64url');
  const key = keys.signingKey(readKeyId(encoding), form);
  if (key === undefined) throw new LinkInvalidError();
  const mac = createHmac('sha256', key).update(encoding).digest();
  if (!timingSafeEqual(mac, Buffer.from(token.slice(-macLength), 'base64url'))) throw new LinkInvalidError();
  // Several texts decode to the same bytes; only the one that these bytes encode to is taken.
  if (encoding.toString('base64url') + mac.toString('base64url') !== token) throw new LinkInvalidError();

  const grant = decodeGrant(encoding);
  if (grant.form !== form || !isCoherent(grant)) throw new LinkInvalidError();
  if (now < grant.notBefore) throw new LinkInvalidError();
  if (now >= grant.expiresAt) throw new LinkExpiredError(grant.expiresAt);
  return grant;
}

/** The key id stands behind the version, before anything is known to be authentic. */
function readKeyId(encoding: Buffer): string {
  const reader = new ByteReader(encoding);
  reader.byte();
  return reader.text();
}

function isCoherent(grant: LinkGrant): boolean {
  try {
    checkGrant(grant);
    return true;
  } catch (error) {
    if (error instanceof LinkGrantError) return false;
    throw error;
  }
}
