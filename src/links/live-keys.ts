import type { LinkKeys } from './keys.ts';

/** Keys that can be exchanged under whoever uses them. */
export interface LiveLinkKeys extends LinkKeys {
  /** From now on these are the keys: links of those that are not among them are not valid any more. */
  replace(next: LinkKeys): void;
}

export function createLiveLinkKeys(first: LinkKeys): LiveLinkKeys {
  let now = first;
  return {
    get currentKeyId() {
      return now.currentKeyId;
    },
    mac: (keyId, form) => now.mac(keyId, form),
    sealingKeys: (keyId, purpose) => now.sealingKeys(keyId, purpose),
    subject: (keyId, principalId) => now.subject(keyId, principalId),
    subjects: (principalId) => now.subjects(principalId),
    snapshot: () => now.snapshot(),
    replace(next) {
      now = next.snapshot();
    },
  };
}
