import { createHmac, type KeyObject } from 'node:crypto';
import { encodeGrant } from '../../src/links/encoding.ts';
import { type LinkForm, type LinkGrant, linkForms } from '../../src/links/grant.ts';
import type { LinkKeys } from '../../src/links/keys.ts';
import { sealToken } from '../../src/links/sealed-token.ts';

/** Numbers from 0 up to 1, the same ones for one seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A token with any of its characters, bits, lengths or spellings changed. May hold the token itself: leave it out. */
export function* alteredTexts(token: string, random: (below: number) => number): Generator<string> {
  const bytes = Buffer.from(token, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const altered = Buffer.from(bytes);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield altered.toString('base64url');
  }
  for (let place = 0; place < token.length; place++) {
    const [before, character = '', after] = [token.slice(0, place), token[place], token.slice(place + 1)];
    const other = alphabet[random(64)] ?? 'A';
    yield before + other + after;
    yield before + character + other + after;
    yield before + after;
    yield before + character + character + after;
    yield before + after.slice(0, 1) + character + after.slice(1); // two that changed places
    yield before + (character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase()) + after;
    yield `${before}%${character.charCodeAt(0).toString(16)}${after}`;
    yield `${before}%25${character.charCodeAt(0).toString(16)}${after}`;
    yield before + String.fromCodePoint(character.charCodeAt(0) + 0xfee0) + after; // its full-width form
    yield before + String.fromCodePoint(character.charCodeAt(0) | 0x80) + after; // the same with its eighth bit set
    yield before +
      ['=', '.', '+', '/', '~', ' ', '\t', '\n', '\0', ';', ',', '*', '"', '&', '?', '#'][random(16)] +
      after;
    yield token.slice(0, place);
    yield after;
  }
  yield `${token}=`;
  yield `${token}==`;
  yield token + token;
  yield token.replaceAll('-', '+').replaceAll('_', '/');
  yield bytes.toString('hex');
  yield Buffer.from(token).toString('base64url');
}

/** The beginning of one token and the end of another, split anywhere. */
export function* splices(one: string, other: string): Generator<string> {
  for (let place = 1; place < Math.min(one.length, other.length); place += 3) {
    yield one.slice(0, place) + other.slice(place);
    yield one.slice(0, -place) + other.slice(-place);
  }
}

/** What a forger would like to be granted instead, one field each. */
export function* alteredGrants(grant: LinkGrant): Generator<LinkGrant> {
  const values: { readonly [Field in keyof LinkGrant]: readonly LinkGrant[Field][] } = {
    version: [1, 2, 3],
    keyId: ['k1', 'k2', 'gone', 'K1'],
    form: linkForms,
    methods: [['GET'], ['GET', 'HEAD'], ['GET', 'HEAD', 'OPTIONS'], ['GET', 'HEAD', 'OPTIONS', 'POST'], ['POST'], []],
    representations: [
      ['NATIVE'],
      ['FRAMES'],
      ['RENDERED'],
      ['THUMBNAIL'],
      ['BULKDATA'],
      ['METADATA'],
      [],
      ['NATIVE', 'METADATA'],
    ],
    origin: ['test', 'main', 'TEST', 'other', 'test2'],
    study: ['1.2.3', '2.25.1', '0', null],
    series: ['1.2.3', '2.25.1', null],
    instance: ['1.2.3', '2.25.1', null],
    frame: [null, 1, 2, 3, 31, 4_294_967_296],
    frameCount: [null, 1, 29, 31, 1_000_000],
    attributePath: [null, 'PixelData', 'PatientName', 'EncapsulatedDocument', '0008103E'],
    originPath: [null, '/', '/dicom-web/studies', '//evil.example/x', '/dicom-web/../admin', 'http://evil.example/'],
    mediaType: [null, 'application/dicom', 'image/png', 'text/html', 'image/jpeg'],
    transferSyntaxUID: [null, '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.4.50'],
    rendering: [
      null,
      { viewport: null, window: null, quality: 1 },
      { viewport: null, window: { center: 0, width: 1, function: 'linear' }, quality: null },
    ],
    maxBytes: [null, 1, 2 ** 31, 2 ** 40],
    nonce: [null, '00'.repeat(16), 'ff'.repeat(16)],
    notBefore: [0, grant.notBefore - 1, grant.notBefore + 1],
    expiresAt: [grant.expiresAt + 1, grant.expiresAt + 3600, 0xffffffff, grant.expiresAt - 1],
    subject: ['00'.repeat(16), 'ff'.repeat(16)],
    epoch: [grant.epoch + 1, 0, 1, 2 ** 40],
  };
  for (const [field, candidates] of Object.entries(values)) {
    for (const value of candidates) {
      const altered = { ...grant, [field]: value };
      if (JSON.stringify(altered) !== JSON.stringify(grant)) yield altered;
    }
  }
}

/** Tokens that say what was not granted, with every kind of proof that one without the key can come by. */
export function* forgedTokens(
  grant: LinkGrant,
  token: string,
  others: readonly string[],
  { forger, secret }: { readonly forger: LinkKeys; readonly secret: KeyObject },
): Generator<string> {
  const base = (bytes: Buffer): string => bytes.toString('base64url');
  for (const altered of alteredGrants(grant)) {
    const encoding = encodeGrant(altered);
    yield base(encoding) + token.slice(-43); // the proof of what was granted
    for (const other of others) yield base(encoding) + other.slice(-43);
    yield base(encoding) + 'A'.repeat(43);
    yield base(encoding) + createHmac('sha256', secret).update(encoding).digest('base64url'); // not derived
    yield base(encoding) + createHmac('sha256', '').update(encoding).digest('base64url');
    yield base(encoding);
    for (const form of linkForms) yield* forgedBy(forger, { ...altered, keyId: grant.keyId }, form);
  }
}

function* forgedBy(forger: LinkKeys, grant: LinkGrant, form: LinkForm): Generator<string> {
  const encoding = encodeGrant(grant);
  const [keyId = 'k1'] = [forger.currentKeyId];
  const mac = forger.mac(keyId, form)?.(encoding);
  if (mac !== undefined) yield encoding.toString('base64url') + mac;
  const opaque = encodeGrant({ ...grant, version: grant.version === 1 ? 2 : grant.version });
  const sealed = sealToken(opaque, { ...grant, keyId, form }, forger);
  if (sealed !== null) yield sealed;
}
