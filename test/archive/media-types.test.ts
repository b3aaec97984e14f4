import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptsMultipart, acceptsSingle, parseAccept } from '../../src/archive/media-types.ts';

describe('Accept', () => {
  test('is read as PS3.18 writes it', () => {
    expect(
      parseAccept('multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.50', null),
    ).toEqual([
      {
        type: 'multipart',
        subtype: 'related',
        partType: 'application/dicom',
        transferSyntax: '1.2.840.10008.1.2.4.50',
        quality: 1,
      },
    ]);
  });

  test.each([
    'multipart/related;type=application/octet-stream;transfer-syntax=*',
    'Multipart/Related; Type="Application/Octet-Stream"; Transfer-Syntax="*"',
    'multipart/related ; type=application/octet-stream ; transfer-syntax=* ; charset=utf-8',
  ])('%s is understood', (header) => {
    const [range] = parseAccept(header, null);
    expect(range).toMatchObject({ type: 'multipart', partType: 'application/octet-stream', transferSyntax: '*' });
  });

  test('lists the best first, and leaves out what is not wanted', () => {
    const ranges = parseAccept('image/png;q=0.5, image/jpeg, image/webp;q=0, */*;q=0.1', null);
    expect(ranges.map((range) => range.subtype)).toEqual(['jpeg', 'png', '*']);
  });

  test('is outranked by the query parameter, and its absence takes anything', () => {
    expect(parseAccept('image/png', 'image/jpeg')[0]?.subtype).toBe('jpeg');
    expect(parseAccept(null, null)[0]).toMatchObject({ type: '*', subtype: '*' });
  });

  test.each(['', 'image', 'image/', 'image/png image/jpeg', 'image/png;;', 'image/png,,image/jpeg', '"image/png"'])(
    '%j is refused or takes nothing',
    (header) => {
      try {
        expect(parseAccept(header, null)).toEqual([]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
      }
    },
  );

  test('any text is a list or refused, at once', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', '/', ';', '=', '"', '\\', ',', '*', ' ', 'q', '1'),
      maxLength: 200,
    });
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseAccept(text, null);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
        }
      }),
      { numRuns: 500 },
    );
    const started = performance.now();
    expect(() => parseAccept(`a/b;c="${'\\"'.repeat(30_000)}`, null)).toThrow();
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test.each([
  ['*/*', 'image/png', true, true],
  ['image/*', 'image/png', true, false],
  ['image/png', 'image/png', true, false],
  ['image/jpeg', 'image/png', false, false],
  ['multipart/related', 'image/png', false, true],
  ['multipart/related; type="image/*"', 'image/png', false, true],
  ['multipart/related; type="image/jpeg"', 'image/png', false, false],
  ['multipart/*', 'image/png', false, true],
  ['multipart/mixed', 'image/png', false, false],
])('%s takes %s: as one body %s, in parts %s', (header, mediaType, single, multipart) => {
  const [range] = parseAccept(header, null);
  if (!range) throw new Error('No range');
  expect([acceptsSingle(range, mediaType), acceptsMultipart(range, mediaType)]).toEqual([single, multipart]);
});
