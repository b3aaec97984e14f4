import { describe, expect, test } from 'vitest';
import { readFrame, readPart10 } from '../../src/part10/index.ts';
import { el, encapsulated, part10, uids, type Written } from './part10-writer.ts';

interface Image {
  readonly rows?: number;
  readonly columns?: number;
  readonly samples?: number;
  readonly bits?: number;
  readonly frames?: string | null;
  readonly photometric?: string;
}

const describeImage = ({
  rows = 2,
  columns = 2,
  samples = 1,
  bits = 8,
  frames = null,
  photometric = 'MONOCHROME2',
}: Image) => [
  el('00280002', 'US', [samples]),
  el('00280004', 'CS', photometric),
  ...(frames === null ? [] : [el('00280008', 'IS', frames)]),
  el('00280010', 'US', [rows]),
  el('00280011', 'US', [columns]),
  el('00280100', 'US', [bits]),
];
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index));
const native = (image: Image, pixels: Buffer, vr = 'OW', uid: string = uids.explicit) =>
  readPart10(part10([...describeImage(image), el('7FE00010', vr, pixels)], uid));

describe('native frames', () => {
  test.each<[string, Image, number]>([
    ['8 bits', {}, 4],
    ['16 bits', { bits: 16 }, 8],
    ['32 bits', { bits: 32 }, 16],
    ['RGB', { samples: 3, photometric: 'RGB' }, 12],
    ['chrominance of half width', { samples: 3, photometric: 'YBR_FULL_422' }, 8],
    ['YBR_PARTIAL_422', { samples: 3, photometric: 'YBR_PARTIAL_422' }, 8],
  ])('of %s have their length', (_, image, length) => {
    const file = native({ ...image, frames: '3' }, bytes(3 * length));
    expect([1, 2, 3].map((number) => readFrame(file, number))).toEqual(
      [0, 1, 2].map((index) => bytes(3 * length).subarray(index * length, (index + 1) * length)),
    );
  });

  test('that say YBR_FULL_422 and hold three samples a pixel are taken by their length', () => {
    const file = native({ samples: 3, photometric: 'YBR_FULL_422', frames: '2' }, bytes(24));
    expect(readFrame(file, 2)).toEqual(bytes(24).subarray(12));
  });

  test('are given without the pad byte behind the last', () => {
    const file = native({ rows: 3, columns: 3 }, bytes(10), 'OB');
    expect(readFrame(file, 1)).toEqual(bytes(9));
  });

  test('of floating point are those of their own elements', () => {
    for (const [tag, vr, bits] of [
      ['7FE00008', 'OF', 32],
      ['7FE00009', 'OD', 64],
    ] as const) {
      const elements = [...describeImage({ bits, frames: '2' }), el(tag, vr, bytes(bits))];
      const file = readPart10(part10(elements));
      expect(readFrame(file, 2)).toEqual(bytes(bits).subarray(bits / 2));
      expect(file.pixelData?.tag).toBe(tag);
    }
  });

  test.each([
    ['OW', 16, (b: Buffer) => b.swap16()],
    ['OW', 8, (b: Buffer) => b.swap16()],
    ['OW', 32, (b: Buffer) => b.swap32()],
    ['OB', 8, (b: Buffer) => b],
  ])('of a Big Endian file are Little Endian (%s, %d bits)', (vr, bits, swap) => {
    // Three pixels a frame: frames of 8 bits begin in the middle of a word.
    const length = (3 * bits) / 8;
    const pixels = bytes(4 * length);
    const file = native({ rows: 1, columns: 3, bits, frames: '4' }, pixels, vr, uids.bigEndian);
    const expected = swap(bytes(4 * length));
    expect(Buffer.concat([1, 2, 3, 4].map((number) => readFrame(file, number)))).toEqual(expected);
  });

  test('of one bit are moved to begin with a byte, unused bits are 0', () => {
    // 3 frames of 3 x 3 pixels, bit 0 first: 27 bits.
    const frames = ['101010101', '011001111', '110100011'];
    const packed = Buffer.alloc(4);
    for (const [at, bit] of [...frames.join('')].entries()) {
      packed[at >> 3] = (packed[at >> 3] ?? 0) | (Number(bit) << (at & 7));
    }
    const file = native({ rows: 3, columns: 3, bits: 1, frames: '3' }, packed, 'OB');
    const unpacked = (frame: Buffer): string =>
      [...frame].map((byte) => byte.toString(2).padStart(8, '0').split('').reverse().join('')).join('');
    expect([1, 2, 3].map((number) => unpacked(readFrame(file, number)))).toEqual(
      frames.map((frame) => `${frame}0000000`),
    );
  });

  test('of one bit that begin with bytes are not copied', () => {
    const file = native({ rows: 4, columns: 4, bits: 1, frames: '2' }, bytes(4), 'OB');
    expect(readFrame(file, 2)).toEqual(bytes(4).subarray(2));
    expect(readFrame(file, 2).buffer).toBe(file.bytes.buffer);
  });

  test('are one where Number of Frames is absent or empty, and counted by length where it is no number', () => {
    expect(native({}, bytes(8)).pixelData?.numberOfFrames).toBe(1);
    expect(native({ frames: '' }, bytes(8)).pixelData?.numberOfFrames).toBe(1);
    expect(native({ frames: '1A' }, bytes(8)).pixelData?.numberOfFrames).toBe(2);
    expect(native({ frames: '0' }, bytes(4)).pixelData?.numberOfFrames).toBe(1);
  });

  test.each([0, 3, -1, 1.5, Number.NaN])('number %d of two is refused', (number) => {
    const file = native({ frames: '2' }, bytes(8));
    expect(() => readFrame(file, number)).toThrow(expect.objectContaining({ reason: 'no-such-frame' }));
  });

  test('that are not all there are refused, those that are are given', () => {
    const file = native({ frames: '2' }, bytes(6));
    expect(readFrame(file, 1)).toEqual(bytes(4));
    expect(() => readFrame(file, 2)).toThrow(expect.objectContaining({ reason: 'truncated' }));
  });

  test('are refused where the image is not described, or is not there', () => {
    const undescribed = readPart10(part10([el('7FE00010', 'OW', bytes(4))]));
    expect(() => readFrame(undescribed, 1)).toThrow(expect.objectContaining({ reason: 'no-frames' }));
    expect(() => readFrame(readPart10(part10([])), 1)).toThrow(expect.objectContaining({ reason: 'no-frames' }));
  });
});

describe('pixel data against its transfer syntax', () => {
  test('native in an encapsulated one has no frames, and that is told', () => {
    const file = native({}, bytes(4), 'OB', uids.jpegBaseline);
    expect(() => readFrame(file, 1)).toThrow(expect.objectContaining({ reason: 'no-frames' }));
    expect(file.problems).toEqual(['7FE00010 is native, against its transfer syntax']);
  });

  test('encapsulated in a native one is given as it is, and that is told', () => {
    const file = readPart10(part10([...describeImage({}), encapsulated([Buffer.alloc(0), Buffer.from('abcd')])]));
    expect(readFrame(file, 1).toString()).toBe('abcd');
    expect(file.problems).toEqual(['7FE00010 is encapsulated, against its transfer syntax']);
  });
});

describe('encapsulated frames', () => {
  const soi = (text: string): Buffer =>
    Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from(text), Buffer.alloc(1)]);
  const stream = (text: string): Buffer =>
    Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from(text), Buffer.from('ffd900', 'hex')]);
  const offsets = (...values: number[]): Buffer => {
    const table = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) table.writeUInt32LE(value, 4 * index);
    return table;
  };
  const none = Buffer.alloc(0);
  const read = (
    frames: string | null,
    fragments: readonly Buffer[],
    before: readonly Written[] = [],
    uid: string = uids.jpegBaseline,
  ) => readPart10(part10([...describeImage({ frames }), ...before, encapsulated(fragments)], uid));
  const all = (file: ReturnType<typeof read>): string[] =>
    Array.from({ length: file.pixelData?.numberOfFrames ?? 0 }, (_, index) =>
      readFrame(file, index + 1).toString('latin1'),
    );
  const ab = [Buffer.from('aa'), Buffer.from('bbbb'), Buffer.from('cc'), Buffer.from('dddd')];

  test('are the fragments that the Basic Offset Table gives', () => {
    // Items: at 0 aa, 10 bbbb, 22 cc, 32 dddd.
    expect(all(read('2', [offsets(0, 22), ...ab]))).toEqual(['aabbbb', 'ccdddd']);
    expect(all(read('3', [offsets(0, 10, 32), ...ab]))).toEqual(['aa', 'bbbbcc', 'dddd']);
  });

  test('are those of the Extended Offset Table before those of a Basic one', () => {
    const table = Buffer.alloc(16);
    table.writeBigUInt64LE(32n, 8);
    const extended = [el('7FE00001', 'OV', table), el('7FE00002', 'OV', Buffer.alloc(16))];
    expect(all(read('2', [none, ...ab], extended))).toEqual(['aabbbbcc', 'dddd']);
    expect(all(read('2', [offsets(0, 10), ...ab], extended))).toEqual(['aabbbbcc', 'dddd']);
  });

  test('are found when the Extended Offset Table is itself bulk data', () => {
    const count = 200;
    const table = Buffer.alloc(8 * count);
    for (let index = 0; index < count; index++) table.writeBigUInt64LE(BigInt(20 * index), 8 * index);
    const fragments = Array.from({ length: 2 * count }, (_, index) => Buffer.from(index % 2 === 0 ? 'ab' : 'cd'));
    const file = read(String(count), [none, ...fragments], [el('7FE00001', 'OV', table)]);
    expect(file.bulk.has('7FE00001')).toBe(true);
    expect(new Set(all(file))).toEqual(new Set(['abcd']));
  });

  test('are one fragment each where there is no table', () => {
    expect(all(read('4', [none, ...ab]))).toEqual(['aa', 'bbbb', 'cc', 'dddd']);
  });

  test('are all fragments where there is one frame', () => {
    expect(all(read(null, [none, ...ab]))).toEqual(['aabbbbccdddd']);
    expect(all(read('1', [offsets(0), ...ab]))).toEqual(['aabbbbccdddd']);
  });

  test.each([
    ['beside the fragments', offsets(0, 12)],
    ['not from the first', offsets(10, 22)],
    ['twice at one', offsets(0, 0)],
    ['beyond the last', offsets(0, 4000)],
    ['downwards', offsets(22, 0)],
    ['cut off', offsets(0, 22).subarray(0, 6)],
  ])('are found without a table that points %s', (_, table) => {
    expect(all(read('2', [table, stream('a'), stream('b')]))).toEqual(
      [stream('a'), stream('b')].map((s) => s.toString('latin1')),
    );
    expect(() => all(read('2', [table, ...ab]))).toThrow(expect.objectContaining({ reason: 'frames-indistinct' }));
  });

  test.each([
    ['JPEG', 'ffd8ffe0'],
    ['JPEG-LS', 'ffd8fff7'],
    ['JPEG 2000', 'ff4fff51'],
    ['JPEG XL', 'ff0a1234'],
    ['JPEG XL in boxes', '0000000c4a584c20'],
  ])('are told apart by the start of their code streams: %s', (_, start) => {
    const head = Buffer.from(start, 'hex');
    const first = [head, Buffer.from('aaaa')];
    const second = [Buffer.concat([head, Buffer.from('bb')]), Buffer.from('cc'), Buffer.from('dd')];
    expect(all(read('2', [none, ...first, ...second]))).toEqual([
      Buffer.concat(first).toString('latin1'),
      Buffer.concat(second).toString('latin1'),
    ]);
  });

  test('are told apart by their ends where a fragment within looks like a start', () => {
    const fragments = [soi('a'), stream('thumbnail'), soi('b'), stream('c')];
    expect(all(read('2', [none, ...fragments]))).toHaveLength(2);
    expect(readFrame(read('2', [none, ...fragments]), 2)).toEqual(Buffer.concat(fragments.slice(2)));
  });

  test('that cannot be told apart are refused', () => {
    expect(() => all(read('3', [none, ...ab]))).toThrow(expect.objectContaining({ reason: 'frames-indistinct' }));
    expect(() => all(read('2', [none, ab[0] as Buffer]))).toThrow(
      expect.objectContaining({ reason: 'frames-indistinct' }),
    );
    expect(() => all(read('1', [none]))).toThrow(expect.objectContaining({ reason: 'frames-indistinct' }));
  });

  test('are not byte-swapped, whatever VR is written', () => {
    const file = readPart10(
      part10([...describeImage({}), encapsulated([none, Buffer.from('abcd')], '7FE00010', 'OW')], uids.jpegLs),
    );
    expect(readFrame(file, 1).toString()).toBe('abcd');
    expect(file.dataSet['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' });
  });

  test.each(['OB', 'UN'])('of VR %s are OB', (vr) => {
    const file = readPart10(
      part10([...describeImage({}), encapsulated([none, Buffer.from('abcd')], '7FE00010', vr)], uids.rle),
    );
    expect(file.dataSet['7FE00010']).toEqual({ vr: 'OB', BulkDataURI: 'bulkdata/7FE00010' });
    expect(readFrame(file, 1).toString()).toBe('abcd');
  });
});
