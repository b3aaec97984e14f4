import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LinkGrant, linkForms } from '../../src/links/grant.ts';
import { LinkExpiredError, LinkGrantError, LinkInvalidError } from '../../src/links/link-error.ts';
import { maxTokenLength, signGrant, verifyLink } from '../../src/links/token.ts';
import { anyGrant, grantOf, linkKeys, noon } from '../support/links.ts';

const token = signGrant(grantOf(), linkKeys);
const verify = (text: string, now = noon) => verifyLink(text, linkKeys, 'resource', now);

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a token is refused', () => {
  test('with any one character replaced by any other of the alphabet', () => {
    for (let place = 0; place < token.length; place++) {
      for (const character of alphabet) {
        if (character === token[place]) continue;
        expect(() => verify(token.slice(0, place) + character + token.slice(place + 1))).toThrow(LinkInvalidError);
      }
    }
  });

  test('cut off anywhere, at either end', () => {
    for (let length = 0; length < token.length; length++) {
      expect(() => verify(token.slice(0, length))).toThrow(LinkInvalidError);
      expect(() => verify(token.slice(token.length - length))).toThrow(LinkInvalidError);
    }
  });

  test.each([
    ['padded', `${token}=`],
    ['padded twice', `${token}==`],
    ['with a line break', `${token}\n`],
    ['with a space', ` ${token}`],
    ['with a NUL', `${token}\0`],
    ['twice', token + token],
    ['in the alphabet of plain base64', token.replaceAll('-', '+').replaceAll('_', '/').replace(/.$/, '+')],
    ['percent-encoded', `%41${token.slice(1)}`],
    ['with a character beyond ASCII', `${token.slice(0, -1)}\u212a`],
    ['longer than any', 'A'.repeat(maxTokenLength + 1)],
    ['as long as any', 'A'.repeat(maxTokenLength)],
    ['as nothing but a MAC', token.slice(-43)],
  ])('%s', (_, text) => {
    expect(() => verify(text)).toThrow(LinkInvalidError);
  });

  test('with the MAC of another', () => {
    const other = signGrant(grantOf({ epoch: 1 }), linkKeys);
    expect(() => verify(token.slice(0, -43) + other.slice(-43))).toThrow(LinkInvalidError);
  });

  test('whatever its text is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: fc.constantFrom(...alphabet) }), (text) => {
        expect(() => verify(text)).toThrow(LinkInvalidError);
      }),
    );
  });

  test('with any bytes of its content changed, however they are spelled', () => {
    fc.assert(
      fc.property(
        anyGrant,
        fc.string({ minLength: 43, maxLength: 43, unit: fc.constantFrom(...alphabet) }),
        (grant, mac) => {
          const text = signedAsItIs(grant)?.slice(0, -43);
          if (text !== undefined) expect(() => verify(text + mac)).toThrow(LinkInvalidError);
        },
      ),
    );
  });
});

describe('a token of one form', () => {
  const template = signGrant(
    grantOf({ form: 'template', representations: ['FRAMES'], frameCount: 9, mediaType: null }),
    linkKeys,
  );

  test('is not authentic as another', () => {
    expect(verifyLink(template, linkKeys, 'template', noon).frameCount).toBe(9);
    for (const form of linkForms) {
      if (form !== 'template') expect(() => verifyLink(template, linkKeys, form, noon)).toThrow(LinkInvalidError);
      if (form !== 'resource') expect(() => verifyLink(token, linkKeys, form, noon)).toThrow(LinkInvalidError);
    }
  });

  test('is not signed for a form that cannot be redeemed', () => {
    expect(() => signGrant(grantOf({ form: 'root' }), linkKeys)).toThrow(LinkGrantError);
    expect(() => signGrant(grantOf({ form: 'upload', methods: ['POST'] }), linkKeys)).toThrow(LinkGrantError);
  });
});

describe('the time of a token', () => {
  test('is from its beginning to just before its end', () => {
    expect(verify(token, noon - 30)).toEqual(grantOf());
    expect(verify(token, noon + 599.999)).toEqual(grantOf());
    expect(() => verify(token, noon - 30.001)).toThrow(LinkInvalidError);
    expect(() => verify(token, noon + 600)).toThrow(LinkExpiredError);
  });

  test('is told to nobody whose token is not authentic', () => {
    expect(() => verify(`${token.slice(0, -1)}A`, noon + 9999)).toThrow(LinkInvalidError);
  });

  test('of an expired one is told without the link', () => {
    expect(() => verify(token, noon + 9999)).toThrow(
      expect.objectContaining({ code: 'LINK_EXPIRED', facts: { expiredAt: '2026-11-22T12:10:00.000Z' } }),
    );
  });
});

const upload = (parts: Partial<LinkGrant> = {}): Partial<LinkGrant> => ({
  form: 'upload',
  methods: ['POST'],
  representations: [],
  series: null,
  instance: null,
  mediaType: null,
  maxBytes: 1,
  nonce: '00'.repeat(16),
  ...parts,
});

test('an upload is signed, for one study or for any', () => {
  for (const study of ['1.2', null]) {
    const grant = grantOf(upload({ study }));
    expect(verifyLink(signGrant(grant, linkKeys), linkKeys, 'upload', noon)).toEqual(grant);
  }
});

describe('parts that do not go together are not signed', () => {
  const parts: readonly [string, Partial<LinkGrant>][] = [
    ['two representations', { representations: ['NATIVE', 'FRAMES'] }],
    ['no representation', { representations: [] }],
    [
      'a transfer syntax for a rendered image',
      { representations: ['RENDERED'], transferSyntaxUID: '1.2.840.10008.1.2' },
    ],
    ['rendering for a native object', { rendering: { viewport: null, window: null, quality: 9 } }],
    ['frames without a frame', { representations: ['FRAMES'] }],
    ['a frame of a native object', { frame: 1 }],
    ['a frame of a study', { representations: ['RENDERED'], series: null, instance: null, frame: 1 }],
    ['bulk data without its attribute', { representations: ['BULKDATA'] }],
    ['bulk data of a series', { representations: ['BULKDATA'], instance: null, attributePath: 'PixelData' }],
    ["an origin's path for a native object", { originPath: '/studies' }],
    ['a frame count of a resource', { frameCount: 2 }],
    ['a template of metadata', { form: 'template', representations: ['METADATA'], frameCount: 2 }],
    ['a template with a frame', { form: 'template', representations: ['FRAMES'], frameCount: 2, frame: 1 }],
    ['POST', { methods: ['GET', 'HEAD', 'POST'] }],
    ['no study', { study: null }],
    ['a bound of bytes for a native object', { maxBytes: 1 }],
    ['a nonce for a native object', { nonce: '00'.repeat(16) }],
    ['an upload without a bound of bytes', upload({ maxBytes: null })],
    ['an upload of no bytes', upload({ maxBytes: 0 })],
    ['an upload that is like others', upload({ nonce: null })],
    ['an upload to a series', upload({ series: '1.2' })],
    ['an upload that gives something', upload({ representations: ['NATIVE'] })],
    ['an upload that can be read', upload({ methods: ['GET', 'HEAD', 'POST'] })],
    ['an end before the beginning', { expiresAt: noon - 30 }],
  ];

  test.each(parts)('%s', (_, changed) => {
    expect(() => signGrant(grantOf(changed), linkKeys)).toThrow(LinkGrantError);
  });
});

/** The token of a grant, or undefined where it cannot be signed. */
function signedAsItIs(grant: LinkGrant): string | undefined {
  try {
    return signGrant({ ...grant, keyId: 'k1' }, linkKeys);
  } catch (error) {
    if (error instanceof LinkGrantError) return undefined;
    throw error;
  }
}
