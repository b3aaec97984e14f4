import { describe, expect, test } from 'vitest';
import { createLinkKeys } from '../../src/links/keys.ts';
import { LinkInvalidError } from '../../src/links/link-error.ts';
import { createLiveLinkKeys } from '../../src/links/live-keys.ts';
import { createOpaqueTexts } from '../../src/links/opaque.ts';
import { areLinksUsable } from '../../src/links/redeem.ts';
import { RevocationStateError } from '../../src/links/revocation.ts';
import { verifyLink } from '../../src/links/token.ts';
import { image, minterAt, noon, secretOf, study, tokenOf } from '../support/links.ts';

const old = createLinkKeys(new Map([['old', secretOf(1)]]));
const both = createLinkKeys(
  new Map([
    ['new', secretOf(2)],
    ['old', secretOf(1)],
  ]),
);
const next = createLinkKeys(new Map([['new', secretOf(2)]]));

describe.each([
  ['readable', false],
  ['opaque', true],
])('when keys are exchanged under a minter, %s links', (_, opaque) => {
  const keys = createLiveLinkKeys(old);
  const minter = minterAt(noon, { keys, opaque });
  const mint = () => tokenOf(minter.linksFor({ id: 'a' }).native('main', image).url);
  const verified = (token: string) => verifyLink(token, keys, 'resource', noon);
  const before = mint();
  const underWay = minter.linksFor({ id: 'a' });

  test('are made with the new key, with the subject that it gives', () => {
    keys.replace(both);
    expect(verified(mint())).toMatchObject({ keyId: 'new', subject: both.subject('new', 'a') });
  });

  test('of before are good while their key is there, and beget their like', () => {
    const grant = verified(before);
    expect(grant.keyId).toBe('old');
    expect(verified(tokenOf(minter.linksWithin(grant).native('main', image).url)).keyId).toBe('old');
  });

  test('of before end with their key, those that are being minted with it too', () => {
    const grant = verified(before);
    keys.replace(next);
    expect(() => verified(before)).toThrow(LinkInvalidError);
    const late = tokenOf(underWay.native('main', image).url);
    expect(() => verified(late)).toThrow(LinkInvalidError);
    expect(() => minter.linksWithin(grant).native('main', image)).toThrow(LinkInvalidError);
    expect(() =>
      minter.bulkDataOfRoot(grant, image, { attributePath: 'EncapsulatedDocument', originPath: null }),
    ).toThrow();
  });
});

test('opaque texts follow the keys', () => {
  const keys = createLiveLinkKeys(old);
  const { seal, open } = createOpaqueTexts(keys);
  const before = seal('uid', study);
  keys.replace(both);
  expect(open('uid', before)).toBe(study);
  expect(seal('uid', study)).not.toBe(before);
  keys.replace(next);
  expect(open('uid', before)).toBeNull();
  expect(keys.subjects('a')).toEqual(next.subjects('a'));
});

test('exchanging keys by a view of others takes those that they are now', () => {
  const one = createLiveLinkKeys(old);
  const other = createLiveLinkKeys(next);
  one.replace(other);
  other.replace(old);
  expect(one.currentKeyId).toBe('new');
});

test('links are not usable while what was revoked is not known', () => {
  const [check, revoke] = [() => {}, async () => 1];
  const unknown = {
    check,
    revoke,
    get epoch(): number {
      throw new RevocationStateError('Which links were revoked is not known');
    },
  };
  expect(areLinksUsable({ keys: old, revocations: { epoch: 0, check, revoke } })).toBe(true);
  expect(areLinksUsable({ keys: old, revocations: unknown })).toBe(false);
});
