import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLinkKeys } from '../../src/links/keys.ts';
import { createOpaqueTexts, maxOpaqueTextBytes, maxOpaqueTokenLength } from '../../src/links/opaque.ts';
import { linkKeys, secretOf, study } from '../support/links.ts';

const { seal, open } = createOpaqueTexts(linkKeys);
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }));
const purpose = fc.constantFrom('uid', 'id', 'cursor');

describe('an opaque text', () => {
  test('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(
        purpose,
        text.filter((value) => value.isWellFormed()),
        (asked, value) => {
          const token = seal(asked, value);
          expect(open(asked, token)).toBe(value);
          expect(token).toMatch(/^AQ[A-Za-z0-9_-]+$/);
        },
      ),
    );
  });

  test('is the same each time for one text, and another for another text or purpose', () => {
    fc.assert(
      fc.property(text, text, (one, another) => {
        fc.pre(one !== another && one.isWellFormed() && another.isWellFormed());
        expect(seal('uid', one)).toBe(seal('uid', one));
        expect(new Set([seal('uid', one), seal('uid', another), seal('id', one)]).size).toBe(3);
      }),
    );
  });

  test('does not open for another purpose, even one that begins alike', () => {
    for (const other of ['id', 'ui', 'uids', '', 'UID', 'uid/', 'texts/uid']) {
      expect(open(other, seal('uid', study))).toBeNull();
    }
  });

  test('does not open with any of its bits altered, shortened or lengthened', () => {
    const token = seal('uid', study);
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(open('uid', altered.toString('base64url'))).toBeNull();
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(open('uid', bytes.subarray(0, length).toString('base64url'))).toBeNull();
    }
    expect(open('uid', Buffer.concat([bytes, Buffer.alloc(16)]).toString('base64url'))).toBeNull();
  });

  test('has one spelling', () => {
    // 1 + 1 + 2 + 12 + 80 + 16 bytes: the last character has bits that decode to nothing.
    const token = seal('uid', study);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const others = [...last].map((character) => token.slice(0, -1) + character).filter((other) => other !== token);
    for (const other of [
      ...others,
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token}\n`,
      `${token}.`,
      `%41${token.slice(1)}`,
    ]) {
      expect(open('uid', other)).toBeNull();
    }
    const standard = Buffer.from(token, 'base64url').toString('base64');
    if (standard !== token) expect(open('uid', standard)).toBeNull();
  });

  test('is nothing that a client makes up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.constant(study)), (made) => open('uid', made) === null),
    );
  });

  test('tells its length to the next 16 bytes alone', () => {
    const lengths = Array.from({ length: 64 }, (_, length) => seal('uid', '1'.repeat(length + 1)).length);
    expect(new Set(lengths).size).toBe(5);
  });

  test('shows nothing of the text', () => {
    const token = seal('uid', study);
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('1.3.6');
    expect(token).not.toContain(Buffer.from(study).toString('base64url').slice(4, 12));
  });

  test('has a bound, also where it comes back', () => {
    const longest = '€'.repeat(maxOpaqueTextBytes / 3) + '1'.repeat(maxOpaqueTextBytes % 3);
    expect(open('uid', seal('uid', longest))).toBe(longest);
    expect(seal('uid', longest).length).toBeLessThanOrEqual(maxOpaqueTokenLength);
    expect(() => seal('uid', `${longest}1`)).toThrow(RangeError);
    expect(open('uid', 'A'.repeat(maxOpaqueTokenLength + 1))).toBeNull();
  });

  test('is not made of half a character', () => {
    expect(() => seal('uid', '\ud800')).toThrow(RangeError);
  });
});

describe('when keys are rotated', () => {
  const before = createOpaqueTexts(createLinkKeys(new Map([['old', secretOf(1)]])));
  const between = createOpaqueTexts(
    createLinkKeys(
      new Map([
        ['new', secretOf(2)],
        ['old', secretOf(1)],
      ]),
    ),
  );
  const after = createOpaqueTexts(createLinkKeys(new Map([['new', secretOf(2)]])));

  test('every configured key opens, and the current one seals', () => {
    expect(between.open('uid', before.seal('uid', study))).toBe(study);
    expect(after.open('uid', between.seal('uid', study))).toBe(study);
    expect(after.open('uid', before.seal('uid', study))).toBeNull();
  });

  test('another secret under the same id opens nothing', () => {
    const impostor = createOpaqueTexts(createLinkKeys(new Map([['old', secretOf(3)]])));
    expect(impostor.open('uid', before.seal('uid', study))).toBeNull();
  });
});
