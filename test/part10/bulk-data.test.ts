import { describe, expect, test } from 'vitest';
import { readBulkData, readPart10 } from '../../src/part10/index.ts';
import { el, encapsulated, part10, sq, uids } from './part10-writer.ts';

const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index % 251));

describe('bulk data', () => {
  test('is what is longer than 1024 bytes, or than it is told', () => {
    const file = part10([el('00091001', 'OB', bytes(1024)), el('00091002', 'OB', bytes(1026))]);
    expect([...readPart10(file).bulk.keys()]).toEqual(['00091002']);
    expect([...readPart10(file, { maxInlineBytes: 10 }).bulk.keys()]).toEqual(['00091001', '00091002']);
    expect(readPart10(file, { maxInlineBytes: 5000 }).bulk.size).toBe(0);
  });

  test.each(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN'])('of VR %s is named in the JSON and can be read', (vr) => {
    const file = readPart10(part10([el('00091001', vr, bytes(2048))]));
    expect(file.dataSet['00091001']).toEqual({ vr, BulkDataURI: 'bulkdata/00091001' });
    expect(readBulkData(file, '00091001')).toEqual(bytes(2048));
  });

  test('is never a text or a number, however long', () => {
    const file = readPart10(
      part10([el('00091001', 'UT', 'x'.repeat(5000)), el('00091002', 'US', Array(5000).fill(7))]),
    );
    expect(file.bulk.size).toBe(0);
    expect(file.dataSet['00091002']?.Value).toHaveLength(5000);
  });

  test.each(['7FE00010', '7FE00008', '7FE00009'])('%s always is, and an empty one has its VR alone', (tag) => {
    expect(readPart10(part10([el(tag, 'OW', bytes(2))])).dataSet[tag]).toEqual({
      vr: 'OW',
      BulkDataURI: `bulkdata/${tag}`,
    });
    const empty = readPart10(part10([el(tag, 'OW', '')]));
    expect(empty.dataSet[tag]).toEqual({ vr: 'OW' });
    expect([empty.bulk.size, empty.pixelData]).toEqual([0, null]);
  });

  test('of sequence items is addressed by tags and item indices', () => {
    const element = el('00091001', 'OB', bytes(2000));
    const file = readPart10(
      part10([sq('52009229', [[], [sq('00081115', [[element]])], [element]]), el('00880200', 'SQ', '')]),
    );
    expect([...file.bulk.keys()]).toEqual(['52009229/1/00081115/0/00091001', '52009229/2/00091001']);
    expect(file.dataSet['52009229']?.Value?.[2]).toEqual({
      '00091001': { vr: 'OB', BulkDataURI: 'bulkdata/52009229/2/00091001' },
    });
    expect(readBulkData(file, '52009229/1/00081115/0/00091001')).toEqual(bytes(2000));
  });

  test.each(['', '00091002', '00091001/', '../00091001', '52009229/1', '__proto__'])('%j is none', (path) => {
    expect(readBulkData(readPart10(part10([el('00091001', 'OB', bytes(2000))])), path)).toBeNull();
  });

  test('of a Big Endian file is Little Endian, by the size of its numbers', () => {
    const read = (vr: string) =>
      readBulkData(readPart10(part10([el('00091001', vr, bytes(2000))], uids.bigEndian)), '00091001');
    expect(read('OB')).toEqual(bytes(2000));
    expect(read('UN')).toEqual(bytes(2000));
    expect(read('OW')).toEqual(bytes(2000).swap16());
    expect(read('OF')).toEqual(bytes(2000).swap32());
    expect(read('OD')).toEqual(bytes(2000).swap64());
  });

  test('of a deflated file is found in what it inflates to', () => {
    const file = readPart10(part10([el('00091001', 'OB', bytes(2000))], uids.deflated));
    expect(readBulkData(file, '00091001')).toEqual(bytes(2000));
  });

  test('of an encapsulated icon is its code stream, without the offset table', () => {
    const icon = encapsulated([Buffer.alloc(4), Buffer.from('abcd'), Buffer.from('ef')]);
    const file = readPart10(part10([sq('00880200', [[el('00280010', 'US', [1]), icon]])], uids.jpegBaseline));
    expect(readBulkData(file, '00880200/0/7FE00010')).toEqual(Buffer.from('abcdef'));
    expect(file.pixelData).toBeNull();
  });

  test('is a view on the file, not a copy', () => {
    const file = readPart10(part10([el('00091001', 'OB', bytes(2000))]));
    expect(readBulkData(file, '00091001')?.buffer).toBe(file.bytes.buffer);
  });
});
