import { describe, expect, test } from 'vitest';
import { readFrame, readPart10 } from '../../src/part10/index.ts';
import type { PhantomDataSet } from '../../src/phantom/part10/phantom-data-set.ts';
import { encodeRle } from '../../src/phantom/part10/rle.ts';
import { writePart10 } from '../../src/phantom/part10/write-part10.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const identity: PhantomDataSet = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: '2.25.1' };

const written = (dataSet: PhantomDataSet, transferSyntaxUid = explicitLittleEndian): Buffer =>
  writePart10({ ...identity, ...dataSet }, transferSyntaxUid);

/** The bytes of an element with a length of 16 bits, header and all. */
const element = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('the writer of phantom files', () => {
  test('begins with a preamble, DICM, and file meta information of the length it declares', () => {
    const bytes = written({});
    expect(bytes.subarray(0, 132).equals(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]))).toBe(true);
    expect(bytes.subarray(132, 140)).toEqual(element('0200 0000 554c 0400'));
    const metaEnd = 144 + bytes.readUInt32LE(140);
    expect(bytes.subarray(metaEnd, metaEnd + 4)).toEqual(element('0800 1600')); // SOP Class UID, first of the data set
    expect(readPart10(bytes).meta).toMatchObject({ transferSyntaxUid: explicitLittleEndian });
  });

  // Expected bytes: PS3.5 §6.2 and §7.1.2, by hand.
  test.each([
    ['AT is group, then element', { FrameIncrementPointer: '00181063' }, '2800 0900 4154 0400 1800 6310'],
    ['UI is padded with zero', { StudyInstanceUID: '2.25.1' + '0' }, '2000 0d00 5549 0800 322e 3235 2e31 3000'],
    ['text is padded with a space', { Modality: 'ECG' }, '0800 6000 4353 0400 4543 4720'],
    ['several values are joined by backslashes', { ImageType: ['A', 'B'] }, '0800 0800 4353 0400 415c 4220'],
    ['a null is present and empty', { PatientName: null }, '1000 1000 504e 0000'],
    ['US by default where US or SS', { PixelPaddingValue: 1 }, '2800 2001 5553 0200 0100'],
    ['SS where pixels are signed', { PixelRepresentation: 1, PixelPaddingValue: -2 }, '2800 2001 5353 0200 feff'],
    [
      'DS is cut to 16 characters',
      { SliceLocation: -1 / 3 },
      '2000 4110 4453 1000 2d30 2e33 3333 3333 3333 3333 3333 3333',
    ],
  ] as const)('%s', (_, dataSet, hex) => {
    expect(written(dataSet).includes(element(hex))).toBe(true);
  });

  test('ISO 2022 IR 87 switches back to ASCII before each delimiter of a name', () => {
    // PS3.5 §H.3.1, Example 1.
    const bytes = written({
      SpecificCharacterSet: ['', 'ISO 2022 IR 87'],
      PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    });
    const expected = '\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B';
    expect(bytes.includes(Buffer.from(`Yamada^Tarou=${expected}`, 'latin1'))).toBe(true);
  });

  test('items of sequences are read back with what they hold', () => {
    const { dataSet, problems } = readPart10(
      written({ RequestAttributesSequence: [{ RequestedProcedureID: 'A' }, {}, { RequestedProcedureID: 'B' }] }),
    );
    expect(problems).toEqual([]);
    expect(dataSet['00400275']?.Value).toEqual([
      { '00401001': { vr: 'SH', Value: ['A'] } },
      {},
      { '00401001': { vr: 'SH', Value: ['B'] } },
    ]);
  });

  test('encapsulated frames of odd length are padded, and found by their offsets', () => {
    const frames = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5), Uint8Array.of(6, 7, 8, 9, 10)];
    const pixels = {
      NumberOfFrames: 3,
      Rows: 1,
      Columns: 1,
      SamplesPerPixel: 1,
      BitsAllocated: 8,
      PixelData: { frames },
    };
    const file = readPart10(written(pixels, '1.2.840.10008.1.2.4.50'));
    expect([1, 2, 3].map((number) => [...readFrame(file, number)])).toEqual([
      [1, 2, 3, 0],
      [4, 5],
      [6, 7, 8, 9, 10, 0],
    ]);
  });

  test.each([
    ['a code string in lower case', { Modality: 'ct' }],
    ['a date with dashes', { StudyDate: '2024-03-11' }],
    ['a UID with a leading zero', { StudyInstanceUID: '1.02' }],
    ['a short text of more than 16 characters', { StudyID: 'x'.repeat(17) }],
    ['a number that is not finite', { SliceLocation: Number.NaN }],
    ['a character that the character set lacks', { SpecificCharacterSet: 'ISO_IR 100', PatientName: '山田' }],
    ['a keyword that the dictionary lacks', { NoSuchKeyword: 'x' }],
    ['two values where there is one', { TextValue: ['a', 'b'] }],
  ])('refuses %s', (_, dataSet) => {
    expect(() => written(dataSet)).toThrow(RangeError);
  });
});

test('RLE segments unpack to the samples that were packed', () => {
  const [columns, rows] = [300, 3];
  const frame = Uint8Array.from({ length: columns * rows * 3 }, (_, i) => (i % 7 < 4 ? 9 : (i * 31) % 251));
  const packed = encodeRle(frame, columns, rows, 3);
  expect(packed.readUInt32LE(0)).toBe(3);
  const unpacked = new Uint8Array(frame.length);
  for (let sample = 0; sample < 3; sample++) {
    let at = packed.readUInt32LE(4 + sample * 4);
    for (let i = 0; i < columns * rows; ) {
      const control = packed.readInt8(at);
      const count = control >= 0 ? control + 1 : 1 - control;
      for (let n = 0; n < count; n++) unpacked[(i + n) * 3 + sample] = packed[at + 1 + (control >= 0 ? n : 0)] ?? 0;
      at += control >= 0 ? count + 1 : 2;
      i += count;
    }
  }
  expect(unpacked).toEqual(frame);
});
