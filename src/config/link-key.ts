import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { mustBe } from './setting.ts';

/** A secret that links are signed with. The id is part of each link; the secret shows in no log and no dump. */
export interface LinkKey {
  readonly id: string;
  readonly secret: KeyObject;
}

const shape =
  'ID:SECRET, the id of 1 to 16 letters, digits, "-" or "_", the secret of at least 32 bytes in base64url or hex';

/**
 * `ID:SECRET`. A secret of hex digits only is hex where that gives 32 bytes, else base64url; padding and the `+` and `/`
 * of plain base64 are taken too.
 */
export const linkKey = z.string(mustBe(shape)).transform((written, context): LinkKey => {
  const key = parseLinkKey(written);
  if (key !== null) return key;
  context.issues.push({ code: 'custom', message: `must be ${shape}`, input: undefined });
  return z.NEVER;
});

function parseLinkKey(written: string): LinkKey | null {
  const [, id, encoded] = /^([A-Za-z0-9_-]{1,16}):([A-Za-z0-9_\-+/]+)={0,2}$/.exec(written) ?? [];
  if (id === undefined || encoded === undefined) return null;
  const isHex = /^([0-9a-f]{2}){32,}$/i.test(encoded);
  const bytes = Buffer.from(encoded, isHex ? 'hex' : 'base64url');
  return bytes.length >= 32 && bytes.length <= 1024 ? { id, secret: createSecretKey(bytes) } : null;
}
