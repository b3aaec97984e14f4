import { describe, expect, test } from 'vitest';
import { encodeGrant } from '../../src/links/encoding.ts';
import { isOpaque, isWithoutPatientData, type LinkForm, type LinkGrant, linkForms } from '../../src/links/grant.ts';
import { LinkExpiredError, LinkGrantError, LinkInvalidError } from '../../src/links/link-error.ts';
import { maxTokenLength, signGrant, verifyLink } from '../../src/links/token.ts';
import { grantOf, image, instance, linkKeys, minterAt, noon, series, study, tokenOf } from '../support/links.ts';

const attributePath = 'EncapsulatedDocument';
const originPath = `/dicom-web/studies/${study}/bulk/1`;
const minter = minterAt(noon);

/** A link of every kind that is minted, by whether it is opaque. */
function everyLink(opaque: boolean): readonly (readonly [string, LinkForm, string])[] {
  const links = minter.linksFor({ id: 'ada@example.org', opaque });
  const root = links.dicomwebRoot('main', { study, series }, ['BULKDATA', 'METADATA']).url;
  const rootGrant = verifyLink(tokenOf(root), linkKeys, 'root', noon);
  return [
    ['a study', 'resource', tokenOf(links.native('main', { study }).url)],
    ['metadata', 'resource', tokenOf(links.metadata('main', image).url)],
    ['a frame', 'resource', tokenOf(links.frame('main', image, 3).url)],
    ['a rendered frame', 'resource', tokenOf(links.renderedFrame('main', image, 3, { quality: 80 }).url)],
    ['a thumbnail', 'resource', tokenOf(links.thumbnail('main', { study, series }).url)],
    ['bulk data', 'resource', tokenOf(links.bulkData('main', image, { attributePath, originPath }).url)],
    ['frames', 'template', tokenOf(links.frameTemplate('main', image, 30).template)],
    ['rendered frames', 'template', tokenOf(links.renderedFrameTemplate('main', image, 30).template)],
    ['a root', 'root', tokenOf(root)],
    ['bulk data below a root', 'root', minter.bulkDataOfRoot(rootGrant, image, { attributePath, originPath })],
    ['an upload', 'upload', tokenOf(links.upload('main', { study, maxBytes: 1000 }).url)],
  ];
}

const plain = everyLink(false);
const opaque = everyLink(true);

describe.each(opaque)('an opaque link to %s', (name, form, token) => {
  const grant = verifyLink(token, linkKeys, form, noon);

  test('grants what a readable one does', () => {
    const [, , readable = ''] = plain.find(([other]) => other === name) ?? [];
    const { nonce, ...same } = verifyLink(readable, linkKeys, form, noon);
    expect(grant).toMatchObject({ ...same, version: 2 });
    expect(typeof grant.nonce).toBe(typeof nonce);
    expect([isOpaque(grant), isOpaque(same)]).toEqual([true, false]);
  });

  test('shows nothing of it but version and key', () => {
    const bytes = Buffer.from(token, 'base64url');
    const shown = bytes.toString('latin1');
    for (const secret of [study, series, instance, 'main', attributePath, 'dicom-web', 'ada']) {
      expect(shown).not.toContain(secret);
    }
    const encoding = encodeGrant(grant);
    expect(bytes.subarray(0, 4)).toEqual(encoding.subarray(0, 4));
    for (let start = 4; start + 4 <= encoding.length; start++) {
      const piece = encoding.subarray(start, start + 4);
      if (piece.some((byte) => byte !== 0)) expect(bytes.includes(piece)).toBe(false);
    }
  });

  test('is as long as others of about its size', () => {
    expect((Buffer.from(token, 'base64url').length - 4 - 12 - 16) % 16).toBe(0);
  });

  test('is refused with any of its bits changed, and cut or lengthened by any byte', () => {
    const bytes = Buffer.from(token, 'base64url');
    const refuse = (made: Buffer) =>
      expect(() => verifyLink(made.toString('base64url'), linkKeys, form, noon)).toThrow(LinkInvalidError);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      refuse(altered);
    }
    for (let length = 0; length < bytes.length; length++) refuse(bytes.subarray(0, length));
    for (let more = 1; more <= 32; more++) refuse(Buffer.concat([bytes, Buffer.alloc(more)]));
  });

  test('is of its own form alone, and of its own time', () => {
    for (const other of linkForms) {
      if (other !== form) expect(() => verifyLink(token, linkKeys, other, noon)).toThrow(LinkInvalidError);
    }
    expect(() => verifyLink(token, linkKeys, form, grant.notBefore - 1)).toThrow(LinkInvalidError);
    expect(() => verifyLink(token, linkKeys, form, grant.expiresAt)).toThrow(LinkExpiredError);
  });
});

test('the same question within 120 s gives the same opaque URL, and another one later', () => {
  const urlAt = (now: number) => minterAt(now, { opaque: true }).linksFor({ id: 'a' }).native('main', image).url;
  expect(urlAt(noon)).toBe(urlAt(noon + 119));
  expect(urlAt(noon)).not.toBe(urlAt(noon + 120));
});

test('all links are opaque where that is configured, whoever they are for', () => {
  const links = minterAt(noon, { opaque: true }).linksFor({ id: 'a', opaque: false });
  expect(isOpaque(verifyLink(tokenOf(links.native('main', image).url), linkKeys, 'resource', noon))).toBe(true);
});

test('links that stand in what an opaque link gives are opaque, whatever is configured now', () => {
  for (const version of [1, 2] as const) {
    const { url } = minterAt(noon, { opaque: version === 1 })
      .linksWithin(grantOf({ version }))
      .native('main', image);
    expect(verifyLink(tokenOf(url), linkKeys, 'resource', noon).version).toBe(version);
  }
});

describe('a link for one without patient data', () => {
  const links = minter.linksFor({ id: 'a', withoutPatientData: true });
  const grantAt = (url: string, form: LinkForm = 'resource') => verifyLink(tokenOf(url), linkKeys, form, noon);

  test.each<readonly [string, LinkForm, () => string]>([
    ['a frame', 'resource', () => links.frame('main', image, 1).url],
    ['a rendered image', 'resource', () => links.rendered('main', image).url],
    ['a rendered frame', 'resource', () => links.renderedFrame('main', image, 1).url],
    ['a thumbnail', 'resource', () => links.thumbnail('main', image).url],
    ['frames', 'template', () => links.frameTemplate('main', image, 3).template],
    ['rendered frames', 'template', () => links.renderedFrameTemplate('main', image, 3).template],
    ['an upload', 'upload', () => links.upload('main', { maxBytes: 1 }).url],
  ])('to %s says so, and is opaque', (_what, form, mint) => {
    const grant = grantAt(mint(), form);
    expect([isWithoutPatientData(grant), isOpaque(grant)]).toEqual([true, true]);
  });

  test.each<readonly [string, () => unknown]>([
    ['an object as stored', () => links.native('main', image)],
    ['metadata', () => links.metadata('main', image)],
    ['bulk data', () => links.bulkData('main', image, { attributePath, originPath })],
    ['a root', () => links.dicomwebRoot('main', { study, series }, ['RENDERED'])],
    ['a thumbnail of a study', () => links.thumbnail('main', { study })],
    ['a thumbnail of a series', () => links.thumbnail('main', { study, series })],
  ])('to %s is not made', (_what, mint) => {
    expect(mint).toThrow(LinkGrantError);
  });

  test('is said of no other, be it opaque', () => {
    for (const opaque of [false, true]) {
      const { url } = minterAt(noon, { opaque }).linksFor({ id: 'a', opaque }).frame('main', image, 1);
      expect(isWithoutPatientData(grantAt(url))).toBe(false);
    }
  });
});

test('no kind of link can be written as another', () => {
  const encoding = encodeGrant(grantOf());
  const asOpaque = Buffer.concat([Buffer.from([2]), encoding.subarray(1)]);
  const [readable, sealed, clean] = ([1, 2, 3] as const).map((version) =>
    signGrant(grantOf({ version, representations: ['FRAMES'], frame: 1 }), linkKeys),
  );
  const relabelled = [
    `Ag${readable?.slice(2)}`, // a MAC where a tag is looked for
    `AQ${sealed?.slice(2)}`, // and the other way round
    `Aw${sealed?.slice(2)}`, // as if it had been made for one without patient data
    `Ag${clean?.slice(2)}`,
    asOpaque.toString('base64url') + readable?.slice(-43),
  ];
  for (const made of relabelled) {
    expect(() => verifyLink(made, linkKeys, 'resource', noon)).toThrow(LinkInvalidError);
  }
});

test('no opaque link is longer than links may be', () => {
  const withPath = (length: number): LinkGrant =>
    grantOf({
      version: 2,
      representations: ['BULKDATA'],
      mediaType: null,
      attributePath,
      originPath: `/${'x'.repeat(length)}`,
    });
  let longest = 0;
  expect(() => {
    for (let length = 2_700; length < 3_100; length++) {
      const token = signGrant(withPath(length), linkKeys);
      expect(verifyLink(token, linkKeys, 'resource', noon).originPath).toHaveLength(length + 1);
      longest = token.length;
    }
  }).toThrow(expect.objectContaining({ code: 'REPRESENTATION_UNAVAILABLE' }));
  expect(longest).toBeGreaterThan(maxTokenLength - 64);
  expect(longest).toBeLessThanOrEqual(maxTokenLength);
});

test('a link cannot be sealed with a key that is gone', () => {
  for (const version of [1, 2] as const) {
    expect(() => signGrant(grantOf({ version, keyId: 'gone' }), linkKeys)).toThrow(LinkInvalidError);
  }
  expect(() => signGrant(grantOf({ version: 2, frame: 1 }), linkKeys)).toThrow(LinkGrantError);
});
