import { timingSafeEqual } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, maxGrantBytes } from './byte-writer.ts';
import { checkGrant } from './check-grant.ts';
import { decodeGrant, writeGrant } from './encoding.ts';
import { isOpaque, type LinkForm, type LinkGrant } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import { LinkExpiredError, LinkGrantError, LinkInvalidError } from './link-error.ts';
import { macLength } from './mac.ts';
import { openToken, sealToken } from './sealed-token.ts';

/** Longest token, in characters. */
export const maxTokenLength = 4_096;

const tokenGrammar = /^[A-Za-z0-9_-]+$/;

const writer = new ByteWriter(maxGrantBytes);

/**
 * A token: the grant's encoding as base64url without padding, and right behind it the HMAC-SHA256 of the encoding as
 * base64url, always 43 characters. That of an opaque link: {@link sealToken}.
 *
 * @throws {LinkGrantError} A grant whose parts do not go together, are out of range, or too long together.
 * @throws {LinkInvalidError} No such key (any more), so that whatever it signed is not valid either.
 */
export function signGrant(grant: LinkGrant, keys: LinkKeys): string {
  checkGrant(grant);
  writeGrant(writer, grant);
  const encoding = writer.bytes.subarray(0, writer.length);
  const token = isOpaque(grant) ? sealToken(encoding, grant, keys) : signToken(encoding, grant, keys);
  if (token === null) throw new LinkInvalidError();
  if (token.length > maxTokenLength) {
    throw new LinkGrantError('the whole', 'is too long for a URL', 'REPRESENTATION_UNAVAILABLE');
  }
  return token;
}

/**
 * What a token grants, if it is authentic as this form and good now.
 *
 * The order is deliberate: a forger learns nothing of clocks or of studies. Length and alphabet; authenticity, by a MAC
 * (of an opaque link, the cipher's tag) that is compared in constant time; the one spelling that base64url has of these
 * bytes; the encoding; the time.
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
  const encoding = versionOf(token) > 1 ? openToken(token, form, keys) : verifyToken(token, form, keys);
  if (encoding === null) throw new LinkInvalidError();

  const grant = decodeGrant(encoding);
  if (grant.form !== form || !isCoherent(grant)) throw new LinkInvalidError();
  if (now < grant.notBefore) throw new LinkInvalidError();
  if (now >= grant.expiresAt) throw new LinkExpiredError(grant.expiresAt);
  return grant;
}

/** The first byte of either kind of token, before anything is known to be authentic. */
const versionOf = (token: string): number => Buffer.from(token.slice(0, 2), 'base64url')[0] ?? 0;

function signToken(encoding: Buffer, { keyId, form }: LinkGrant, keys: LinkKeys): string | null {
  const mac = keys.mac(keyId, form);
  return mac === undefined ? null : encoding.toString('base64url') + mac(encoding);
}

/** The encoding that {@link signToken} signed; null: it did not sign this, or not as this form. */
function verifyToken(token: string, form: LinkForm, keys: LinkKeys): Buffer | null {
  const text = token.slice(0, -macLength);
  const encoding = Buffer.from(text, 'base64url');
  const mac = keys.mac(readKeyId(encoding), form);
  if (mac === undefined) return null;
  // Several texts decode to the same bytes; only the one that these bytes encode to is taken, of the MAC and of the rest.
  const isAuthentic = timingSafeEqual(Buffer.from(mac(encoding)), Buffer.from(token.slice(-macLength)));
  return isAuthentic && encoding.toString('base64url') === text ? encoding : null;
}

function readKeyId(encoding: Buffer): string {
  const reader = new ByteReader(encoding);
  reader.byte(); // the version stands before it
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
