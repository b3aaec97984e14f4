import { describe, expect, test } from 'vitest';
import type { LinkForm } from '../../src/links/grant.ts';
import type { LinkPrincipal, PrincipalLinks } from '../../src/links/mint.ts';
import { verifyLink } from '../../src/links/token.ts';
import { image, linkKeys, minterAt, noon, study, tokenOf } from '../support/links.ts';

interface Kind {
  readonly form: LinkForm;
  /** The longest that it lives, in seconds. */
  readonly longest: number;
  readonly mint: (links: PrincipalLinks) => { readonly url: string; readonly expiresAt: Date };
}

const kinds: readonly Kind[] = [
  { form: 'resource', longest: 600, mint: (links) => links.native('main', image) },
  {
    form: 'template',
    longest: 3_600,
    mint: (links) => {
      const { template, expiresAt } = links.frameTemplate('main', image, 3);
      return { url: template, expiresAt };
    },
  },
  { form: 'root', longest: 3_600, mint: (links) => links.dicomwebRoot('main', { study }, ['METADATA']) },
  { form: 'upload', longest: 600, mint: (links) => links.upload('main', { study, maxBytes: 1 }) },
];
const everyKind = kinds.flatMap((kind) => [false, true].map((opaque) => ({ ...kind, opaque })));

describe.each(everyKind)('a $form (opaque: $opaque)', ({ form, longest, mint, opaque }) => {
  const mintAt = (now: number, principal: Partial<LinkPrincipal> = {}) =>
    mint(minterAt(now).linksFor({ id: 'a', opaque, ...principal }));
  const grantAt = (now: number, principal: Partial<LinkPrincipal> = {}) =>
    verifyLink(tokenOf(mintAt(now, principal).url), linkKeys, form, now);
  /** What is used once is in no bucket: each is another. */
  const isBucketed = form !== 'upload';

  test('is the same for 120 s, and another from then on', () => {
    expect(mintAt(noon).url === mintAt(noon + 119.9).url).toBe(isBucketed);
    expect(mintAt(noon).url).not.toBe(mintAt(noon + 120).url);
  });

  test('is good from 30 s before its time, for as long as its form lives', () => {
    const { notBefore, expiresAt } = grantAt(noon + 60);
    const beginning = isBucketed ? noon : noon + 60;
    expect({ notBefore, expiresAt }).toEqual({ notBefore: beginning - 30, expiresAt: beginning + longest });
    expect(mintAt(noon + 60).expiresAt.getTime()).toBe(expiresAt * 1_000);
  });

  test('ends with the token of whoever it is for, in every second of a bucket', () => {
    for (let second = 0; second < 120; second++) {
      const now = noon + second;
      for (const left of [1, 60, 240, longest - 1]) {
        expect(grantAt(now, { expiresAt: now + left + 0.5 }).expiresAt).toBeLessThanOrEqual(now + left);
      }
    }
  });

  test('is not for one whose token has ended', () => {
    expect(() => mintAt(noon, { expiresAt: noon })).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });
});
