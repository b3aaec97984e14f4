import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { linkForms } from '../../src/links/grant.ts';
import { createLinkKeys } from '../../src/links/keys.ts';
import { LinkInvalidError } from '../../src/links/link-error.ts';
import { createMac } from '../../src/links/mac.ts';
import { signGrant, verifyLink } from '../../src/links/token.ts';
import { grantOf, noon, secretOf } from '../support/links.ts';

describe('the keys of links', () => {
  test.each([
    ['no key', new Map()],
    ['a secret of 31 bytes', new Map([['a', createSecretKey(Buffer.alloc(31, 1))]])],
    ['a public key', new Map([['a', generateKeyPairSync('ed25519').publicKey]])],
    ['an empty id', new Map([['', secretOf(1)]])],
    ['an id of 17 characters', new Map([['a'.repeat(17), secretOf(1)]])],
    ['an id with a slash', new Map([['a/b', secretOf(1)]])],
  ])('cannot be made of %s', (_, secrets) => {
    expect(() => createLinkKeys(secrets)).toThrow(RangeError);
  });

  test('cannot be made with a current id that is not among them', () => {
    expect(() => createLinkKeys(new Map([['a', secretOf(1)]]), 'b')).toThrow(RangeError);
  });

  test('a previous key verifies, and the current one signs', () => {
    const before = createLinkKeys(new Map([['old', secretOf(1)]]));
    const after = createLinkKeys(
      new Map([
        ['old', secretOf(1)],
        ['new', secretOf(2)],
      ]),
      'new',
    );
    const token = signGrant(grantOf({ keyId: 'old' }), before);
    expect(after.currentKeyId).toBe('new');
    expect(verifyLink(token, after, 'resource', noon).keyId).toBe('old');
  });

  test('a key that is taken away takes its links away', () => {
    const token = signGrant(grantOf({ keyId: 'old' }), createLinkKeys(new Map([['old', secretOf(1)]])));
    const without = createLinkKeys(new Map([['new', secretOf(2)]]));
    expect(() => verifyLink(token, without, 'resource', noon)).toThrow(LinkInvalidError);
  });

  test('the same id with another secret verifies nothing', () => {
    const token = signGrant(grantOf(), createLinkKeys(new Map([['k1', secretOf(1)]])));
    expect(() => verifyLink(token, createLinkKeys(new Map([['k1', secretOf(2)]])), 'resource', noon)).toThrow(
      LinkInvalidError,
    );
  });

  test('each form has a key of its own, and none of them is the secret', () => {
    const secret = secretOf(1);
    const keys = createLinkKeys(new Map([['a', secret]]));
    const bytes = Buffer.from('what is signed');
    const macs = linkForms.map((form) => keys.mac('a', form)?.(bytes));
    expect(new Set([...macs, createMac(secret)(bytes)]).size).toBe(linkForms.length + 1);
    expect(macs).not.toContain(undefined);
  });

  test('the hash of a subject depends on the key and the id', () => {
    const keys = createLinkKeys(
      new Map([
        ['a', secretOf(1)],
        ['b', secretOf(2)],
      ]),
    );
    const hashes = [keys.subject('a', 'x'), keys.subject('a', 'y'), keys.subject('b', 'x')];
    expect(new Set(hashes).size).toBe(3);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.subject('a', 'x')).toBe(hashes[0]);
  });
});
