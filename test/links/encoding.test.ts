import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGrant, encodeGrant } from '../../src/links/encoding.ts';
import { LinkGrantError, LinkInvalidError } from '../../src/links/link-error.ts';
import { anyGrant, grantOf, study } from '../support/links.ts';

describe('the encoding of a grant', () => {
  test('gives the grant back', () => {
    fc.assert(fc.property(anyGrant, (grant) => void expect(decodeGrant(encodeGrant(grant))).toEqual(grant)));
  });

  test('is shared by no two grants', () => {
    const one = fc.array(anyGrant, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(one, (grants) => {
        const encodings = new Set(grants.map((grant) => encodeGrant(grant).toString('hex')));
        const distinct = new Set(grants.map((grant) => JSON.stringify(grant, keepNegativeZero)));
        expect(encodings.size).toBe(distinct.size);
      }),
    );
  });

  test('differs where one field differs', () => {
    fc.assert(
      fc.property(anyGrant, anyGrant, (one, other) => {
        for (const key of Object.keys(one)) {
          const mixed = { ...one, [key]: Reflect.get(other, key) };
          const isSame = JSON.stringify(mixed, keepNegativeZero) === JSON.stringify(one, keepNegativeZero);
          expect(encodeGrant(mixed).equals(encodeGrant(one))).toBe(isSame);
        }
      }),
    );
  });

  test('has one spelling: whatever else decodes encodes to itself', () => {
    fc.assert(
      fc.property(anyGrant, fc.nat(), fc.integer({ min: 1, max: 255 }), (grant, place, change) => {
        const bytes = encodeGrant(grant);
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        const decoded = decodedOrNull(bytes);
        if (decoded !== null) expect(encodeGrant(decoded)).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test('refuses bytes behind the end, and any shorter piece', () => {
    const bytes = encodeGrant(grantOf());
    expect(() => decodeGrant(Buffer.concat([bytes, Buffer.from([0])]))).toThrow(LinkInvalidError);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeGrant(bytes.subarray(0, length))).toThrow(LinkInvalidError);
    }
  });

  test('refuses arbitrary bytes without failing otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void decodedOrNull(Buffer.from(bytes))));
  });

  test.each([
    ['a number with a leading zero byte', 'epoch', (bytes: Buffer) => [...bytes.subarray(0, -1), 0x80, 0x00]],
    ['a version before the first', 'version', (bytes: Buffer) => [0, ...bytes.subarray(1)]],
    ['a version that is not known', 'version', (bytes: Buffer) => [4, ...bytes.subarray(1)]],
    ['a known media type written out', 'mediaType', writtenOut],
    ['a UID that does not share its beginning', 'series', notShared],
  ])('refuses %s', (_, __, alter) => {
    const bytes = encodeGrant(grantOf({ series: null, instance: null }));
    expect(decodeGrant(bytes)).toBeDefined();
    expect(() => decodeGrant(Buffer.from(alter(bytes)))).toThrow(LinkInvalidError);
  });

  test('holds three UIDs of 64 characters in 200 characters of a URL', () => {
    expect(Math.ceil((encodeGrant(grantOf()).length * 4) / 3) + 43).toBeLessThan(200);
  });
});

describe('what has no encoding', () => {
  test.each([
    ['a UID with two dots', { study: '1..2' }],
    ['a UID that ends with a dot', { study: '1.2.' }],
    ['a UID that begins with a dot', { study: '.1' }],
    ['a UID that ends with a dot behind a shared beginning', { series: `${study.slice(0, 33)}.` }],
    ['an empty UID', { study: '' }],
    ['a UID of 65 characters', { study: `${study}1` }],
    ['a UID with a letter', { study: '1.2.a' }],
    ['a UID with a digit of another script', { study: '1.٢' }],
    ['a lone surrogate', { attributePath: '\ud800' }],
    ['a negative frame', { frame: -1 }],
    ['a broken frame', { frame: 1.5 }],
    ['a frame that is not a number', { frame: Number.NaN }],
    ['a time past 2106', { expiresAt: 2 ** 32 }],
    ['a subject in upper case', { subject: 'AABBCCDDEEFF00112233445566778899' }],
    ['a short subject', { subject: 'aabb' }],
    ['methods out of order', { methods: ['HEAD', 'GET'] as const }],
    ['a method twice', { methods: ['GET', 'GET'] as const }],
    ['an infinite window', { rendering: { viewport: null, quality: null, window: infinite } }],
  ])('is %s', (_, parts) => {
    expect(() => encodeGrant(grantOf(parts))).toThrow(LinkGrantError);
  });

  test('a path too long for a URL says that the representation cannot be had', () => {
    expect(() => encodeGrant(grantOf({ originPath: 'x'.repeat(3100) }))).toThrow(
      expect.objectContaining({ code: 'REPRESENTATION_UNAVAILABLE' }),
    );
  });
});

const infinite = { center: 0, width: Number.POSITIVE_INFINITY, function: 'linear' } as const;

const keepNegativeZero = (_: string, value: unknown) => (Object.is(value, -0) ? '-0' : value);

function decodedOrNull(bytes: Buffer) {
  try {
    return decodeGrant(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(LinkInvalidError);
    return null;
  }
}

function writtenOut(bytes: Buffer): Buffer {
  const name = Buffer.from('application/dicom');
  const place = bytes.lastIndexOf(Buffer.from([0, 0, 0, 0, 2, 0])) + 4;
  expect(bytes[place]).toBe(2);
  return Buffer.concat([bytes.subarray(0, place), Buffer.from([1, name.length]), name, bytes.subarray(place + 1)]);
}

/** The series of a grant with one, its shared beginning one character shorter. */
function notShared(): Buffer {
  const bytes = encodeGrant(grantOf({ study: '1.2', series: '1.2', instance: null }));
  // Three shared characters and none more, against two shared and `2` written out.
  const place = bytes.indexOf(Buffer.from([4, 0, 0]));
  expect(place).toBeGreaterThan(0);
  return Buffer.concat([bytes.subarray(0, place), Buffer.from([3, 1, 0x2f]), bytes.subarray(place + 2)]);
}
