import type { LinkAuthority } from './redeem.ts';

/** Ends links that were minted so far. Each gives the new epoch, and throws a RevocationStateError where it is not kept. */
export interface LinkRevoker {
  study(origin: string, study: string): Promise<number>;
  /** @param principalId - As links are minted for it; only its keyed hashes are kept. */
  subject(principalId: string): Promise<number>;
  origin(origin: string): Promise<number>;
}

export const createLinkRevoker = ({ keys, revocations }: LinkAuthority): LinkRevoker => ({
  study: (origin, study) => revocations.revoke({ kind: 'study', origin, study }),
  subject: (principalId) => revocations.revoke({ kind: 'subject', subjects: keys.subjects(principalId) }),
  origin: (origin) => revocations.revoke({ kind: 'origin', origin }),
});
