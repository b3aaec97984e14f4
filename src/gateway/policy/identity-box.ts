import type { IdentityBox } from '../../access/kept-identities.ts';
import type { LinkKeys } from '../../links/keys.ts';
import { openBytes, sealBytes } from '../../links/sealing.ts';

const purpose = 'identities';

/** Seals with the keys of the links: who cannot make a link cannot say for whom one was made. `KEYID.base64url`. */
export function createIdentityBox(keys: LinkKeys): IdentityBox {
  return {
    seal(text) {
      const sealing = keys.sealingKeys(keys.currentKeyId, purpose);
      if (sealing === undefined) throw new RangeError('No such link key');
      const head = Buffer.from(keys.currentKeyId, 'latin1');
      return `${keys.currentKeyId}.${sealBytes(sealing, head, Buffer.from(text)).toString('base64url')}`;
    },
    open(sealed) {
      const [keyId = '', bytes = ''] = sealed.split('.', 2);
      const sealing = keys.sealingKeys(keyId, purpose);
      if (sealing === undefined) return null;
      return (
        openBytes(sealing, Buffer.from(keyId, 'latin1'), Buffer.from(bytes, 'base64url'))?.toString('utf8') ?? null
      );
    },
  };
}
