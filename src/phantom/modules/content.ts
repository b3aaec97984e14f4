import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { code } from './code.ts';

/** A code: value, scheme, meaning. */
type Coded = readonly [string, string, string];

/** One item of a report's content tree (PS3.3 §C.17.3): relationship, value type and name, then the value. */
function item(relationship: string, valueType: string, name: Coded | null, value: PhantomDataSet): PhantomDataSet {
  return {
    RelationshipType: relationship,
    ValueType: valueType,
    ConceptNameCodeSequence: name === null ? undefined : [code(...name)],
    ...value,
  };
}

export const container = (name: Coded, content: readonly PhantomDataSet[], template?: string): PhantomDataSet =>
  item('CONTAINS', 'CONTAINER', name, {
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence:
      template === undefined ? undefined : [{ MappingResource: 'DCMR', TemplateIdentifier: template }],
    ContentSequence: content,
  });

export const codeItem = (relationship: string, name: Coded, value: Coded): PhantomDataSet =>
  item(relationship, 'CODE', name, { ConceptCodeSequence: [code(...value)] });

export const textItem = (relationship: string, name: Coded, text: string): PhantomDataSet =>
  item(relationship, 'TEXT', name, { TextValue: text });

export const uidItem = (relationship: string, name: Coded, uid: string): PhantomDataSet =>
  item(relationship, 'UIDREF', name, { UID: uid });

export const personItem = (relationship: string, name: Coded, person: string): PhantomDataSet =>
  item(relationship, 'PNAME', name, { PersonName: person });

export const imageItem = (relationship: string, name: Coded | null, reference: PhantomDataSet): PhantomDataSet =>
  item(relationship, 'IMAGE', name, { ReferencedSOPSequence: [reference] });

export const numberItem = (
  name: Coded,
  value: number,
  unit: Coded,
  content: readonly PhantomDataSet[] = [],
): PhantomDataSet =>
  item('CONTAINS', 'NUM', name, {
    MeasuredValueSequence: [{ NumericValue: value, MeasurementUnitsCodeSequence: [code(...unit)] }],
    ContentSequence: content.length === 0 ? undefined : content,
  });
