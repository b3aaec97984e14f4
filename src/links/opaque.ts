import type { LinkKeys } from './keys.ts';
import { openBytes, sealBytes, sealedLength } from './sealing.ts';

/** Longest text that is sealed, in bytes of UTF-8. */
export const maxOpaqueTextBytes = 4_096;

const version = 1;
const maxKeyIdLength = 16;

/** Longest token, in characters. */
export const maxOpaqueTokenLength = Math.ceil(((2 + maxKeyIdLength + sealedLength(maxOpaqueTextBytes)) * 4) / 3);

/**
 * Short texts as tokens that tell nothing of them, for whoever may send them back but not read them: UIDs, ids, cursors.
 *
 * Equal texts give equal tokens within one purpose and as long as one key signs, so that clients can compare and cache by
 * them; that, and the length to the next 16 bytes, is all that a token tells. Tokens begin with `AQ`, which no UID does.
 */
export interface OpaqueTexts {
  /**
   * Seals with the current key.
   *
   * @param purpose - A word of the code that asks, never of a client: what is sealed for one cannot be opened for another.
   * @throws {RangeError} Longer than {@link maxOpaqueTextBytes}, or not Unicode text.
   */
  seal(purpose: string, text: string): string;
  /**
   * The text of a token, whichever of the configured keys sealed it.
   *
   * @returns null: not a token of ours, altered, of another purpose, of a key that is gone, or another spelling of one.
   */
  open(purpose: string, token: string): string | null;
}

/**
 * A token is base64url without padding of: version (01) · length of the key's id · the key's id · what {@link sealBytes}
 * makes of the text in UTF-8, with all before it as head and the keys of the purpose `texts/PURPOSE`.
 */
export function createOpaqueTexts(keys: LinkKeys): OpaqueTexts {
  return {
    seal(purpose, text) {
      if (Buffer.byteLength(text) > maxOpaqueTextBytes) throw new RangeError('The text is too long to be sealed');
      if (!text.isWellFormed()) throw new RangeError('Only Unicode text can be sealed');
      const keyId = keys.currentKeyId;
      const sealing = keys.sealingKeys(keyId, purposeOf(purpose));
      if (sealing === undefined) throw new RangeError('No such link key');
      const head = Buffer.concat([Buffer.from([version, keyId.length]), Buffer.from(keyId, 'latin1')]);
      return Buffer.concat([head, sealBytes(sealing, head, Buffer.from(text))]).toString('base64url');
    },
    open(purpose, token) {
      if (token.length > maxOpaqueTokenLength) return null;
      const bytes = Buffer.from(token, 'base64url');
      // Several texts decode to the same bytes; only the one that these bytes encode to is taken.
      if (bytes[0] !== version || bytes.toString('base64url') !== token) return null;
      const head = bytes.subarray(0, 2 + (bytes[1] ?? 0));
      const sealing = keys.sealingKeys(head.toString('latin1', 2), purposeOf(purpose));
      if (sealing === undefined) return null;
      return openBytes(sealing, head, bytes.subarray(head.length))?.toString('utf8') ?? null;
    },
  };
}

const purposeOf = (purpose: string): string => `texts/${purpose}`;
