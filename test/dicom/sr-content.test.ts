import { describe, expect, test } from 'vitest';
import { contentText } from '../../src/dicom/content-text.ts';
import { DataSet } from '../../src/dicom/data-set.ts';
import { entryOfKeyword } from '../../src/dicom/dictionary.ts';
import { contentValueOf, pointsOf, walkContent } from '../../src/dicom/sr-content.ts';
import { isMeasurementReport, readMeasurements } from '../../src/dicom/sr-measurements.ts';

type Json = Readonly<Record<string, unknown>>;

/** DICOM JSON of attributes by keyword: a list is a sequence or several values. */
function json(attributes: Json): Json {
  return Object.fromEntries(
    Object.entries(attributes).map(([keyword, value]) => {
      const entry = entryOfKeyword(keyword);
      if (!entry) throw new Error(keyword);
      return [entry.tag, { vr: entry.vr[0], Value: Array.isArray(value) ? value : [value] }];
    }),
  );
}

const code = (value: string, scheme: string, meaning = value): Json[] => [
  json({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }),
];
const node = (valueType: string, name: Json[] | null, more: Json = {}): Json =>
  json({
    ValueType: valueType,
    RelationshipType: 'CONTAINS',
    ...(name ? { ConceptNameCodeSequence: name } : {}),
    ...more,
  });
const number = (
  name: string,
  value: number,
  content: readonly Json[] = [],
  unit = code('mm', 'UCUM', 'millimeter'),
): Json =>
  node('NUM', code(name, 'DCM'), {
    MeasuredValueSequence: [json({ NumericValue: String(value), MeasurementUnitsCodeSequence: unit })],
    ...(content.length > 0 ? { ContentSequence: content } : {}),
  });
const container = (name: string, content: readonly Json[]): Json =>
  node('CONTAINER', code(name, 'DCM'), { ContentSequence: content });

const itemOf = (attributes: Json) => {
  const dataSet = DataSet.parse(attributes);
  return { depth: 0, path: '1', dataSet, parent: null };
};
const textOf = (attributes: Json): string | null => {
  const value = contentValueOf(itemOf(attributes));
  return value && contentText(value);
};

describe('the content tree', () => {
  const root = DataSet.parse(
    container('A', [container('B', [node('TEXT', null), node('TEXT', null)]), node('TEXT', null)]),
  );

  test('is walked in tree order, each item with its depth and its place', () => {
    const items = [...walkContent(root, 100)];
    expect(items.map(({ path }) => path)).toEqual(['1', '1.1', '1.1.1', '1.1.2', '1.2']);
    expect(items.map(({ depth }) => depth)).toEqual([0, 1, 2, 2, 1]);
  });

  test('is walked no further than the limit', () => {
    expect([...walkContent(root, 3)].map(({ path }) => path)).toEqual(['1', '1.1', '1.1.1']);
  });

  test('of 200,000 siblings takes no deep call stack', () => {
    const wide = DataSet.parse(
      container(
        'A',
        Array.from({ length: 200_000 }, () => ({})),
      ),
    );
    expect([...walkContent(wide, 300_000)]).toHaveLength(200_001);
  });
});

describe('values of content items', () => {
  test.each([
    ['a number with a unit of UCUM', number('L', 17.5), '17.5 mm'],
    ['a number without a unit', number('L', 3, [], code('1', 'UCUM', 'no units')), '3'],
    ['a number of pixels', number('L', 3, [], code('{pixels}', 'UCUM', 'pixels')), '3 pixels'],
    [
      'a number that is missing',
      node('NUM', null, { NumericValueQualifierCodeSequence: code('114000', 'DCM', 'Not a number') }),
      'Not a number',
    ],
    ['a code', node('CODE', null, { ConceptCodeSequence: code('1', 'X', 'Liver') }), 'Liver'],
    ['a date', node('DATE', null, { Date: '20240311' }), '2024-03-11'],
    ['a person', node('PNAME', null, { PersonName: { Alphabetic: 'Doe^Jane' } }), 'Jane Doe'],
    ['a SOP Class', node('UIDREF', null, { UID: '1.2.840.10008.5.1.4.1.1.2' }), 'CT Image Storage'],
    ['a transfer syntax', node('UIDREF', null, { UID: '1.2.840.10008.1.2.1' }), 'Explicit VR Little Endian'],
    ['a point', node('SCOORD', null, { GraphicType: 'POINT', GraphicData: [1, 2] }), 'POINT, 1 point'],
    ['a container', node('CONTAINER', null), null],
    ['another item', json({ RelationshipType: 'INFERRED FROM', ReferencedContentItemIdentifier: [1, 2, 3] }), '1.2.3'],
    ['a value type of a later edition', node('HOLOGRAM', null), null],
    ['nothing at all', {}, null],
  ])('%s is told in one text', (_, attributes, text) => {
    expect(textOf(attributes)).toBe(text);
  });

  test('the double of a number outranks its decimal string, which stays readable', () => {
    const measured = json({ NumericValue: '0.333333', FloatingPointValue: 1 / 3 });
    const value = contentValueOf(itemOf(node('NUM', null, { MeasuredValueSequence: [measured] })));
    expect(value).toMatchObject({ kind: 'number', number: 1 / 3, raw: '0.333333' });
  });

  test.each([
    [
      'pairs',
      [1, 2, 3, 4],
      2,
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['triplets', [1, 2, 3], 3, [[1, 2, 3]]],
    ['half a pair', [1, 2, 3], 2, null],
    ['a hole', [1, null], 2, null],
    ['none', [], 2, null],
  ] as const)('coordinates of %s', (_, values, dimensions, points) => {
    expect(pointsOf(DataSet.parse(json({ GraphicData: values })), dimensions)).toEqual(points);
  });
});

describe('measurements', () => {
  const site = (value: string) => node('CODE', code('363698007', 'SCT'), { ConceptCodeSequence: code(value, 'SCT') });
  const tracking = (id: string) => node('TEXT', code('112039', 'DCM'), { TextValue: id });
  const group = container('125007', [tracking('T1'), site('lung'), number('L', 1), number('S', 2, [site('apex')])]);
  const report = (content: readonly Json[]) => DataSet.parse(container('126000', content));
  const measure = (root: DataSet) => readMeasurements([...walkContent(root, 1_000)]);
  const codeValue = entryOfKeyword('CodeValue')?.tag;

  test('take what their group says where they say nothing of their own', () => {
    const found = measure(report([container('126010', [group])]));
    const sites = found.map(({ findingSite }) => codeValue && findingSite?.text(codeValue));
    expect(found.map(({ number: value, trackingID }) => [value, trackingID])).toEqual([
      [1, 'T1'],
      [2, 'T1'],
    ]);
    expect(sites).toEqual(['lung', 'apex']);
    expect(found.map(({ group: of }) => of?.number)).toEqual([1, 1]);
  });

  test('right below the section of measurements have no group; numbers elsewhere are none', () => {
    const derived = container('126011', [number('D', 5)]);
    const found = measure(report([derived, number('X', 9), container('111028', [number('Y', 8)])]));
    expect(found.map(({ number: value, group: of }) => [value, of])).toEqual([[5, null]]);
  });

  test('a report is one of measurements by its template or its title', () => {
    expect(isMeasurementReport(report([]))).toBe(true);
    expect(isMeasurementReport(DataSet.parse(container('18748-4', [])))).toBe(false);
    const template = [json({ MappingResource: 'DCMR', TemplateIdentifier: '1500' })];
    expect(isMeasurementReport(DataSet.parse(node('CONTAINER', null, { ContentTemplateSequence: template })))).toBe(
      true,
    );
  });
});
