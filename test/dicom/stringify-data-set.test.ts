import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { stringifyDataSet, stringifyDataSets } from '../../src/dicom/stringify-data-set.ts';

/** The keys of the text in the order in which they stand: parsing it to an object would lose that. */
const tagsIn = (text: string): string[] => [...text.matchAll(/"([0-9A-F]{8})":/g)].map(([, tag = '']) => tag);

test('attributes stand by tag, ascending, also those that JavaScript takes for numbers', () => {
  const text = stringifyDataSet({
    '7FE00010': { vr: 'OW', BulkDataURI: 'frames' },
    '52009230': { vr: 'SQ', Value: [{}] },
    '00100020': { vr: 'LO', Value: ['A'] },
    '00091001': { vr: 'UN', InlineBinary: 'AAEC' },
  });
  expect(text).toBe(
    '{"00091001":{"vr":"UN","InlineBinary":"AAEC"},"00100020":{"vr":"LO","Value":["A"]},"52009230":{"vr":"SQ","Value":[{}]},"7FE00010":{"vr":"OW","BulkDataURI":"frames"}}',
  );
});

test('so do those of items', () => {
  const item = { '30060024': { vr: 'UI', Value: ['1.2'] }, '00080060': { vr: 'CS', Value: ['RTSTRUCT'] } };
  const text = stringifyDataSets([{ '00081115': { vr: 'SQ', Value: [item, item] } }, item]);
  const ofItem = ['00080060', '30060024'];
  expect(tagsIn(text)).toEqual(['00081115', ...ofItem, ...ofItem, ...ofItem]);
});

const tag = fc.stringMatching(/^[0-9A-F]{8}$/);
const { dataSet } = fc.letrec<{ dataSet: JsonDataSet }>((tie) => ({
  dataSet: fc.dictionary(
    tag,
    fc.oneof(
      { maxDepth: 3 },
      fc.record({
        vr: fc.constantFrom('LO', 'DS'),
        Value: fc.array(fc.oneof(fc.string(), fc.double(), fc.constant(null))),
      }),
      fc.record({ vr: fc.constant('PN'), Value: fc.array(fc.record({ Alphabetic: fc.string() })) }),
      fc.record({ vr: fc.constant('OB'), InlineBinary: fc.base64String() }),
      fc.record({ vr: fc.constant('SQ') }),
      fc.record({ vr: fc.constant('SQ'), Value: fc.array(tie('dataSet'), { maxLength: 3 }) }),
    ),
    { maxKeys: 6 },
  ),
}));

test('any data set is what JSON.stringify makes of it, but for the order', () => {
  fc.assert(
    fc.property(dataSet, (any) => {
      const text = stringifyDataSet(any);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(any)));
    }),
  );
});

test('any data set is in order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(tag), (tags) => {
      const text = stringifyDataSet(Object.fromEntries(tags.map((one) => [one, { vr: 'LO' }])));
      expect(tagsIn(text)).toEqual([...tags].sort());
    }),
  );
});
