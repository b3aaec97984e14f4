import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { DicomJsonError } from '../../src/dicom/dicom-input-error.ts';
import { frameCountOf, hasPixels, isRenderable } from '../../src/dicom/sop-class.ts';
import { isTag, type Tag } from '../../src/dicom/tag.ts';
import { walkElements } from '../../src/dicom/walk.ts';

const hexDigits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF'), minLength: length, maxLength: length });
const tags = fc.oneof(
  fc.constantFrom('00080016', '00080060', '00100010', '00280008', '00280010', '00280011', '00290010', '7FE00010'),
  hexDigits(8),
);
const vrs = fc.oneof(
  fc.constantFrom(
    ...'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(
      ' ',
    ),
  ),
  fc.jsonValue(),
);
const elements = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ vr: vrs, Value: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()) }, { requiredKeys: [] }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ vr: vrs, InlineBinary: fc.jsonValue(), BulkDataURI: fc.jsonValue() }, { requiredKeys: [] }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const dataSets = fc.dictionary(tags, elements, { maxKeys: 8, noNullPrototype: true });
/** Texts that are nearly values: dates, numbers, names and paths with something wrong in them. */
const texts = fc.string({ unit: fc.constantFrom(...'0123456789.+-eE^=\\*?:T {}[]日\0'), maxLength: 40 });

/** Everything that can be asked of one attribute. */
function askEverything(dataSet: DataSet, tag: Tag): void {
  dataSet.texts(tag);
  dataSet.text(tag);
  dataSet.numbers(tag);
  dataSet.integer(tag);
  dataSet.uid(tag);
  dataSet.personName(tag);
  dataSet.date(tag);
  dataSet.time(tag);
  dataSet.dateTime(tag);
  dataSet.items(tag);
}

describe('whatever an origin writes', () => {
  test('each element of it is decoded or said to be wrong, never thrown at', () => {
    fc.assert(
      fc.property(dataSets, (json) => {
        const dataSet = DataSet.parse(json);
        for (const tag of dataSet.tags()) askEverything(dataSet, tag);
        for (const { path, element } of walkElements(dataSet)) expect(dataSet.at(path)).toBe(element);
        hasPixels(dataSet);
        frameCountOf(dataSet);
        isRenderable(dataSet);
      }),
      { numRuns: 500 },
    );
  });

  test('is a data set or a DicomJsonError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          expect(DataSet.parse(json).tags().every(isTag)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DicomJsonError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('numbers are finite, and whatever is null where something was written has a problem told', () => {
    const values = fc.array(fc.oneof(fc.jsonValue(), texts, fc.double()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom('DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV'), values, (vr, Value) => {
        const [located] = walkElements(DataSet.parse({ '00091001': { vr, Value } }));
        const element = located?.element;
        expect(element?.kind).toBe('number');
        if (element?.kind !== 'number') return;
        expect(element.values.every((value) => value === null || Number.isFinite(value))).toBe(true);
        expect(element.raw.length).toBe(element.values.length);
        const isLost = element.values.some(
          (value, index) => value === null && (element.raw[index] ?? '').trim() !== '',
        );
        expect(isLost && element.problems.length === 0).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('no problem holds a value', () => {
    // Each value is long, and of characters that no problem has.
    const secret = fc.string({ unit: fc.constantFrom('Ж', '7', '^', '='), minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(
        tags,
        vrs,
        fc.array(secret, { minLength: 1 }),
        fc.constantFrom('Value', 'InlineBinary', 'BulkDataURI'),
        (tag, vr, values, field) => {
          const [located] = walkElements(
            DataSet.parse({ [tag]: { vr, [field]: field === 'Value' ? values : values[0] } }),
          );
          for (const problem of located?.element.problems ?? []) {
            for (const value of values) expect(problem).not.toContain(value);
          }
        },
      ),
    );
  });
});

test('keys that JavaScript gives a meaning to are keys like others', () => {
  const json: unknown = JSON.parse(
    '{"__proto__": {"vr": "LO"}, "constructor": {"vr": "LO"}, "00100020": {"vr": "LO", "Value": ["A"], "__proto__": {"vr": "SQ"}}}',
  );
  const dataSet = DataSet.parse(json);
  expect(dataSet.tags()).toEqual(['00100020']);
  expect(dataSet.text(dataSet.tags()[0] as Tag)).toBe('A');
});
