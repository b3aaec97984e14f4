import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type LinkForm, linkForms } from './grant.ts';
import { createMac, type Mac } from './mac.ts';
import type { SealingKeys } from './sealing.ts';

/** Shortest secret taken, in bytes: the output of the hash that it keys. */
export const minLinkSecretBytes = 32;

const keyIdGrammar = /^[A-Za-z0-9_-]{1,16}$/;
const salt = 'dicomweb-graphql';

/**
 * The keys that links are signed and verified with, derived from the configured secrets (HKDF-SHA256, salt
 * `dicomweb-graphql`), each kind of use with one of its own: what is authentic for one is not for another.
 *
 * What these give may change from one call to the next, as keys are rotated under a running program: ask at each use, and
 * keep nothing.
 */
export interface LinkKeys {
  /** The one that new links are signed with. */
  readonly currentKeyId: string;
  /** Signs one form of links (info `links/v1/FORM`); undefined: no such key. */
  mac(keyId: string, form: LinkForm): Mac | undefined;
  /** Seal for one purpose (info `opaque/v1/encrypt/PURPOSE`, `opaque/v1/nonce/PURPOSE`); undefined: no such key. */
  sealingKeys(keyId: string, purpose: string): SealingKeys | undefined;
  /**
   * Keyed hash of a principal's id (info `links/v1/subject`): 32 lower-case hex digits. Tells nothing of the id to one
   * without the key.
   *
   * @throws {RangeError} No such key.
   */
  subject(keyId: string, principalId: string): string;
  /** The hashes that links of a principal may bear: one for each key. */
  subjects(principalId: string): readonly string[];
  /** The keys as they are now, for work that is done with one of them from beginning to end. */
  snapshot(): LinkKeys;
}

/**
 * @param secrets - Key id (1 to 16 of `A-Z a-z 0-9 _ -`) to a secret of at least 32 bytes: the current one, and those
 *   of before for as long as links signed with them may be about (an hour).
 * @param currentKeyId - Which of them signs. By default the first.
 * @throws {RangeError} No key, a malformed id, or a secret too short.
 */
export function createLinkKeys(secrets: ReadonlyMap<string, KeyObject>, currentKeyId?: string): LinkKeys {
  for (const [keyId, secret] of secrets) {
    if (!keyIdGrammar.test(keyId)) throw new RangeError('The id of a link key is 1 to 16 of A-Z a-z 0-9 _ -');
    if (secret.type !== 'secret' || (secret.symmetricKeySize ?? 0) < minLinkSecretBytes) {
      throw new RangeError(`The link key "${keyId}" is not a secret of at least ${minLinkSecretBytes} bytes`);
    }
  }
  const current = currentKeyId ?? secrets.keys().next().value;
  if (current === undefined || !secrets.has(current)) throw new RangeError('There is no current link key');
  const deriveOf = new Map([...secrets].map(([keyId, secret]) => [keyId, createDerive(secret)]));
  const macsOf = new Map(
    [...deriveOf].map(([keyId, derive]) => [
      keyId,
      new Map(linkForms.map((form) => [form, createMac(derive(`links/v1/${form}`))])),
    ]),
  );
  const subjectOf = new Map(
    [...deriveOf].map(([keyId, derive]) => [keyId, createSubjectHash(derive('links/v1/subject'))]),
  );
  const sealingOf = new Map([...deriveOf].map(([keyId, derive]) => [keyId, createSealingKeys(derive)]));

  const keys: LinkKeys = {
    currentKeyId: current,
    mac: (keyId, form) => macsOf.get(keyId)?.get(form),
    sealingKeys: (keyId, purpose) => sealingOf.get(keyId)?.(purpose),
    subject(keyId, principalId) {
      const hash = subjectOf.get(keyId);
      if (hash === undefined) throw new RangeError('No such link key');
      return hash(principalId);
    },
    subjects: (principalId) => [...subjectOf.values()].map((hash) => hash(principalId)),
    snapshot: () => keys,
  };
  return keys;
}

/**
 * 16 hex digits by which people compare secrets without seeing them (info `links/v1/fingerprint`).
 *
 * @param secret - Of at least 32 random bytes: nothing shorter could stand being known by this.
 */
export const fingerprintOf = (secret: KeyObject): string =>
  createDerive(secret)('links/v1/fingerprint').export().toString('hex').slice(0, 16);

/** A key of one secret by HKDF's `info`. */
type Derive = (info: string) => KeyObject;

const createDerive =
  (secret: KeyObject): Derive =>
  (info) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, info, 32)));

/** Derived when they are first asked for: the purposes are a few, and in the code. */
function createSealingKeys(derive: Derive): (purpose: string) => SealingKeys {
  const known = new Map<string, SealingKeys>();
  return (purpose) => {
    let keys = known.get(purpose);
    if (keys === undefined) {
      keys = {
        encryption: derive(`opaque/v1/encrypt/${purpose}`),
        nonce: createMac(derive(`opaque/v1/nonce/${purpose}`)),
      };
      known.set(purpose, keys);
    }
    return keys;
  };
}

/** Of those who were asked for lately the hash is remembered: it is asked for with each link that is opened. */
function createSubjectHash(key: KeyObject): (principalId: string) => string {
  const known = new LRUCache<string, string>({ max: 1_000 });
  return (principalId) => {
    let hash = known.get(principalId);
    if (hash === undefined) {
      hash = createHmac('sha256', key).update(principalId, 'utf8').digest('hex').slice(0, 32);
      known.set(principalId, hash);
    }
    return hash;
  };
}
