import { createCipheriv, createDecipheriv, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Mac } from './mac.ts';

/** Two keys, for one purpose. */
export interface SealingKeys {
  readonly encryption: KeyObject;
  /** Makes nonces out of what is sealed. */
  readonly nonce: Mac;
}

const nonceBytes = 12;
const tagBytes = 16;
/** Lengths are told to no closer than this. */
const blockBytes = 16;

/** How many bytes {@link sealBytes} makes of so many. */
export const sealedLength = (bytes: number): number => nonceBytes + paddedLength(bytes) + tagBytes;

/**
 * Encrypts and authenticates, the same way each time: equal bytes give equal results, so that URLs and ids stay equal and
 * nothing is told but that they are.
 *
 * AES-256-GCM. The nonce is the beginning of HMAC-SHA256 of head and bytes under a key of its own (as in RFC 5297, SIV): two
 * contents share one by chance alone. The bytes are padded (ISO/IEC 7816-4: 80, then 00) to a multiple of 16.
 *
 * @param head - Authenticated with it, not encrypted, and not in the result.
 * @returns Nonce, ciphertext, tag.
 * @see NIST SP 800-38D
 */
export function sealBytes(keys: SealingKeys, head: Buffer, bytes: Buffer): Buffer {
  const padded = Buffer.alloc(paddedLength(bytes.length));
  bytes.copy(padded);
  padded[bytes.length] = 0x80;
  const nonce = nonceOf(keys, head, padded);
  const cipher = createCipheriv('aes-256-gcm', keys.encryption, nonce).setAAD(head);
  return Buffer.concat([nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed with these keys and this head; null: nothing was, or it was altered. */
export function openBytes(keys: SealingKeys, head: Buffer, sealed: Buffer): Buffer | null {
  const length = sealed.length - nonceBytes - tagBytes;
  if (length < blockBytes || length % blockBytes !== 0) return null;
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', keys.encryption, nonce, { authTagLength: tagBytes }).setAAD(head);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const padded = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    return null; // the tag is compared here, in constant time
  }
  // One content has one nonce: whoever has but the key of the cipher makes no second spelling.
  if (!timingSafeEqual(nonceOf(keys, head, padded), nonce)) return null;
  const end = padded.lastIndexOf(0x80);
  const isPadded = end >= length - blockBytes && padded.subarray(end + 1).every((byte) => byte === 0);
  return isPadded ? padded.subarray(0, end) : null;
}

const paddedLength = (bytes: number): number => (Math.floor(bytes / blockBytes) + 1) * blockBytes;

const nonceOf = ({ nonce }: SealingKeys, head: Buffer, padded: Buffer): Buffer =>
  Buffer.from(nonce(head, padded).slice(0, (nonceBytes * 4) / 3), 'base64url');
