import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CallerToken } from './caller-token.ts';

/** Tokens of callers who were given links, kept for those who open them. */
export interface KeptTokens {
  /**
   * @param subject - As in the links: the subject's hash.
   * @param expiresAt - When the token ends, in seconds since the epoch; it is kept no longer than {@link maxKeptSeconds}.
   */
  keep(subject: string, token: CallerToken, expiresAt: number): void;
  /** null: not kept, or not any more. */
  find(subject: string): CallerToken | null;
}

/** No link lives longer, so that no token is needed for longer. */
export const maxKeptSeconds = 3_600;

interface Sealed {
  readonly nonce: Buffer;
  readonly bytes: Buffer;
  readonly tag: Buffer;
  readonly expiresAt: number;
}

/**
 * Tokens in the memory of this process, sealed (AES-256-GCM, bound to their subject) by a key that it does not share: none
 * survives it, and another process has none of them.
 *
 * @param clock - Milliseconds since the epoch.
 * @param maxTokens - Beyond these the one kept longest ago goes, and what links it was for are refused.
 */
export function createKeptTokens(clock: () => number, maxTokens = 10_000): KeptTokens {
  const key = randomBytes(32);
  const kept = new Map<string, Sealed>();

  function dropOld(now: number): void {
    for (const [subject, { expiresAt }] of kept) {
      if (expiresAt > now && kept.size <= maxTokens) break; // the order is that of keeping, and so about that of ending
      kept.delete(subject);
    }
  }

  return {
    keep(subject, token, expiresAt) {
      const now = clock() / 1000;
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(subject));
      const bytes = Buffer.concat([cipher.update(token.reveal(), 'utf8'), cipher.final()]);
      kept.delete(subject);
      kept.set(subject, {
        nonce,
        bytes,
        tag: cipher.getAuthTag(),
        expiresAt: Math.min(expiresAt, now + maxKeptSeconds),
      });
      dropOld(now);
    },
    find(subject) {
      const sealed = kept.get(subject);
      if (sealed === undefined) return null;
      if (sealed.expiresAt <= clock() / 1000) {
        kept.delete(subject);
        return null;
      }
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce).setAAD(Buffer.from(subject));
      decipher.setAuthTag(sealed.tag);
      return new CallerToken(Buffer.concat([decipher.update(sealed.bytes), decipher.final()]).toString('utf8'));
    },
  };
}
