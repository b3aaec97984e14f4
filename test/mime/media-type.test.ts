import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMediaType } from '../../src/mime/media-type.ts';

const jp2 = '1.2.840.10008.1.2.4.90';

test.each([
  ['application/dicom', 'application/dicom', {}],
  ['Image/JPEG ; Q=1', 'image/jpeg', { q: '1' }],
  [
    'multipart/related; type="application/dicom"; boundary=b-1',
    'multipart/related',
    { type: 'application/dicom', boundary: 'b-1' },
  ],
  [
    'multipart/related;type=application/dicom;boundary="b 1;\\"x"',
    'multipart/related',
    { type: 'application/dicom', boundary: 'b 1;"x' },
  ],
  [
    `multipart/related; type="image/jp2; transfer-syntax=${jp2}"; boundary=b`,
    'multipart/related',
    { type: 'image/jp2', 'transfer-syntax': jp2, boundary: 'b' },
  ],
  [`image/jp2;; ;transfer-syntax = x; transfer-syntax=${jp2}`, 'image/jp2', { 'transfer-syntax': jp2 }],
  ['a/b; x=1; x=2', 'a/b', { x: '1' }],
  ['a/b; x="', 'a/b', { x: '"' }],
])('%s', (text, essence, parameters) => {
  const type = parseMediaType(text);
  expect(type?.essence).toBe(essence);
  expect(Object.fromEntries(type?.parameters ?? [])).toEqual(parameters);
});

test.each([undefined, '', 'text', '/x', 'text/', 'a b/c', ';x=1'])('%j is no media type', (text) => {
  expect(parseMediaType(text)).toBeNull();
});

test('any text is read or refused, and never throws', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.constantFrom(';', '=', '"', '\\', 'a/b', 'type', ' ', '; type="a/b; x=1"'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const type = parseMediaType(pieces.join(''));
      if (type !== null) expect(type.essence).toMatch(/^[^\s;]+\/[^\s;]+$/);
    }),
    { numRuns: 1_000 },
  );
});
