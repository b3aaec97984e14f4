import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentDisposition, fileName } from '../../../src/gateway/bytes/file-name.ts';

const uid = '1.2.840.1';
const instance = { uid, level: 'instance', frame: null } as const;

test.each([
  [instance, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1', '1.2.840.1.dcm'],
  [instance, 'application/dicom+json', '1.2.840.1.json'],
  [instance, 'application/pdf', '1.2.840.1.pdf'],
  [instance, 'application/octet-stream', '1.2.840.1.bin'],
  [instance, 'application/x-unheard-of', '1.2.840.1.bin'],
  [instance, 'IMAGE/JPEG', '1.2.840.1.jpg'],
  [{ ...instance, frame: 12 }, 'image/png', '1.2.840.1-frame-12.png'],
  [{ ...instance, frame: 1 }, 'image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90', '1.2.840.1-frame-1.jp2'],
  [{ ...instance, level: 'study' }, 'multipart/related; type="application/dicom"; boundary=x', '1.2.840.1.multipart'],
  [{ ...instance, uid: null }, 'application/dicom', 'instance.dcm'],
  [{ ...instance, uid: null, frame: 3 }, 'image/webp', 'instance-frame-3.webp'],
  [{ uid: null, level: 'study', frame: null }, 'multipart/related', 'study.multipart'],
] as const)('%j as %s is saved as %s', (subject, contentType, name) => {
  expect(fileName(subject, contentType)).toBe(name);
  expect(contentDisposition('attachment', name)).toBe(`attachment; filename="${name}"`);
});

test('no origin can make a name of more than digits, dots and our own words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (given, contentType) => {
      expect(fileName({ uid: given, level: 'series', frame: null }, contentType)).toMatch(
        /^(?:[0-9.]{1,64}|series)\.[a-z0-9]+$/,
      );
    }),
  );
});
