import { describe, expect, test } from 'vitest';
import { frameMediaType, transferSyntaxes, transferSyntaxOf } from '../../src/dicom/transfer-syntax.ts';
import { isUid } from '../../src/dicom/uid.ts';
import { corpus, describeCorpus } from '../support/corpus.ts';

const native = { encapsulated: false, lossy: false, bigEndian: false, deflated: false, implicit: false };

describe('a transfer syntax', () => {
  test.each([
    ['1.2.840.10008.1.2', 'Implicit VR Little Endian', { ...native, implicit: true }],
    ['1.2.840.10008.1.2.1', 'Explicit VR Little Endian', native],
    ['1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', { ...native, deflated: true }],
    ['1.2.840.10008.1.2.2', 'Explicit VR Big Endian', { ...native, bigEndian: true }],
    ['1.2.840.10008.1.2.5', 'RLE Lossless', { ...native, encapsulated: true }],
    ['1.2.840.10008.1.2.4.50', 'JPEG Baseline (Process 1)', { ...native, encapsulated: true, lossy: true }],
    ['1.2.840.10008.1.2.4.90', 'JPEG 2000 Image Compression (Lossless Only)', { ...native, encapsulated: true }],
    ['1.2.840.10008.1.2.4.91', 'JPEG 2000 Image Compression', { ...native, encapsulated: true, lossy: true }],
    [
      '1.2.840.10008.1.2.1.98',
      'Encapsulated Uncompressed Explicit VR Little Endian',
      { ...native, encapsulated: true },
    ],
    ['1.2.840.10008.1.2.8.1', 'Deflated Image Frame Compression', { ...native, encapsulated: true }],
  ])('%s is %s', (uid, name, flags) => {
    expect(transferSyntaxOf(uid)).toMatchObject({ uid, name, ...flags });
  });

  // PS3.18 Tables 8.7.3-4 and 8.7.3-5.
  test.each([
    ['application/octet-stream', ['', '.1', '.1.99', '.2']],
    ['image/jpeg', ['.4.50', '.4.51', '.4.57', '.4.70']],
    ['image/jls', ['.4.80', '.4.81']],
    ['image/jp2', ['.4.90', '.4.91']],
    ['image/jpx', ['.4.92', '.4.93']],
    ['image/jphc', ['.4.201', '.4.202', '.4.203']],
    ['image/jxl', ['.4.110', '.4.111', '.4.112']],
    ['image/dicom-rle', ['.5']],
    ['video/mp4', ['.4.102', '.4.103', '.4.104', '.4.105', '.4.106', '.4.102.1']],
  ])('sends frames as %s', (mediaType, suffixes) => {
    for (const suffix of suffixes) expect(frameMediaType(`1.2.840.10008.1.2${suffix}`), suffix).toBe(mediaType);
  });

  test('that is not known has no media type', () => {
    expect(transferSyntaxOf('1.2.3')).toBeUndefined();
    expect(frameMediaType('1.2.3')).toBeNull();
    expect(frameMediaType('toString')).toBeNull();
  });

  test('of a lossless name is not called lossy', () => {
    for (const { name, lossy } of transferSyntaxes.values())
      expect(/(?<!Near-)Lossless/.test(name) && lossy, name).toBe(false);
    expect([...transferSyntaxes.keys()].every(isUid)).toBe(true);
  });
});

describeCorpus('of the files in the corpus', () => {
  test('each transfer syntax is known', () => {
    for (const { file, transferSyntaxUID } of corpus.filter(({ valid }) => valid)) {
      if (transferSyntaxUID) expect(transferSyntaxOf(transferSyntaxUID), file).toBeDefined();
    }
  });
});
