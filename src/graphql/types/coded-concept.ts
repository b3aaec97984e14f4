import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { builder } from '../builder.ts';

interface HasDataSet {
  readonly dataSet: DataSet;
}

/** Which of the three a code is in depends on its length and form (PS3.3 §8.1). */
const values = ['CodeValue', 'LongCodeValue', 'URNCodeValue'].map(tagOf);
const [scheme, meaning, version] = ['CodingSchemeDesignator', 'CodeMeaning', 'CodingSchemeVersion'].map(tagOf);

const textOf = (tag: typeof scheme) => (item: HasDataSet) => (tag ? item.dataSet.text(tag) : null);

/** An item of a code sequence: its source is anything that has the item's data set. */
export const CodedConcept = builder.objectRef<HasDataSet>('CodedConcept').implement({
  description:
    'A coded concept (PS3.3 §8): the item of a code sequence. Value, scheme and version say what is meant; meaning is for people to read.',
  fields: (t) => ({
    value: t.string({
      description: 'Code Value (0008,0100), Long Code Value (0008,0119) or URN Code Value (0008,0120).',
      resolve: ({ dataSet }) => values.map((tag) => dataSet.text(tag)).find((text) => text !== null) ?? null,
    }),
    scheme: t.string({
      description: 'Coding Scheme Designator (0008,0102): DCM, SCT, SRT, UCUM. Null: a URN says it itself.',
      resolve: textOf(scheme),
    }),
    meaning: t.string({ description: 'Code Meaning (0008,0104).', resolve: textOf(meaning) }),
    version: t.string({
      description: 'Coding Scheme Version (0008,0103). Null: the scheme and value are enough.',
      resolve: textOf(version),
    }),
  }),
});
