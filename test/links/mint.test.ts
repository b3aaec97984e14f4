import { describe, expect, test } from 'vitest';
import { LinkGrantError } from '../../src/links/link-error.ts';
import { createLinkMinter } from '../../src/links/mint.ts';
import { verifyLink } from '../../src/links/token.ts';
import { image, instance, linkKeys, linksAt, minterAt, noon, series, study, tokenOf } from '../support/links.ts';

const verified = (url: string, now = noon) => verifyLink(tokenOf(url), linkKeys, 'resource', now);

describe('the time of a link', () => {
  test('the same question within a bucket of two minutes gives the same URL', () => {
    const first = linksAt(noon).frame('main', image, 1).url;
    expect(linksAt(noon + 119.999).frame('main', image, 1).url).toBe(first);
    expect(linksAt(noon + 120).frame('main', image, 1).url).not.toBe(first);
    expect(linksAt(noon - 0.001).frame('main', image, 1).url).not.toBe(first);
  });

  test('a resource lives ten minutes from the beginning of its bucket, a template an hour', () => {
    const links = linksAt(noon + 100);
    expect(links.native('main', image).expiresAt).toEqual(new Date((noon + 600) * 1000));
    expect(links.frameTemplate('main', image, 3).expiresAt).toEqual(new Date((noon + 3600) * 1000));
    expect(verified(links.native('main', image).url)).toMatchObject({ notBefore: noon - 30, expiresAt: noon + 600 });
  });

  test('no link outlives the token of its principal', () => {
    const links = minterAt(noon).linksFor({ id: 'a', expiresAt: noon + 77.9 });
    expect(links.native('main', image).expiresAt).toEqual(new Date((noon + 77) * 1000));
    expect(links.frameTemplate('main', image, 3).expiresAt).toEqual(new Date((noon + 77) * 1000));
    expect(verified(links.native('main', image).url).expiresAt).toBe(noon + 77);
  });

  test('a token that has ended mints nothing', () => {
    expect(() => minterAt(noon).linksFor({ id: 'a', expiresAt: noon })).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
  });

  test.each([
    { resourceSeconds: 601 },
    { resourceSeconds: 239 },
    { resourceSeconds: 300.5 },
    { templateSeconds: 3601 },
    { templateSeconds: 0 },
    { skewSeconds: -1 },
    { skewSeconds: 121 },
  ])('configuration cannot ask for $resourceSeconds $templateSeconds $skewSeconds s', (options) => {
    expect(() => minterAt(noon, options)).toThrow(RangeError);
  });

  test('a shorter lifetime and another skew are kept', () => {
    const link = linksAt(noon, { resourceSeconds: 240, skewSeconds: 0 }).native('main', image);
    expect(verified(link.url)).toMatchObject({ notBefore: noon, expiresAt: noon + 240 });
  });
});

describe('the URL of a link', () => {
  test.each([
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000/links/'],
    ['https://pacs.example/', 'https://pacs.example/links/'],
    ['https://example.org/imaging/', 'https://example.org/imaging/links/'],
  ])('begins with the public URL %s', (publicUrl, begin) => {
    expect(linksAt(noon, { publicUrl }).native('main', image).url).toMatch(new RegExp(`^${begin}[A-Za-z0-9_-]+$`));
  });

  test.each([
    'pacs.example',
    '/links',
    'ftp://pacs.example',
    'https://pacs.example/?a=b',
    'https://u@pacs.example',
    '',
  ])('cannot begin with %j', (publicUrl) => {
    expect(() => createLinkMinter({ keys: linkKeys, publicUrl })).toThrow(RangeError);
  });

  test('a template has {frame} once, behind the signature', () => {
    const links = linksAt(noon);
    expect(links.frameTemplate('main', image, 30).template).toMatch(
      /^https:\/\/pacs\.example\/links\/[A-Za-z0-9_-]+\/frames\/\{frame\}$/,
    );
    expect(links.renderedFrameTemplate('main', image, 30).template).toMatch(
      /^https:\/\/pacs\.example\/links\/[A-Za-z0-9_-]+\/frames\/\{frame\}\/rendered$/,
    );
  });
});

describe('what a link grants', () => {
  const links = linksAt(noon);

  test('a native instance is granted as stored', () => {
    const link = links.native('main', image);
    expect(link).toMatchObject({ mediaType: 'application/dicom', transferSyntaxUID: null, representation: 'NATIVE' });
    expect(verified(link.url)).toMatchObject({
      form: 'resource',
      methods: ['GET', 'HEAD'],
      representations: ['NATIVE'],
      origin: 'main',
      study,
      series,
      instance,
      transferSyntaxUID: null,
    });
  });

  test('a study is granted as multipart, without a series', () => {
    const link = links.native('main', { study });
    expect(link.mediaType).toBe('multipart/related; type="application/dicom"');
    expect(verified(link.url)).toMatchObject({ study, series: null, instance: null });
  });

  test('a transfer syntax that was asked for is granted and told', () => {
    const link = links.frame('main', image, 7, { transferSyntaxUID: '1.2.840.10008.1.2.1' });
    expect(link.transferSyntaxUID).toBe('1.2.840.10008.1.2.1');
    expect(verified(link.url)).toMatchObject({ frame: 7, transferSyntaxUID: '1.2.840.10008.1.2.1' });
  });

  test('a rendered frame is granted with its parameters, as JPEG unless asked otherwise', () => {
    const viewport = { width: 64, height: 32, sourceX: 0 };
    const link = links.renderedFrame('main', image, 2, { viewport, window: { center: -0, width: 400 }, quality: 80 });
    expect(link.mediaType).toBe('image/jpeg');
    expect(verified(link.url).rendering).toEqual({
      viewport: { width: 64, height: 32, sourceX: 0, sourceY: null, sourceWidth: null, sourceHeight: null },
      window: { center: 0, width: 400, function: 'linear' },
      quality: 80,
    });
  });

  test('nothing asked for, null and absent are one question', () => {
    const plain = links.rendered('main', image).url;
    expect(links.rendered('main', image, { viewport: null, window: undefined, quality: null }).url).toBe(plain);
    expect(links.thumbnail('main', image, { width: null }).url).toBe(links.thumbnail('main', image).url);
  });

  test('a thumbnail fits into a square of the width', () => {
    expect(verified(links.thumbnail('main', { study }, { width: 96 }).url)).toMatchObject({
      representations: ['THUMBNAIL'],
      rendering: { viewport: { width: 96, height: 96 } },
    });
  });

  test('bulk data is granted by the path of its attribute and that of its origin', () => {
    const request = { attributePath: 'EncapsulatedDocument', originPath: '/studies/1/bulkdata/1' };
    expect(verified(links.bulkData('main', image, request).url)).toMatchObject(request);
  });

  test('the principal stands in it as a keyed hash alone', () => {
    const url = minterAt(noon).linksFor({ id: 'ada@example.org' }).native('main', image).url;
    expect(verified(url).subject).toBe(linkKeys.subject('k1', 'ada@example.org'));
    expect(Buffer.from(tokenOf(url), 'base64url').toString('latin1')).not.toContain('ada');
    expect(url).not.toBe(linksAt(noon).native('main', image).url);
  });

  test('a link minted within another has its subject and never outlives it', () => {
    const grant = verified(linksAt(noon).metadata('main', image).url);
    const later = minterAt(noon + 400).linksWithin(grant);
    const link = later.bulkData('main', image, { attributePath: 'WaveformSequence[0].WaveformData', originPath: '/b' });
    expect(verified(link.url, noon + 400)).toMatchObject({ subject: grant.subject, expiresAt: grant.expiresAt });
  });

  test('what else a reference holds does not get in', () => {
    const wide = { ...image, origin: 'other', mediaType: 'text/html', frame: 3 };
    expect(links.native('main', wide).url).toBe(links.native('main', image).url);
  });
});

describe('what is not minted', () => {
  const links = linksAt(noon);

  test.each([
    ['a malformed UID', 'study', () => links.native('main', { study: '1.2/../3' })],
    ['frame 0', 'frame', () => links.frame('main', image, 0)],
    ['a template of no frames', 'frameCount', () => links.frameTemplate('main', image, 0)],
    ['quality 0', 'quality', () => links.rendered('main', image, { quality: 0 })],
    ['quality 101', 'quality', () => links.rendered('main', image, { quality: 101 })],
    ['an empty viewport', 'viewport.width', () => links.thumbnail('main', image, { width: 0 })],
    ['a huge viewport', 'viewport.width', () => links.thumbnail('main', image, { width: 16_385 })],
    [
      'a part of the image without its height',
      'viewport.sourceWidth',
      () => links.rendered('main', image, { viewport: { width: 1, height: 1, sourceWidth: 5 } }),
    ],
    [
      'a window without width',
      'window.width',
      () => links.rendered('main', image, { window: { center: 1, width: 0 } }),
    ],
    ['an instance without its series', 'series', () => links.native('main', { study, instance })],
    ['an origin without an id', 'origin', () => links.native('', image)],
  ])('is %s', (_, field, mint) => {
    expect(mint).toThrow(LinkGrantError);
    expect(mint).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', facts: { field } }));
  });

  test('a refusal does not repeat the value', () => {
    expect(() => links.native('main', { study: 'Doe^Jane' })).toThrow(expect.not.stringContaining('Doe'));
  });
});

describe('an upload', () => {
  const uploaded = (url: string, now = noon) => verifyLink(tokenOf(url), linkKeys, 'upload', now);

  test('is for POST alone, with what was asked for in it, and lives ten minutes', () => {
    const { url, expiresAt, maxBytes } = linksAt(noon + 7.5).upload('main', { study, maxBytes: 5_000 });
    expect([expiresAt, maxBytes]).toEqual([new Date((noon + 607) * 1000), 5_000]);
    expect(uploaded(url)).toMatchObject({
      form: 'upload',
      methods: ['POST'],
      representations: [],
      study,
      series: null,
      maxBytes: 5_000,
      expiresAt: noon + 607,
    });
    expect(uploaded(linksAt(noon).upload('main', { maxBytes: 1 }).url).study).toBeNull();
  });

  test('is never the same twice', () => {
    const links = linksAt(noon);
    const urls = Array.from({ length: 100 }, () => links.upload('main', { study, maxBytes: 1 }).url);
    expect(new Set(urls).size).toBe(100);
  });

  test('does not outlive the token of its principal, nor what is configured', () => {
    const { expiresAt } = minterAt(noon)
      .linksFor({ id: 'a', expiresAt: noon + 77.9 })
      .upload('main', { maxBytes: 1 });
    expect(expiresAt).toEqual(new Date((noon + 77) * 1000));
    const shorter = linksAt(noon, { uploadSeconds: 30 }).upload('main', { maxBytes: 1 });
    expect(shorter.expiresAt).toEqual(new Date((noon + 30) * 1000));
    expect(() => minterAt(noon, { uploadSeconds: 3601 })).toThrow(RangeError);
  });

  test.each([{ maxBytes: 0 }, { maxBytes: -1 }, { maxBytes: 1.5 }, { study: '1..2', maxBytes: 1 }])(
    'of %j is not minted',
    (request) => {
      expect(() => linksAt(noon).upload('main', request)).toThrow(LinkGrantError);
    },
  );

  test('is not minted by what was granted to read', () => {
    const grant = verified(linksAt(noon).native('main', image).url);
    expect(minterAt(noon).linksWithin(grant)).not.toHaveProperty('upload');
  });
});
