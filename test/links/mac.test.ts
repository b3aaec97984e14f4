import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMac } from '../../src/links/mac.ts';

const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

test('a MAC is HMAC-SHA256 as Node computes it, of any key up to a block and any message', () => {
  fc.assert(
    fc.property(bytes(1, 64), bytes(0, 300), bytes(0, 300), (secret, first, second) => {
      const key = createSecretKey(secret);
      const mac = createMac(key);
      const expected = (...parts: Buffer[]) =>
        createHmac('sha256', key).update(Buffer.concat(parts)).digest('base64url');
      expect(mac(first)).toBe(expected(first));
      expect(mac(first, second)).toBe(expected(first, second));
      expect(mac(first)).toBe(expected(first)); // nothing is left of the one before
    }),
  );
});

test.each([4_095, 4_096, 4_097, 100_000])('also of %i bytes', (length) => {
  const key = createSecretKey(Buffer.alloc(32, 7));
  const message = Buffer.alloc(length, 'message');
  expect(createMac(key)(message)).toBe(createHmac('sha256', key).update(message).digest('base64url'));
});

test('test case 2 of RFC 4231', () => {
  const mac = createMac(createSecretKey(Buffer.from('Jefe')));
  expect(
    Buffer.from(mac(Buffer.from('what do ya want '), Buffer.from('for nothing?')), 'base64url').toString('hex'),
  ).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('a key longer than a block is refused', () => {
  expect(() => createMac(createSecretKey(Buffer.alloc(65, 1)))).toThrow(RangeError);
});
