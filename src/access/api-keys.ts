import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthenticationError } from './authentication-error.ts';
import { type Identity, subjectOfApiKey } from './identity.ts';

/** A key as the configuration holds it: not the key, but what tells it. */
export interface ApiKeyEntry {
  readonly id: string;
  /** SHA-256 of the whole key, 32 bytes in base64url. */
  readonly sha256: string;
  /** Seconds since the epoch; null: never. */
  readonly expiresAt: number | null;
}

/** What every key begins with: whoever finds one, in a repository or a log, can tell what it is. */
export const apiKeyPrefix = 'dwg_';

const grammar = /^dwg_([A-Za-z0-9-]{1,32})_[A-Za-z0-9_-]{43}$/;

/**
 * A hash without salt and stretching is enough here, and one for each request can be paid: those are for secrets that people
 * choose, which can be guessed. These are 32 random bytes.
 */
const hashOf = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();

/** A new key, and its hash. The key is shown to its holder once, and kept nowhere. */
export function makeApiKey(id: string): { readonly key: string; readonly sha256: string } {
  const key = `${apiKeyPrefix}${id}_${randomBytes(32).toString('base64url')}`;
  return { key, sha256: hashOf(key).toString('base64url') };
}

/** @throws {AuthenticationError} No such key, or it has ended: the same for all that is not known. */
export type IdentifyApiKey = (text: string) => Identity;

/** @param clock - Milliseconds since the epoch. */
export function createApiKeys(entries: readonly ApiKeyEntry[], clock: () => number): IdentifyApiKey {
  const known = new Map(entries.map((entry) => [entry.id, { ...entry, hash: Buffer.from(entry.sha256, 'base64url') }]));
  const nobody = randomBytes(32);
  return (text) => {
    const [, id = ''] = grammar.exec(text) ?? [];
    const entry = known.get(id);
    const isGenuine = timingSafeEqual(hashOf(text.slice(0, 256)), entry?.hash ?? nobody);
    if (entry === undefined || !isGenuine) throw new AuthenticationError('invalid_token', 'No such API key');
    if (entry.expiresAt !== null && entry.expiresAt <= clock() / 1000) {
      throw new AuthenticationError('invalid_token', 'The API key has ended');
    }
    return { subject: subjectOfApiKey(id), kind: 'api-key', claims: {}, expiresAt: entry.expiresAt, token: null };
  };
}
