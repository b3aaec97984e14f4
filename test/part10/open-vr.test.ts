import { describe, expect, test } from 'vitest';
import { readPart10 } from '../../src/part10/index.ts';
import { el, part10, sq, uids, type Written } from './part10-writer.ts';

const implicit = (...elements: readonly Written[]) => readPart10(part10(elements, uids.implicit)).dataSet;
const pixelRepresentation = (value: number): Written => el('00280103', 'US', [value]);
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('VRs that the file does not write', () => {
  test.each([
    [0, 'US', 65535],
    [1, 'SS', -1],
  ])('US or SS goes by Pixel Representation %d, also where that stands later', (representation, vr, value) => {
    const dataSet = implicit(
      el('00189810', 'SS', bytes('ffff')),
      el('00280106', 'SS', bytes('ffff')),
      pixelRepresentation(representation),
    );
    expect(dataSet['00189810']).toEqual({ vr, Value: [value] });
    expect(dataSet['00280106']).toEqual({ vr, Value: [value] });
  });

  test('US or SS in an item goes by the data set around it, unless the item has its own', () => {
    const dataSet = implicit(
      pixelRepresentation(1),
      sq('00409096', [
        [el('00409216', 'SS', bytes('ffff'))],
        [pixelRepresentation(0), el('00409216', 'SS', bytes('ffff'))],
      ]),
    );
    expect(dataSet['00409096']?.Value).toEqual([
      { '00409216': { vr: 'SS', Value: [-1] } },
      { '00280103': { vr: 'US', Value: [0] }, '00409216': { vr: 'US', Value: [65535] } },
    ]);
  });

  test('US or SS is US where nothing tells', () => {
    expect(implicit(el('00280106', 'US', [40000]))['00280106']).toEqual({ vr: 'US', Value: [40000] });
  });

  test('LUT Data is OW, and US where its descriptor has one entry', () => {
    const lutData = (entries: number): unknown =>
      implicit(el('00283002', 'US', [entries, 0, 16]), el('00283006', 'OW', bytes('0100')))['00283006'];
    expect(lutData(2)).toEqual({ vr: 'OW', InlineBinary: 'AQA=' });
    expect(lutData(1)).toEqual({ vr: 'US', Value: [1] });
  });

  test.each(['7FE00010', '60003000', '60023000', '54001010', '5400100A'])('OB or OW (%s) is OW', (tag) => {
    expect(implicit(el(tag, 'OW', bytes('0102')))[tag]?.vr).toBe('OW');
  });

  test.each([
    ['60020010', 'US', [512]],
    ['60FE0050', 'SS', [1, 1]],
    ['60040022', 'LO', 'drawn by hand'],
    ['002031AB', 'CS', 'X'],
  ])('repeating groups have the VR of their group (%s)', (tag, vr, value) => {
    expect(implicit(el(tag, vr, value))[tag]).toEqual({ vr, Value: typeof value === 'string' ? [value] : value });
  });

  test('private creators are LO, private elements and unknown ones UN', () => {
    const dataSet = implicit(
      el('00090010', 'LO', 'ACME 1.0'),
      el('00091001', 'US', [1]),
      el('00091002', 'UN', bytes('feff00e000000000')),
      el('00080FFF', 'LO', 'ab'),
    );
    expect(dataSet['00090010']).toEqual({ vr: 'LO', Value: ['ACME 1.0'] });
    expect(dataSet['00091001']).toEqual({ vr: 'UN', InlineBinary: 'AQA=' });
    expect(dataSet['00091002']).toEqual({ vr: 'UN', InlineBinary: '/v8A4AAAAAA=' });
    expect(dataSet['00080FFF']).toEqual({ vr: 'UN', InlineBinary: 'YWI=' });
  });
});

describe('values of VR UN in an explicit file', () => {
  test.each([uids.explicit, uids.bigEndian])('are decoded by the dictionary, as Little Endian (%s)', (uid) => {
    const { dataSet } = readPart10(
      part10(
        [
          el('00080005', 'UN', 'ISO_IR 192'),
          el('00090010', 'UN', 'ACME 1.0'),
          el('00091001', 'UN', bytes('0100')),
          el('00100010', 'UN', Buffer.from('Müller^Jörg')),
          el('00280010', 'UN', bytes('0002')),
        ],
        uid,
      ),
    );
    expect(dataSet).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00090010': { vr: 'LO', Value: ['ACME 1.0'] },
      '00091001': { vr: 'UN', InlineBinary: 'AQA=' },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg' }] },
      '00280010': { vr: 'US', Value: [512] },
    });
  });
});
