import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { closeDecoders, decodeFrame } from '../../src/render/decode-frame.ts';
import { encode, rleFrame, scanOf } from '../support/code-streams.ts';
import { littleEndian, pixelsOf } from '../support/render.ts';

afterAll(closeDecoders);

const rle = '1.2.840.10008.1.2.5';
const jpegBaseline = '1.2.840.10008.1.2.4.50';
const jpegLossless = '1.2.840.10008.1.2.4.70';
const jpegLs = '1.2.840.10008.1.2.4.80';
const jpeg2000 = '1.2.840.10008.1.2.4.90';
const htJpeg2000 = '1.2.840.10008.1.2.4.201';

/** A colour image whose channels differ little, so that their differences fit 8 bits. */
const columns = 6;
const rows = 4;
const rgb = Uint8Array.from({ length: columns * rows * 3 }, (_, i) => 60 + Math.floor(i / 3) * 5 + (i % 3) * 7);
const colour = pixelsOf({ rows, columns, samplesPerPixel: 3, photometricInterpretation: 'RGB' });
const colourImage = { columns, rows, samplesPerPixel: 3, bitsStored: 8, data: rgb } as const;

describe('RLE', () => {
  const runs = [254, 7, 2, 1, 2, 3]; // 7 7 7, then 1 2 3 as they are

  test('runs and literals follow each other', async () => {
    const pixels = pixelsOf({ transferSyntaxUid: rle, columns: 6 });
    expect([...(await decodeFrame(rleFrame(runs), pixels)).data]).toEqual([7, 7, 7, 1, 2, 3]);
  });

  test('the first segment holds the high bytes', async () => {
    const pixels = pixelsOf({ transferSyntaxUid: rle, columns: 2, bitsAllocated: 16 });
    expect([...(await decodeFrame(rleFrame([1, 0x12, 0x34], [1, 0x56, 0x78]), pixels)).data]).toEqual([
      0x56, 0x12, 0x78, 0x34,
    ]);
  });

  test('a control byte of 128 means nothing, and pixels after the last are not looked at', async () => {
    const pixels = pixelsOf({ transferSyntaxUid: rle, columns: 2 });
    expect([...(await decodeFrame(rleFrame([128, 3, 5, 6, 7, 8]), pixels)).data]).toEqual([5, 6]);
  });

  test('bits stay packed in their segment, the first pixel lowest', async () => {
    const pixels = pixelsOf({ transferSyntaxUid: rle, columns: 9, bitsAllocated: 1 });
    expect([...(await decodeFrame(rleFrame([1, 0b00000101, 1]), pixels)).data]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1]);
  });

  test.each([
    ['a segment too few', rleFrame([1, 1, 2])],
    ['a segment that ends early', rleFrame([0, 1], [1, 1, 2])],
    [
      'an offset beyond the frame',
      Buffer.concat([new Uint8Array(new Uint32Array([2, 64, 900]).buffer), new Uint8Array(60)]),
    ],
    ['less than a header', new Uint8Array(63)],
  ])('%s is corrupt', async (_, stored) => {
    const pixels = pixelsOf({ transferSyntaxUid: rle, columns: 2, bitsAllocated: 16 });
    await expect(decodeFrame(stored, pixels)).rejects.toMatchObject({
      reason: 'corrupt',
      code: 'REPRESENTATION_UNAVAILABLE',
    });
  });
});

describe('JPEG', () => {
  test('8 bits in containers of 16 are 16-bit numbers', async () => {
    const grey = Uint8Array.from({ length: 64 }, (_, i) => i * 3);
    const stored = await encode('encodeJpeg', { columns: 8, rows: 8, samplesPerPixel: 1, bitsStored: 8, data: grey });
    const pixels = pixelsOf({ transferSyntaxUid: jpegLossless, rows: 8, columns: 8, bitsAllocated: 16, bitsStored: 8 });
    expect((await decodeFrame(stored, pixels)).data).toEqual(littleEndian(Uint16Array.from(grey)));
  });

  test('YCbCr by its JFIF marker becomes RGB, whatever Photometric Interpretation says', async () => {
    const red = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#c81e28' } })
      .jpeg()
      .toBuffer();
    for (const photometricInterpretation of ['RGB', 'YBR_FULL', 'YBR_FULL_422']) {
      const pixels = pixelsOf({
        ...colour,
        transferSyntaxUid: jpegBaseline,
        rows: 16,
        columns: 16,
        photometricInterpretation,
      });
      const decoded = await decodeFrame(red, pixels);
      expect(decoded.photometricInterpretation).toBe('RGB');
      expect(
        [...decoded.data.subarray(0, 3)].map((level, i) => Math.abs(level - ([0xc8, 0x1e, 0x28][i] ?? 0)) <= 2),
      ).toEqual([true, true, true]);
    }
  });

  test('without markers Photometric Interpretation decides, unless the colour is subsampled', async () => {
    const create = { width: 16, height: 16, channels: 3, background: '#c81e28' } as const;
    const full = withoutSegment(await sharp({ create }).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(), 0xe0);
    const shared = withoutSegment(await sharp({ create }).jpeg({ chromaSubsampling: '4:2:0' }).toBuffer(), 0xe0);
    const of = async (stored: Uint8Array, photometricInterpretation: string) =>
      (
        await decodeFrame(
          stored,
          pixelsOf({ ...colour, transferSyntaxUid: jpegBaseline, rows: 16, columns: 16, photometricInterpretation }),
        )
      ).data.subarray(0, 3);
    // Y, Cb, Cr of #c81e28 by PS3.3 §C.7.6.3.1.2 are 82, 104, 212.
    expect(near(await of(full, 'RGB'), [82, 104, 212])).toBe(true);
    expect(near(await of(full, 'YBR_FULL'), [200, 30, 40])).toBe(true);
    expect(near(await of(shared, 'RGB'), [200, 30, 40])).toBe(true);
  });

  test('an endless TEM marker is refused', async () => {
    const stored = Uint8Array.from([0xff, 0xd8, 0xff, 0x01, 0xff, 0x01, 0xff, 0x01, 0xff, 0xd9]);
    const pixels = pixelsOf({ transferSyntaxUid: jpegBaseline, rows: 8, columns: 8 });
    await expect(decodeFrame(stored, pixels)).rejects.toMatchObject({ reason: 'corrupt' });
  });
});

describe('JPEG-LS', () => {
  test('components in scans of their own are interleaved', async () => {
    const planes = [0, 1, 2].map((channel) => rgb.filter((_, i) => i % 3 === channel));
    const greys = await Promise.all(
      planes.map((data) => encode('encodeJpegLs', { columns, rows, samplesPerPixel: 1, bitsStored: 8, data })),
    );
    const stored = Buffer.concat([
      Buffer.from('ffd8fff700110800040006030111000211000311 00'.replaceAll(' ', ''), 'hex'),
      ...greys.flatMap((grey, i) => [Buffer.from(`ffda0008010${i + 1}00000000`, 'hex'), scanOf(grey)]),
      Buffer.from('ffd9', 'hex'),
    ]);
    const decoded = await decodeFrame(stored, { ...colour, transferSyntaxUid: jpegLs });
    expect(decoded.data).toEqual(rgb);
  });

  test('negative values of 12 bits fill their 16-bit containers', async () => {
    const values = [-2048, -1, 0, 2047];
    const data = littleEndian(Uint16Array.from(values, (value) => value & 0xfff));
    const stored = await encode('encodeJpegLs', { columns: 4, rows: 1, samplesPerPixel: 1, bitsStored: 12, data });
    const pixels = pixelsOf({
      transferSyntaxUid: jpegLs,
      columns: 4,
      bitsAllocated: 16,
      bitsStored: 12,
      pixelRepresentation: 1,
    });
    expect((await decodeFrame(stored, pixels)).data).toEqual(littleEndian(Int16Array.from(values)));
  });

  test('YBR_FULL_422 comes with a colour for every pixel', async () => {
    const stored = await encode('encodeJpegLs', colourImage);
    const pixels = pixelsOf({ ...colour, transferSyntaxUid: jpegLs, photometricInterpretation: 'YBR_FULL_422' });
    expect(await decodeFrame(stored, pixels)).toEqual({ data: rgb, photometricInterpretation: 'YBR_FULL' });
  });
});

describe('JPEG 2000', () => {
  test('a code stream within a JP2 file is found', async () => {
    const codeStream = await encode('encodeJpeg2000', colourImage);
    const stored = Buffer.concat([
      Buffer.from('0000000c6a5020200d0a870a', 'hex'),
      Buffer.from('00000010667479706a70322000000000', 'hex'),
      Buffer.from('000000006a703263', 'hex'),
      codeStream,
    ]);
    expect((await decodeFrame(stored, { ...colour, transferSyntaxUid: jpeg2000 })).data).toEqual(rgb);
  });

  test('a colour transform in the code stream makes RGB of whatever is announced', async () => {
    const stored = await encode('encodeJpeg2000', colourImage);
    const pixels = pixelsOf({ ...colour, transferSyntaxUid: jpeg2000, photometricInterpretation: 'YBR_RCT' });
    expect(await decodeFrame(stored, pixels)).toEqual({ data: rgb, photometricInterpretation: 'RGB' });
  });

  test('colour of 16 bits is refused, not cut down to 8', async () => {
    const stored = Buffer.from(await encode('encodeJpeg2000', colourImage));
    const size = stored.indexOf(Buffer.from('ff51', 'hex'));
    for (const component of [0, 1, 2]) stored[size + 40 + 3 * component] = 15;
    const pixels = pixelsOf({ ...colour, transferSyntaxUid: jpeg2000, bitsAllocated: 16 });
    await expect(decodeFrame(stored, pixels)).rejects.toMatchObject({ reason: 'unsupported' });
  });

  test('a second size is refused', async () => {
    const stored = Buffer.from(await encode('encodeJpeg2000', colourImage));
    const size = stored.subarray(2, 4 + stored.readUInt16BE(4));
    const twice = Buffer.concat([stored.subarray(0, 2), size, size, stored.subarray(2 + size.length)]);
    await expect(decodeFrame(twice, { ...colour, transferSyntaxUid: jpeg2000 })).rejects.toMatchObject({
      message: expect.stringContaining('two sizes'),
    });
  });

  test('components of different size are refused', async () => {
    const stored = Buffer.from(await encode('encodeJpeg2000', colourImage));
    const size = stored.indexOf(Buffer.from('ff51', 'hex'));
    stored[size + 44] = 2; // XRsiz of the second component
    await expect(decodeFrame(stored, { ...colour, transferSyntaxUid: jpeg2000 })).rejects.toMatchObject({
      reason: 'corrupt',
    });
  });
});

describe('High-Throughput JPEG 2000', () => {
  test('colour comes back exactly', async () => {
    const stored = await encode('encodeHtJpeg2000', colourImage);
    expect((await decodeFrame(stored, { ...colour, transferSyntaxUid: htJpeg2000 })).data).toEqual(rgb);
  });

  test('components without a colour transform keep their places', async () => {
    // The encoder always transforms. With the transform struck from the header the components are what it made of R, G
    // and B: (R + 2G + B) / 4, B - G and R - G (ISO/IEC 15444-1 Annex G.2), the latter two around 128.
    const stored = Buffer.from(await encode('encodeHtJpeg2000', colourImage));
    const style = stored.indexOf(Buffer.from('ff52', 'hex'));
    expect(stored[style + 8]).toBe(1);
    stored[style + 8] = 0;
    const expected = Uint8Array.from(rgb, (_, i) => {
      const [r = 0, g = 0, b = 0] = rgb.subarray(i - (i % 3));
      return [Math.floor((r + 2 * g + b) / 4), b - g + 128, r - g + 128][i % 3] ?? 0;
    });
    const decoded = await decodeFrame(stored, { ...colour, transferSyntaxUid: htJpeg2000 });
    expect(decoded).toEqual({ data: expected, photometricInterpretation: 'RGB' });
  });

  test.each([
    [8, [-128, -1, 0, 127]],
    [16, [-32768, -1, 0, 32767]],
  ] as const)('negative values of %i bits stay negative', async (bits, values) => {
    const data = bits === 8 ? littleEndian(Int8Array.from(values)) : littleEndian(Int16Array.from(values));
    const stored = await encode('encodeHtJpeg2000', {
      columns: 4,
      rows: 1,
      samplesPerPixel: 1,
      bitsStored: bits,
      signed: true,
      data,
    });
    const pixels = pixelsOf({ transferSyntaxUid: htJpeg2000, columns: 4, bitsAllocated: bits, pixelRepresentation: 1 });
    expect((await decodeFrame(stored, pixels)).data).toEqual(data);
  });
});

describe('a code stream that is not what the attributes say', () => {
  test.each([
    ['rows', { rows: rows + 1 }],
    ['columns', { columns: columns - 1 }],
    ['samples', { samplesPerPixel: 1 }],
    ['syntax', { transferSyntaxUid: '1.2.840.10008.1.2.4.90' }],
  ] as const)('is corrupt: other %s', async (_, other) => {
    const stored = await encode('encodeJpegLs', colourImage);
    const pixels = pixelsOf({ ...colour, transferSyntaxUid: jpegLs, ...other });
    await expect(decodeFrame(stored, pixels)).rejects.toMatchObject({ reason: 'corrupt' });
  });

  test('is corrupt: more bits than the container has', async () => {
    const data = littleEndian(Uint16Array.from([1, 2, 3, 4]));
    const stored = await encode('encodeJpegLs', { columns: 4, rows: 1, samplesPerPixel: 1, bitsStored: 12, data });
    const pixels = pixelsOf({ transferSyntaxUid: jpegLs, columns: 4, bitsAllocated: 8 });
    await expect(decodeFrame(stored, pixels)).rejects.toMatchObject({ reason: 'corrupt' });
  });

  test('is unsupported: a video, JPEG XL', async () => {
    for (const transferSyntaxUid of ['1.2.840.10008.1.2.4.102', '1.2.840.10008.1.2.4.110']) {
      const pixels = pixelsOf({ transferSyntaxUid });
      await expect(decodeFrame(new Uint8Array(9), pixels)).rejects.toMatchObject({ reason: 'unsupported' });
    }
  });
});

/** Takes the first segment with a marker out of a JPEG code stream. */
function withoutSegment(stored: Buffer, marker: number): Buffer {
  const at = stored.indexOf(Buffer.from([0xff, marker]));
  return Buffer.concat([stored.subarray(0, at), stored.subarray(at + 2 + stored.readUInt16BE(at + 2))]);
}

function near(levels: Uint8Array, expected: readonly number[]): boolean {
  return expected.every((level, i) => Math.abs(level - (levels[i] ?? Number.NaN)) <= 2);
}
