import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import {
  type LinkGrant,
  linkForms,
  linkMethods,
  linkRepresentations,
  linkVoiFunctions,
} from '../../src/links/grant.ts';
import { createLinkKeys } from '../../src/links/keys.ts';
import { createLinkMinter, type LinkMinterOptions } from '../../src/links/mint.ts';

/** A secret of 32 bytes that differ from those of another seed. */
export const secretOf = (seed: number) => createSecretKey(Buffer.alloc(32, seed));

export const linkKeys = createLinkKeys(new Map([['k1', secretOf(1)]]));

/** 2026-11-22T12:00:00Z, the beginning of a bucket; seconds. */
export const noon = Date.UTC(2026, 10, 22, 12) / 1000;

export const study = '1.3.6.1.4.1.14519.5.2.1.7009.2403.334240657131972136850343327463';
export const series = '1.3.6.1.4.1.14519.5.2.1.7009.2403.226151125820845824875394858561';
export const instance = '1.3.6.1.4.1.14519.5.2.1.7009.2403.811199116755887922789178901449';
export const image = { study, series, instance };

/** A minter whose clock stands still. */
export const minterAt = (nowSeconds: number, options: Partial<LinkMinterOptions> = {}) =>
  createLinkMinter({ keys: linkKeys, publicUrl: 'https://pacs.example', clock: () => nowSeconds * 1000, ...options });

export const linksAt = (nowSeconds: number, options: Partial<LinkMinterOptions> = {}) =>
  minterAt(nowSeconds, options).linksFor({ id: 'anonymous' });

export const tokenOf = (url: string): string => new URL(url).pathname.split('/')[2] ?? '';

/** The grant of one instance as stored, with parts of it replaced. */
export const grantOf = (parts: Partial<LinkGrant> = {}): LinkGrant => ({
  version: 1,
  keyId: 'k1',
  form: 'resource',
  methods: ['GET', 'HEAD'],
  representations: ['NATIVE'],
  origin: 'main',
  study,
  series,
  instance,
  frame: null,
  frameCount: null,
  attributePath: null,
  originPath: null,
  mediaType: 'application/dicom',
  transferSyntaxUID: null,
  rendering: null,
  maxBytes: null,
  nonce: null,
  notBefore: noon - 30,
  expiresAt: noon + 600,
  subject: '00112233445566778899aabbccddeeff',
  epoch: 0,
  ...parts,
});

const uid = fc
  .stringMatching(/^[0-9]{1,4}(\.[0-9]{1,9}){0,5}$/)
  .filter((text) => text.length <= 64)
  .map((text) => text || '0');
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => value.isWellFormed());
const count = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat().filter((value) => value < Number.MAX_SAFE_INTEGER),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const integer = maybe(fc.integer({ min: -0x7fffffff, max: 0x7fffffff }).map((value) => value + 0));

const hex16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'));

/** Any tuple that has an encoding, whether or not its parts make sense together. */
export const anyGrant: fc.Arbitrary<LinkGrant> = fc.record({
  version: fc.constantFrom(1, 2, 3),
  keyId: text,
  form: fc.constantFrom(...linkForms),
  methods: fc.subarray([...linkMethods]),
  representations: fc.subarray([...linkRepresentations]),
  origin: text,
  study: maybe(uid),
  series: maybe(uid),
  instance: maybe(uid),
  frame: maybe(count),
  frameCount: maybe(count),
  attributePath: maybe(text),
  originPath: maybe(text),
  mediaType: maybe(fc.oneof(text, fc.constantFrom('image/jpeg', 'application/dicom', 'text/html'))),
  transferSyntaxUID: maybe(fc.oneof(uid, fc.constant('1.2.840.10008.1.2.4.90'))),
  rendering: maybe(
    fc.record({
      viewport: maybe(
        fc.record({
          width: count,
          height: count,
          sourceX: integer,
          sourceY: integer,
          sourceWidth: integer,
          sourceHeight: integer,
        }),
      ),
      window: maybe(fc.record({ center: finite, width: finite, function: fc.constantFrom(...linkVoiFunctions) })),
      quality: maybe(count),
    }),
  ),
  maxBytes: maybe(count),
  notBefore: uint32,
  expiresAt: uint32,
  subject: hex16,
  epoch: count,
  nonce: maybe(hex16),
});
