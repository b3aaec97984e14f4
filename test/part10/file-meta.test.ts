import { describe, expect, test } from 'vitest';
import { isPart10, readPart10 } from '../../src/part10/index.ts';
import { dataSetBytes, el, explicitLittle, implicitLittle, part10, uids, type Written } from './part10-writer.ts';

const patient = [el('00100020', 'LO', 'P1')];
const data = dataSetBytes(patient, explicitLittle);
const start = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
const withMeta = (...meta: readonly Written[]): Buffer =>
  Buffer.concat([start, dataSetBytes(meta, explicitLittle), data]);
const syntax = el('00020010', 'UI', uids.explicit);

describe('File Meta Information', () => {
  test('is given by name, and is no part of the data set', () => {
    const file = readPart10(
      part10(patient, uids.explicit, [
        el('00020001', 'OB', Buffer.from([0, 1])),
        el('00020002', 'UI', '1.2.840.10008.5.1.4.1.1.7'),
        el('00020003', 'UI', '1.2.3.4'),
        el('00020012', 'UI', '1.2.3'),
        el('00020013', 'SH', 'TEST'),
        el('00020016', 'AE', ' STORE '),
      ]),
    );
    expect(file.meta).toEqual({
      transferSyntaxUid: uids.explicit,
      mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.7',
      mediaStorageSopInstanceUid: '1.2.3.4',
      implementationClassUid: '1.2.3',
      implementationVersionName: 'TEST',
      sourceApplicationEntityTitle: 'STORE',
    });
    expect(Object.keys(file.dataSet)).toEqual(['00100020']);
    expect(file.problems).toEqual([]);
  });

  test.each([
    ['none', []],
    ['one too small', [el('00020000', 'UL', [4])]],
    ['one that ends at another element', [el('00020000', 'UL', [28]), el('00020003', 'UI', '1.2.3.4.5.6.7.8.9.10')]],
    ['one beyond the file', [el('00020000', 'UL', [1_000_000])]],
  ])('with %s for a group length is read by its elements, and that is told', (_, meta) => {
    const file = readPart10(withMeta(...meta, syntax));
    expect(file.dataSet).toEqual({ '00100020': { vr: 'LO', Value: ['P1'] } });
    expect(file.problems).toHaveLength(1);
  });

  test('in Implicit VR, against PS3.10, is read', () => {
    const meta = dataSetBytes([syntax], implicitLittle);
    expect(readPart10(Buffer.concat([start, meta, data])).dataSet).toEqual({ '00100020': { vr: 'LO', Value: ['P1'] } });
  });

  test.each([
    ['nothing at all', Buffer.alloc(0), 'not-part10'],
    ['a text', Buffer.from('not a DICOM file, but a text of some length\n'.repeat(9)), 'not-part10'],
    ['a data set without preamble', data, 'not-part10'],
    ['a preamble alone', start, 'not-part10'],
    ['no meta information', Buffer.concat([start, data]), 'not-part10'],
    ['no transfer syntax', withMeta(el('00020003', 'UI', '1.2.3')), 'no-transfer-syntax'],
    ['an empty transfer syntax', withMeta(el('00020010', 'UI', '')), 'no-transfer-syntax'],
    ['an element longer than the file', withMeta(syntax).subarray(0, 150), 'truncated'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(() => readPart10(bytes)).toThrow(expect.objectContaining({ name: 'Part10Error', reason }));
  });

  test('a plain Uint8Array is read, also one that is a view', () => {
    const whole = new Uint8Array([1, 2, 3, ...part10(patient)]);
    expect(readPart10(whole.subarray(3)).dataSet).toEqual({ '00100020': { vr: 'LO', Value: ['P1'] } });
  });

  test('DICM at byte 128 makes a file look like Part 10, anywhere else it does not', () => {
    expect(isPart10(part10(patient))).toBe(true);
    expect(isPart10(part10(patient).subarray(1))).toBe(false);
    expect(isPart10(new Uint8Array(131))).toBe(false);
  });
});
