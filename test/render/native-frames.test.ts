import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { canDecode, closeDecoders, decodeFrame, frameForExplicitLittleEndian } from '../../src/render/decode-frame.ts';
import { encode, rleFrame } from '../support/code-streams.ts';
import { describeCorpus } from '../support/corpus.ts';
import { corpusFile, pixelsOf, readCorpusFrame } from '../support/render.ts';

afterAll(closeDecoders);

const deflatedFrame = '1.2.840.10008.1.2.8.1';
const rle = '1.2.840.10008.1.2.5';
const colour = { samplesPerPixel: 3, photometricInterpretation: 'RGB' } as const;

describe('a native frame', () => {
  test('of packed bits has a byte for each pixel, the lowest bit first', async () => {
    const pixels = pixelsOf({ columns: 10, bitsAllocated: 1 });
    const { data } = await decodeFrame(Uint8Array.of(0b10000001, 0b11), pixels);
    expect([...data]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  });

  test('is cut to its pixels', async () => {
    expect([...(await decodeFrame(Uint8Array.of(1, 2, 3, 0), pixelsOf({ columns: 3 }))).data]).toEqual([1, 2, 3]);
  });

  test('shorter than its pixels is corrupt', async () => {
    const pixels = pixelsOf({ columns: 2, bitsAllocated: 16 });
    await expect(decodeFrame(Uint8Array.of(1, 2, 3), pixels)).rejects.toMatchObject({ reason: 'corrupt' });
  });

  test('that is deflated by itself is inflated, and to no more than its pixels', async () => {
    const pixels = pixelsOf({ columns: 12, bitsAllocated: 1, transferSyntaxUid: deflatedFrame });
    const decoded = await decodeFrame(deflateRawSync(Uint8Array.of(0xff, 0x0f)), pixels);
    expect([...decoded.data]).toEqual(Array.from({ length: 12 }, () => 1));
    for (const hostile of [deflateRawSync(new Uint8Array(1_000_000)), Uint8Array.of(1, 2, 3), new Uint8Array()]) {
      await expect(decodeFrame(hostile, pixels)).rejects.toMatchObject({ reason: 'corrupt' });
    }
  });
});

describe('a frame for Explicit VR Little Endian', () => {
  test('is the stored one where that is native: planes, packed bits and shared colour stay', async () => {
    const planes = Uint8Array.of(1, 2, 3, 4, 5, 6, 0);
    expect(
      await frameForExplicitLittleEndian(planes, pixelsOf({ ...colour, columns: 2, planarConfiguration: 1 })),
    ).toEqual({
      data: planes.subarray(0, 6),
      photometricInterpretation: 'RGB',
      planarConfiguration: 1,
    });
    const bits = Uint8Array.of(0b1, 0b1);
    expect((await frameForExplicitLittleEndian(bits, pixelsOf({ columns: 9, bitsAllocated: 1 }))).data).toEqual(bits);
    const shared = pixelsOf({ ...colour, columns: 2, photometricInterpretation: 'YBR_FULL_422' });
    expect(await frameForExplicitLittleEndian(Uint8Array.of(1, 2, 3, 4), shared)).toMatchObject({
      data: Uint8Array.of(1, 2, 3, 4),
      photometricInterpretation: 'YBR_FULL_422',
    });
  });

  test('has the Planar Configuration of the metadata where it is decoded', async () => {
    const stored = rleFrame([1, 10, 11], [1, 20, 21], [1, 30, 31]);
    const pixels = pixelsOf({ ...colour, columns: 2, transferSyntaxUid: rle });
    expect(await frameForExplicitLittleEndian(stored, pixels)).toMatchObject({
      data: Uint8Array.of(10, 20, 30, 11, 21, 31),
      planarConfiguration: 0,
    });
    expect(await frameForExplicitLittleEndian(stored, { ...pixels, planarConfiguration: 1 })).toMatchObject({
      data: Uint8Array.of(10, 11, 20, 21, 30, 31),
      planarConfiguration: 1,
    });
  });

  test('of compressed bits is packed', async () => {
    const pixels = pixelsOf({ columns: 9, bitsAllocated: 1, transferSyntaxUid: rle });
    expect((await frameForExplicitLittleEndian(rleFrame([1, 0b101, 1]), pixels)).data).toEqual(Uint8Array.of(0b101, 1));
  });

  test('says RGB where a colour transform was undone', async () => {
    const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => i);
    const stored = await encode('encodeJpeg2000', { columns: 8, rows: 8, samplesPerPixel: 3, bitsStored: 8, data });
    const pixels = pixelsOf({
      ...colour,
      rows: 8,
      columns: 8,
      photometricInterpretation: 'YBR_RCT',
      transferSyntaxUid: '1.2.840.10008.1.2.4.90',
    });
    expect(await frameForExplicitLittleEndian(stored, pixels)).toEqual({
      data,
      photometricInterpretation: 'RGB',
      planarConfiguration: 0,
    });
  });
});

describeCorpus('siblings of the corpus', () => {
  test.each([
    ['codecs/ct2/explicit-le.dcm', 'codecs/ct2/jpegls-lossless.dcm'],
    ['codecs/us1/explicit-le.dcm', 'codecs/us1/j2k-lossless-rct.dcm'],
    ['codecs/mr-small/explicit-le.dcm', 'codecs/mr-small/big-endian.dcm'],
    ['codecs/john-doe/explicit-le.dcm', 'codecs/john-doe/deflated.dcm'],
    ['codecs/emri/explicit-le.dcm', 'codecs/emri/rle.dcm'],
  ])('%s and %s are the same frame in Explicit VR Little Endian', async (one, other) => {
    const [first, second] = [one, other].map((name) => readCorpusFrame(corpusFile(name)));
    if (!first || !second) throw new Error('Two files');
    const digests = await Promise.all(
      [first, second].map(async ({ stored, pixels }) => {
        const { data, ...layout } = await frameForExplicitLittleEndian(stored, pixels);
        return { ...layout, digest: createHash('sha256').update(data).digest('hex') };
      }),
    );
    expect(digests[1]).toEqual(digests[0]);
  });
});

test('what can be decoded is known beforehand', () => {
  expect(
    ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1.98', rle, deflatedFrame, '1.2.840.10008.1.2.4.203'].map(canDecode),
  ).toEqual(Array.from({ length: 5 }, () => true));
  expect(['1.2.840.10008.1.2.4.100', '1.2.840.10008.1.2.4.112', '', 'x'].map(canDecode)).toEqual(
    Array.from({ length: 4 }, () => false),
  );
});
