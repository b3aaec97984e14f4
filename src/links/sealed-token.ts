import type { LinkForm, LinkGrant } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import { openBytes, sealBytes } from './sealing.ts';

/**
 * The token of an opaque link: version and key id of the encoding as they are, the rest sealed with keys of the form
 * ({@link sealBytes}, purpose `links/FORM`), all of it as base64url without padding.
 *
 * @returns null: no such key.
 */
export function sealToken(encoding: Buffer, { keyId, form }: LinkGrant, keys: LinkKeys): string | null {
  const sealing = keys.sealingKeys(keyId, `links/${form}`);
  if (sealing === undefined) return null;
  const head = encoding.subarray(0, headLength(encoding));
  return Buffer.concat([head, sealBytes(sealing, head, encoding.subarray(head.length))]).toString('base64url');
}

/** The encoding that {@link sealToken} sealed; null: it did not seal this, or not as this form. */
export function openToken(token: string, form: LinkForm, keys: LinkKeys): Buffer | null {
  const bytes = Buffer.from(token, 'base64url');
  const head = bytes.subarray(0, headLength(bytes));
  const sealing = keys.sealingKeys(head.toString('latin1', 2), `links/${form}`);
  if (sealing === undefined) return null;
  const opened = openBytes(sealing, head, bytes.subarray(head.length));
  // Several texts decode to the same bytes; only the one that these bytes encode to is taken.
  if (opened === null || bytes.toString('base64url') !== token) return null;
  return Buffer.concat([head, opened]);
}

/** Version, and the key id with its length, which is one byte: ids have at most 16 characters. */
const headLength = (bytes: Buffer): number => 2 + (bytes[1] ?? 0);
