import { z } from 'zod';
import type { Identity } from './identity.ts';

/** An identity as it is written to a file. */
export interface KeptIdentity {
  /** Hash of the subject, as in the links. */
  readonly subject: string;
  /** When no link can need it any more, in seconds since the epoch. */
  readonly until: number;
  readonly identity: Identity;
}

const schema = z.strictObject({
  version: z.literal(1),
  subject: z.string(),
  until: z.number(),
  identity: z.strictObject({
    subject: z.string(),
    kind: z.enum(['anonymous', 'oidc', 'api-key', 'token']),
    claims: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
    expiresAt: z.number().nullable(),
  }),
});

/** Without the caller's own token, which is not written anywhere. */
export const encodeIdentity = ({ subject, until, identity: { token: _, ...identity } }: KeptIdentity): string =>
  JSON.stringify({ version: 1, subject, until, identity });

/** null: not one, or of another version. */
export function decodeIdentity(text: string): KeptIdentity | null {
  try {
    const { subject, until, identity } = schema.parse(JSON.parse(text));
    return { subject, until, identity: { ...identity, token: null } };
  } catch {
    return null;
  }
}
