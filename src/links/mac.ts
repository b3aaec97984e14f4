import { hash, type KeyObject } from 'node:crypto';

/** HMAC-SHA256 of one or two pieces, one behind the other: base64url without padding, 43 characters. */
export type Mac = (bytes: Buffer, more?: Buffer) => string;

/** Characters of a {@link Mac}. */
export const macLength = 43;

const blockBytes = 64;
const digestBytes = 32;
/** What is signed is short; only what is longer needs memory of its own. */
const usualBytes = 4_096;

/**
 * A key to be used many times: HMAC by its definition, as two hashes of what begins with the key. Node's one-shot hash takes
 * half the time of its Hmac objects, and this is most of the cost of a link.
 *
 * @param key - At most 64 bytes.
 * @see RFC 2104 §2
 */
export function createMac(key: KeyObject): Mac {
  const secret = key.export();
  if (secret.length > blockBytes) throw new RangeError('A key longer than a block would have to be hashed first');
  const inner = padded(secret, 0x36, usualBytes);
  const outer = padded(secret, 0x5c, digestBytes);
  return (bytes, more) => {
    const moreAt = blockBytes + bytes.length;
    const end = moreAt + (more?.length ?? 0);
    const message = end <= inner.length ? inner : Buffer.concat([inner.subarray(0, blockBytes)], end);
    bytes.copy(message, blockBytes);
    more?.copy(message, moreAt);
    outer.write(hash('sha256', message.subarray(0, end), 'binary'), blockBytes, 'latin1');
    return hash('sha256', outer, 'base64url');
  };
}

function padded(secret: Buffer, pad: number, room: number): Buffer {
  const block = Buffer.alloc(blockBytes + room);
  for (let index = 0; index < blockBytes; index++) block[index] = (secret[index] ?? 0) ^ pad;
  return block;
}
