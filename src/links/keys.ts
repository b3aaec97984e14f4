import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { type LinkForm, linkForms } from './grant.ts';

/** Shortest secret taken, in bytes: the output of the hash that it keys. */
export const minLinkSecretBytes = 32;

const keyIdGrammar = /^[A-Za-z0-9_-]{1,16}$/;
const salt = 'dicomweb-graphql';

/**
 * The keys that links are signed and verified with, derived once from the configured secrets.
 *
 * Each form has a key of its own (HKDF-SHA256, salt `dicomweb-graphql`, info `links/v1/FORM`), so that a token of one
 * form is not authentic as another; the subject's hash has one as well (`links/v1/subject`).
 */
export interface LinkKeys {
  /** The one that new links are signed with. */
  readonly currentKeyId: string;
  /** undefined: no such key. */
  signingKey(keyId: string, form: LinkForm): KeyObject | undefined;
  /**
   * Keyed hash of a principal's id: 32 lower-case hex digits. Tells nothing of the id to one without the key.
   *
   * @throws {RangeError} No such key.
   */
  subject(keyId: string, principalId: string): string;
  /** The hashes that links of a principal may bear: one for each key. */
  subjects(principalId: string): readonly string[];
}

/**
 * @param secrets - Key id (1 to 16 of `A-Z a-z 0-9 _ -`) to a secret of at least 32 bytes: the current one, and those
 *   of before for as long as links signed with them may be about (an hour).
 * @param currentKeyId - Which of them signs. By default the first.
 * @throws {RangeError} No key, a malformed id, or a secret too short.
 */
export function createLinkKeys(secrets: ReadonlyMap<string, KeyObject>, currentKeyId?: string): LinkKeys {
  const derived = new Map<string, { readonly forms: ReadonlyMap<LinkForm, KeyObject>; readonly subject: KeyObject }>();
  for (const [keyId, secret] of secrets) {
    if (!keyIdGrammar.test(keyId)) throw new RangeError('The id of a link key is 1 to 16 of A-Z a-z 0-9 _ -');
    if (secret.type !== 'secret' || (secret.symmetricKeySize ?? 0) < minLinkSecretBytes) {
      throw new RangeError(`The link key "${keyId}" is not a secret of at least ${minLinkSecretBytes} bytes`);
    }
    const forms = new Map(linkForms.map((form) => [form, derive(secret, form)]));
    derived.set(keyId, { forms, subject: derive(secret, 'subject') });
  }
  const current = currentKeyId ?? derived.keys().next().value;
  if (current === undefined || !derived.has(current)) throw new RangeError('There is no current link key');
  return {
    currentKeyId: current,
    signingKey: (keyId, form) => derived.get(keyId)?.forms.get(form),
    subject(keyId, principalId) {
      const key = derived.get(keyId)?.subject;
      if (key === undefined) throw new RangeError('No such link key');
      return hashOf(key, principalId);
    },
    subjects: (principalId) => [...derived.values()].map(({ subject }) => hashOf(subject, principalId)),
  };
}

const hashOf = (key: KeyObject, principalId: string): string =>
  createHmac('sha256', key).update(principalId, 'utf8').digest('hex').slice(0, 32);

function derive(secret: KeyObject, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, `links/v1/${purpose}`, 32)));
}
