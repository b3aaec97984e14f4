import { createHmac, timingSafeEqual } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, maxGrantBytes } from './byte-writer.ts';
import { checkGrant } from './check-grant.ts';
import { decodeGrant, writeGrant } from './encoding.ts';
import type { LinkForm, LinkGrant } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import { LinkExpiredError, LinkGrantError, LinkInvalidError } from './link-error.ts';

const macBytes = 32;

/** Longest token, in characters. */
export const maxTokenLength = Math.ceil(((maxGrantBytes + macBytes) * 4) / 3);

const tokenGrammar = /^[A-Za-z0-9_-]+$/;

const writer = new ByteWriter(maxGrantBytes + macBytes);

/**
 * A token: base64url, unpadded, of the grant's encoding and its HMAC-SHA256.
 *
 * @throws {LinkGrantError} A grant whose parts do not go together, are out of range, or too long together.
 * @throws {RangeError} No such key.
 */
export function signGrant(grant: LinkGrant, keys: LinkKeys): string {
  checkGrant(grant);
  const key = keys.signingKey(grant.keyId, grant.form);
  if (key === undefined) throw new RangeError('No such link key');
  writeGrant(writer, grant);
  const { bytes, length } = writer;
  const mac = createHmac('sha256', key).update(bytes.subarray(0, length)).digest();
  mac.copy(bytes, length);
  return bytes.toString('base64url', 0, length + macBytes);
}

/**
 * What a token grants, if it is authentic as this form and good now.
 *
 * The order is deliberate: a forger learns nothing of clocks or of studies. Length and alphabet; the one spelling that
 * base64url has of these bytes; the MAC, compared in constant time; the encoding; the time.
 *
 * @param form - What the caller's route is for. Keys differ by form: a token of another form is not authentic here.
 * @param now - Seconds since the epoch.
 * @throws {LinkInvalidError} Forged, altered, malformed, of another form, or not good yet.
 * @throws {LinkExpiredError} Authentic, but too late.
 */
export function verifyLink(token: string, keys: LinkKeys, form: LinkForm, now: number): LinkGrant {
  if (token.length > maxTokenLength || !tokenGrammar.test(token)) throw new LinkInvalidError();
  const bytes = Buffer.from(token, 'base64url');
  // Several texts decode to the same bytes; only the one that these bytes have is taken.
  if (bytes.length <= macBytes || bytes.toString('base64url') !== token) throw new LinkInvalidError();

  const encoding = bytes.subarray(0, -macBytes);
  const key = keys.signingKey(readKeyId(encoding), form);
  if (key === undefined) throw new LinkInvalidError();
  const mac = createHmac('sha256', key).update(encoding).digest();
  if (!timingSafeEqual(mac, bytes.subarray(-macBytes))) throw new LinkInvalidError();

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
