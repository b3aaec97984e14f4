import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readPart10 } from '../../src/part10/index.ts';
import { dataSetBytes, el, explicitLittle, implicitLittle, part10, sq, uids, type Written } from './part10-writer.ts';

const elements: readonly Written[] = [
  el('00080005', 'CS', 'ISO_IR 100'),
  el('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.7'),
  sq('00081115', [[sq('00081199', [[el('00081155', 'UI', '1.2.3.4')], []]), el('0020000E', 'UI', '1.2.3')]]),
  el('00100010', 'PN', 'Doe^John'),
  el('00180050', 'DS', '1.5'),
  el('00280010', 'US', [512]),
  el('00280103', 'US', [0]),
];
const json = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00081115': {
    vr: 'SQ',
    Value: [
      {
        '0020000E': { vr: 'UI', Value: ['1.2.3'] },
        '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3.4'] } }, {}] },
      },
    ],
  },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^John' }] },
  '00180050': { vr: 'DS', Value: [1.5] },
  '00280010': { vr: 'US', Value: [512] },
  '00280103': { vr: 'US', Value: [0] },
};

describe('one data set in each transfer syntax', () => {
  test.each(Object.entries(uids))('%s gives the same JSON', (_, uid) => {
    const file = readPart10(part10(elements, uid));
    expect(file.dataSet).toEqual(json);
    expect(file.meta.transferSyntaxUid).toBe(uid);
    expect(file.problems).toEqual([]);
  });

  test('a transfer syntax that is not known is read as Explicit VR Little Endian', () => {
    expect(readPart10(part10(elements, '1.2.3.4.5')).dataSet).toEqual(json);
  });

  test('Implicit VR Big Endian is refused', () => {
    expect(() => readPart10(part10(elements, '1.2.840.113619.5.2'))).toThrow(
      expect.objectContaining({ reason: 'unsupported-transfer-syntax' }),
    );
  });

  test.each([
    [
      'implicit for explicit',
      uids.explicit,
      implicitLittle,
      'the data set is Implicit VR, against its transfer syntax',
    ],
    [
      'explicit for implicit',
      uids.implicit,
      explicitLittle,
      'the data set is Explicit VR, against its transfer syntax',
    ],
  ])('a file that has %s is read, and the fault is told', (_, uid, syntax, problem) => {
    const file = readPart10(part10(dataSetBytes(elements, syntax), uid));
    expect(file.dataSet).toEqual(json);
    expect(file.problems).toEqual([problem]);
  });

  test('an empty data set is one', () => {
    expect(readPart10(part10([])).dataSet).toEqual({});
  });
});

describe('deflated data sets', () => {
  const deflated = (stream: Buffer): Buffer => {
    const whole = part10([], uids.deflated);
    return Buffer.concat([whole.subarray(0, whole.length - deflateRawSync(Buffer.alloc(0)).length), stream]);
  };
  const stream = deflateRawSync(dataSetBytes(elements, explicitLittle));

  test('a pad byte may follow the stream', () => {
    expect(readPart10(deflated(Buffer.concat([stream, Buffer.alloc(1)]))).dataSet).toEqual(json);
  });

  test('a stream that begins like an element of group 0002 is not taken for one', () => {
    // An empty block of fixed codes, then a stored one: the first bytes are 02 00.
    const dataSet = dataSetBytes([el('00100010', 'PN', 'A^B')], explicitLittle);
    const blocks = [Buffer.from([0x02, 0x00]), lengths(dataSet.length), dataSet];
    const tricky = Buffer.concat([...blocks, Buffer.from([0x03, 0x00])]);
    expect(readPart10(deflated(tricky)).dataSet).toEqual({ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B' }] } });
  });

  test.each([
    ['cut off', stream.subarray(0, -4), 'truncated'],
    ['no deflate stream', Buffer.from('ffffffffffff', 'hex'), 'bad-deflate'],
    ['absent', Buffer.alloc(0), 'truncated'],
  ])('a stream that is %s is refused', (_, bytes, reason) => {
    expect(() => readPart10(deflated(bytes))).toThrow(expect.objectContaining({ name: 'Part10Error', reason }));
  });

  test('a stream that inflates beyond the bound is refused before it is inflated', () => {
    const bomb = deflated(deflateRawSync(Buffer.alloc(50_000_000)));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readPart10(bomb, { maxInflatedBytes: 1_000_000 })).toThrow(
      expect.objectContaining({ name: 'Part10Error', reason: 'too-large' }),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});

function lengths(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(length ^ 0xffff, 2);
  return bytes;
}
