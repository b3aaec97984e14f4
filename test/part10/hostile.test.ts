import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Part10Error, readBulkData, readFrame, readPart10 } from '../../src/part10/index.ts';
import { el, encapsulated, implicitLittle, part10, sq, uids, type Written } from './part10-writer.ts';

const vrs = 'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SS ST SV TM UC UI UL UN UR US UT UV'.split(
  ' ',
);

/** Something of everything: each VR, nesting in both forms, UN sequences, bulk data, frames. */
const everything = (pixels: Written): readonly Written[] => [
  el('00080005', 'CS', '\\ISO 2022 IR 87\\ISO 2022 IR 149'),
  sq('00081115', [[sq('00081199', [[el('00081155', 'UI', '1.2.3')], []], { undefinedLength: true })]]),
  sq('00082112', [[el('00280010', 'US', [1])]], { undefinedLength: true, vr: 'UN', syntax: implicitLittle }),
  ...vrs.map((vr, index) =>
    el(`0009${(0x1000 + index).toString(16).padStart(4, '0')}`, vr, Buffer.from('12\\3\x1b$B;3ED\x1b(B'.padEnd(16))),
  ),
  el('00100010', 'PN', 'A^B=\x1b$B;3ED\x1b(B^=\x1b$)C\xfb\xf3'),
  el('00280002', 'US', [1]),
  el('00280008', 'IS', '2'),
  el('00280010', 'US', [4]),
  el('00280011', 'US', [4]),
  el('00280100', 'US', [16]),
  pixels,
];
const nativePixels = el('7FE00010', 'OW', Buffer.alloc(64, 1));
const fragments = encapsulated([Buffer.alloc(8), Buffer.from('ffd8ffaa', 'hex'), Buffer.from('ffd8ffbb', 'hex')]);
const files: readonly Buffer[] = [
  part10(everything(nativePixels), uids.explicit),
  part10(everything(nativePixels), uids.implicit),
  part10(everything(nativePixels), uids.bigEndian),
  part10(everything(nativePixels), uids.deflated),
  part10(everything(fragments), uids.jpegBaseline),
];

/** Reads all there is to read. Anything thrown but a Part10Error fails. */
function readAll(bytes: Buffer): void {
  try {
    const file = readPart10(bytes, { maxInlineBytes: 8, maxInflatedBytes: 1_000_000 });
    JSON.stringify(file.dataSet);
    for (const [path, location] of file.bulk) {
      expect(location.offset + location.length).toBeLessThanOrEqual(file.bytes.length);
      readBulkData(file, path);
    }
    for (const number of [0, 1, 2, 3]) readFrame(file, number);
  } catch (error) {
    expect(error).toBeInstanceOf(Part10Error);
  }
}

describe('hostile bytes', () => {
  test('the files that are altered here are whole to begin with', () => {
    for (const bytes of files) {
      const file = readPart10(bytes);
      expect(readFrame(file, 2).length).toBeGreaterThan(0);
    }
  });

  test('a file cut off anywhere is refused, except between two elements of its root', () => {
    for (const bytes of files) {
      const whole = readPart10(bytes);
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        readAll(cut);
        try {
          const read = readPart10(cut);
          expect(Object.keys(read.dataSet).length).toBeLessThan(Object.keys(whole.dataSet).length);
          expect(whole.dataSet).toMatchObject(read.dataSet);
        } catch (error) {
          expect(error).toBeInstanceOf(Part10Error);
        }
      }
    }
  });

  test('altered bytes throw nothing but Part10Error', () => {
    const altered = fc
      .tuple(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }))
      .map(([file, changes]) => {
        const bytes = Buffer.from(file);
        for (const [at, value] of changes) bytes[128 + (at % (bytes.length - 128))] = value;
        return bytes;
      });
    fc.assert(fc.property(altered, readAll), { numRuns: 2000 });
  });

  test('lengths altered to the largest, and to one off, throw nothing but Part10Error', () => {
    for (const file of files) {
      for (let at = 132; at + 4 <= file.length; at += 2) {
        for (const value of [0xffffffff, file.readUInt32LE(at) + 1]) {
          const bytes = Buffer.from(file);
          bytes.writeUInt32LE(value >>> 0, at);
          readAll(bytes);
        }
      }
    }
  });

  test('parts put together at random throw nothing but Part10Error', () => {
    const piece = fc.oneof(
      fc
        .constantFrom(
          'feff00e0',
          'feff0de0',
          'feffdde0',
          'ffffffff',
          '00000000',
          '08000500435308005c',
          '0800151153510000',
        )
        .map((hex) => Buffer.from(hex, 'hex')),
      fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    );
    const uid = fc.constantFrom(...Object.values(uids).filter((one) => one !== uids.deflated));
    fc.assert(
      fc.property(uid, fc.array(piece, { maxLength: 40 }), (syntax, pieces) =>
        readAll(part10(Buffer.concat(pieces), syntax)),
      ),
      { numRuns: 2000 },
    );
  });

  test('text of any bytes in any character set is decoded', () => {
    const charset = fc.constantFrom(
      '',
      'ISO_IR 192',
      'GB18030',
      'GBK',
      'ISO_IR 13',
      '\\ISO 2022 IR 87\\ISO 2022 IR 159\\ISO 2022 IR 149',
    );
    const text = fc.array(
      fc.oneof(fc.constantFrom(0x1b, 0x24, 0x28, 0x29, 0x42, 0x43, 0x44, 0x5c, 0x5e, 0x3d), fc.nat(255)),
    );
    fc.assert(
      fc.property(charset, text, fc.constantFrom('PN', 'LO', 'UT'), (terms, bytes, vr) => {
        readAll(part10([el('00080005', 'CS', terms), el('00091001', vr, Buffer.from(bytes))]));
      }),
      { numRuns: 1000 },
    );
  });

  test('a long run of zeros before something else costs no time', () => {
    const zeros = Buffer.concat([Buffer.alloc(300_000), Buffer.from([1])]);
    const start = performance.now();
    readAll(part10(zeros, uids.implicit));
    readAll(part10(zeros, uids.explicit));
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('a hundred thousand open sequences are refused', () => {
    const open = Buffer.from('0800151153510000fffffffffeff00e0ffffffff', 'hex');
    expect(() => readPart10(part10(Buffer.concat(Array(100_000).fill(open))))).toThrow(
      expect.objectContaining({ name: 'Part10Error', reason: 'too-large' }),
    );
  });
});
