import { describe, expect, test } from 'vitest';
import type { Uid } from '../../src/dicom/uid.ts';
import { syntaxOfFrame } from '../../src/gateway/rendering/frame-syntax.ts';

const native = '1.2.840.10008.1.2.1';
const jpegLossless = '1.2.840.10008.1.2.4.70';
const jpegLs = '1.2.840.10008.1.2.4.80';
const jpeg2000 = '1.2.840.10008.1.2.4.90';
const jpegXl = '1.2.840.10008.1.2.4.110';
const octets = 'application/octet-stream';

describe('the transfer syntax of a stored frame is', () => {
  test.each([
    ['what the origin says', 'image/jls', '1.2.840.10008.1.2.4.81', [], false, '1.2.840.10008.1.2.4.81'],
    ['what the metadata says of its media type', 'image/jpeg', null, [native, jpegLossless], false, jpegLossless],
    ['what its media type is decoded as, without either', 'image/jp2', null, [], false, jpeg2000],
    ['so under a former name', 'image/x-dicom-rle', null, [jpeg2000], false, '1.2.840.10008.1.2.5'],
    ['native for octets', octets, native, [], false, native],
    ['native for octets that were decoded on the way', octets, native, [jpegLs], false, native],
    ['that of a codec for octets that are too few', octets, native, [native, jpegLs], true, jpegLs],
    ['native for octets that are too few, where no codec is told', octets, native, [native], true, native],
  ])('%s', (_, mediaType, told, available, isShort, expected) => {
    expect(syntaxOfFrame({ mediaType, transferSyntaxUid: told as Uid | null }, available, isShort)).toBe(expected);
  });

  test.each([
    ['image/jxl', jpegXl],
    ['image/jxl', null],
    ['video/mp4', null],
    ['image/jpx', '1.2.840.10008.1.2.4.92'],
  ])('none for what cannot be decoded: %s, %s', (mediaType, told) => {
    const ask = () => syntaxOfFrame({ mediaType, transferSyntaxUid: told as Uid | null }, [], false);
    expect(ask).toThrow(expect.objectContaining({ code: 'REPRESENTATION_UNAVAILABLE' }));
  });
});
