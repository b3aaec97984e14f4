import { describe, expect, test } from 'vitest';
import type { LinkGrant } from '../../src/links/grant.ts';
import { LinkGrantError, LinkInvalidError } from '../../src/links/link-error.ts';
import { signGrant, verifyLink } from '../../src/links/token.ts';
import {
  grantOf,
  image,
  instance,
  linkKeys,
  linksAt,
  minterAt,
  noon,
  series,
  study,
  tokenOf,
} from '../support/links.ts';

const verified = (url: string, now = noon) => verifyLink(tokenOf(url), linkKeys, 'root', now);
const links = linksAt(noon);

describe('a DICOMweb root', () => {
  test('is a base URL, good for an hour from the beginning of its bucket', () => {
    const root = linksAt(noon + 100).dicomwebRoot('main', { study }, ['METADATA']);
    expect(root.url).toMatch(/^https:\/\/pacs\.example\/dicomweb\/[A-Za-z0-9_-]+$/);
    expect(root.expiresAt).toEqual(new Date((noon + 3600) * 1000));
    expect(linksAt(noon + 119).dicomwebRoot('main', { study }, ['METADATA']).url).toBe(root.url);
  });

  test('grants what was asked for, to read, and no instance', () => {
    const root = links.dicomwebRoot('main', { study, series }, ['METADATA', 'FRAMES', 'METADATA']);
    expect(root.representations).toEqual(['FRAMES', 'METADATA']);
    expect(verified(root.url)).toMatchObject({
      form: 'root',
      methods: ['GET', 'HEAD', 'OPTIONS'],
      representations: ['FRAMES', 'METADATA'],
      origin: 'main',
      study,
      series,
      instance: null,
    });
  });

  test('is not authentic as a link of another form, nor another as a root', () => {
    const token = tokenOf(links.dicomwebRoot('main', { study }, ['NATIVE']).url);
    for (const form of ['resource', 'template', 'upload'] as const) {
      expect(() => verifyLink(token, linkKeys, form, noon)).toThrow(LinkInvalidError);
    }
    expect(() => verified(links.native('main', { study }).url)).toThrow(LinkInvalidError);
  });

  test('does not outlive the token of its principal', () => {
    const { dicomwebRoot } = minterAt(noon).linksFor({ id: 'a', expiresAt: noon + 300 });
    expect(verified(dicomwebRoot('main', { study }, ['NATIVE']).url).expiresAt).toBe(noon + 300);
  });

  test.each([3601, 239])('is not configured to live %d s', (rootSeconds) => {
    expect(() => minterAt(noon, { rootSeconds })).toThrow(RangeError);
  });
});

test('bulk data below a root is narrowed down to one attribute, and lives as long as the root', () => {
  const root = verified(links.dicomwebRoot('main', { study }, ['METADATA', 'BULKDATA']).url);
  const request = { attributePath: 'EncapsulatedDocument', originPath: '/bulk/1' };
  const token = minterAt(noon + 900).bulkDataOfRoot(root, image, request);
  expect(verifyLink(token, linkKeys, 'root', noon + 900)).toEqual({
    ...root,
    representations: ['BULKDATA'],
    series,
    instance,
    ...request,
  });
});

describe('parts that do not go together are not signed as a root', () => {
  const root = grantOf({
    form: 'root',
    methods: ['GET', 'HEAD', 'OPTIONS'],
    representations: ['METADATA'],
    instance: null,
    mediaType: null,
  });

  const parts: readonly [string, Partial<LinkGrant>][] = [
    ['no representation', { representations: [] }],
    ['POST', { methods: ['GET', 'HEAD', 'OPTIONS', 'POST'] }],
    ['GET alone', { methods: ['GET'] }],
    ['no study', { study: null, series: null }],
    ['an instance', { instance }],
    [
      'an instance with more than bulk data',
      { instance, representations: ['BULKDATA', 'METADATA'], attributePath: 'a' },
    ],
    ['bulk data without its attribute', { instance, representations: ['BULKDATA'] }],
    ['an attribute without its instance', { representations: ['BULKDATA'], attributePath: 'PixelData' }],
    ["an origin's path", { originPath: '/studies' }],
    ['a frame', { frame: 1 }],
    ['a frame count', { frameCount: 1 }],
    ['a media type', { mediaType: 'image/jpeg' }],
    ['a transfer syntax', { transferSyntaxUID: '1.2.840.10008.1.2' }],
    ['a rendering', { rendering: { viewport: null, window: null, quality: 9 } }],
    ['bytes to upload', { maxBytes: 1 }],
  ];

  test.each(parts)('%s', (_, changed) => {
    expect(() => signGrant({ ...root, ...changed }, linkKeys)).toThrow(LinkGrantError);
  });

  test('and without them it is', () => {
    expect(verifyLink(signGrant(root, linkKeys), linkKeys, 'root', noon)).toEqual(root);
  });
});
