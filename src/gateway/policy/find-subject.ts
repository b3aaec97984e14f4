import { anonymousIdentity } from '../../access/identity.ts';
import type { KeptIdentities } from '../../access/kept-identities.ts';
import type { LinkKeys } from '../../links/keys.ts';

/** For whom links with this subject's hash were minted, by name; null: not known, or not any more. */
export async function findSubject(
  hash: string,
  identities: Pick<KeptIdentities, 'find'>,
  keys: Pick<LinkKeys, 'subjects'>,
): Promise<string | null> {
  if (keys.subjects(anonymousIdentity.subject).includes(hash)) return anonymousIdentity.subject;
  const [identity = null] = await identities.find(hash);
  return identity?.subject ?? null;
}
