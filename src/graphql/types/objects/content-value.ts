import type { DataSet } from '../../../dicom/data-set.ts';
import { tagOf } from '../../../dicom/dictionary.ts';
import { contentValueOf, pointsOf, type ContentValue as Value } from '../../../dicom/sr-content.ts';
import { uidName } from '../../../dicom/uid-name.ts';
import { builder } from '../../builder.ts';
import type { ContentNode } from '../../content-node.ts';
import { CodedConcept } from '../coded-concept.ts';
import { PersonName } from '../person-name.ts';
import { ReferencedInstance } from '../referenced-instance.ts';

/** A value, and the item that it is of. */
type ValueModel<Kind extends Value['kind'] = Value['kind']> = Extract<Value, { readonly kind: Kind }> & {
  readonly node: ContentNode;
};

const [uid, date, time, dateTime, personName] = [
  tagOf('UID'),
  tagOf('Date'),
  tagOf('Time'),
  tagOf('DateTime'),
  tagOf('PersonName'),
];

export const codeSource = (dataSet: DataSet | null): { readonly dataSet: DataSet } | null => dataSet && { dataSet };

const TextContent = builder.objectRef<ValueModel<'text'>>('TextContent').implement({
  description: 'TEXT: what somebody wrote.',
  fields: (t) => ({ text: t.exposeString('text', { description: 'Text Value (0040,A160), with its line ends.' }) }),
});

const CodeContent = builder.objectRef<ValueModel<'code'>>('CodeContent').implement({
  description: 'CODE: a coded answer.',
  fields: (t) => ({
    code: t.field({
      type: CodedConcept,
      description: 'Concept Code Sequence (0040,A168).',
      resolve: ({ code }) => codeSource(code),
    }),
  }),
});

const NumberContent = builder.objectRef<ValueModel<'number'>>('NumberContent').implement({
  description: 'NUM: a number with its unit (PS3.3 §C.18.1).',
  fields: (t) => ({
    number: t.exposeFloat('number', {
      description:
        'Floating Point Value (0040,A161), else Numeric Value (0040,A30A). Null: not measured; the qualifier may say why.',
    }),
    raw: t.exposeString('raw', { description: 'Numeric Value (0040,A30A), with its digits.' }),
    unit: t.field({
      type: CodedConcept,
      description: 'Measurement Units Code Sequence (0040,08EA), mostly of UCUM.',
      resolve: ({ unit }) => codeSource(unit),
    }),
    qualifier: t.field({
      type: CodedConcept,
      description: 'Numeric Value Qualifier Code Sequence (0040,A301): not a number, out of range, failed...',
      resolve: ({ qualifier }) => codeSource(qualifier),
    }),
  }),
});

const DateContent = builder.objectRef<ValueModel<'date'>>('DateContent').implement({
  description: 'DATE.',
  fields: (t) => ({
    date: t.field({ type: 'Date', description: 'Date (0040,A121).', resolve: ({ dataSet }) => dataSet.date(date) }),
  }),
});

const TimeContent = builder.objectRef<ValueModel<'time'>>('TimeContent').implement({
  description: 'TIME.',
  fields: (t) => ({
    time: t.field({
      type: 'LocalTime',
      description: 'Time (0040,A122).',
      resolve: ({ dataSet }) => dataSet.time(time),
    }),
  }),
});

const DateTimeContent = builder.objectRef<ValueModel<'dateTime'>>('DateTimeContent').implement({
  description: 'DATETIME.',
  fields: (t) => ({
    dateTime: t.field({
      type: 'DicomDateTime',
      description: 'DateTime (0040,A120).',
      resolve: ({ dataSet }) => dataSet.dateTime(dateTime),
    }),
  }),
});

const UIDContent = builder.objectRef<ValueModel<'uid'>>('UIDContent').implement({
  description: 'UIDREF: a UID, of whatever the concept name says.',
  fields: (t) => ({
    uid: t.field({ type: 'UID', description: 'UID (0040,A124).', resolve: ({ dataSet }) => dataSet.uid(uid) }),
    name: t.string({
      description: 'Where the standard names it: a SOP Class, a transfer syntax.',
      resolve: ({ dataSet }) => uidName(dataSet.uid(uid) ?? ''),
    }),
  }),
});

const PersonNameContent = builder.objectRef<ValueModel<'personName'>>('PersonNameContent').implement({
  description: 'PNAME: the name of a person.',
  fields: (t) => ({
    personName: t.field({
      type: PersonName,
      description: 'Person Name (0040,A123).',
      resolve: ({ dataSet }) => dataSet.personName(personName),
    }),
  }),
});

const ReferenceContent = builder.objectRef<ValueModel<'reference'>>('ReferenceContent').implement({
  description: 'IMAGE, COMPOSITE or WAVEFORM: another instance, as evidence.',
  fields: (t) => ({
    reference: t.field({
      type: ReferencedInstance,
      description: 'Referenced SOP Sequence (0008,1199). Null: the item has none.',
      resolve: ({ reference, node }) => reference && node.report.reference(reference),
    }),
  }),
});

const CoordinatesContent = builder.objectRef<ValueModel<'coordinates'>>('CoordinatesContent').implement({
  description: 'SCOORD or SCOORD3D: a shape on an image, or in a frame of reference (PS3.3 §C.18.6, §C.18.9).',
  fields: (t) => ({
    dimensions: t.exposeInt('dimensions', {
      nullable: false,
      description:
        '2: column and row on the image below, the top left corner of its first pixel is 0, 0. 3: x, y, z, mm.',
    }),
    graphicType: t.string({
      description: 'Graphic Type (0070,0023): POINT, MULTIPOINT, POLYLINE, CIRCLE, ELLIPSE, POLYGON, ELLIPSOID.',
      resolve: ({ dataSet }) => dataSet.text(tagOf('GraphicType')),
    }),
    points: t.field({
      type: t.listRef(t.listRef('Float', { nullable: false }), { nullable: false }),
      description:
        'Graphic Data (0070,0022), in points. Null: none, not a whole number of points, or kept by the origin as bulk data.',
      resolve: ({ dataSet, dimensions }) => pointsOf(dataSet, dimensions),
    }),
    frameOfReferenceUID: t.field({
      type: 'UID',
      description: 'Referenced Frame of Reference UID (3006,0024), in three dimensions.',
      resolve: ({ dataSet }) => dataSet.uid(tagOf('ReferencedFrameOfReferenceUID')),
    }),
    pixelOriginInterpretation: t.string({
      description: 'Pixel Origin Interpretation (0048,0301): FRAME or VOLUME, on tiled images.',
      resolve: ({ dataSet }) => dataSet.text(tagOf('PixelOriginInterpretation')),
    }),
  }),
});

const ContainerContent = builder.objectRef<ValueModel<'container'>>('ContainerContent').implement({
  description: 'CONTAINER: a heading; what it contains are the items below it.',
  fields: (t) => ({
    continuityOfContent: t.string({
      description: 'Continuity of Content (0040,A050): SEPARATE, or CONTINUOUS text.',
      resolve: ({ dataSet }) => dataSet.text(tagOf('ContinuityOfContent')),
    }),
  }),
});

const ItemReferenceContent = builder.objectRef<ValueModel<'itemReference'>>('ItemReferenceContent').implement({
  description: 'A relationship to another item of the report, by its place (PS3.3 §C.17.3.2.5).',
  fields: (t) => ({ path: t.exposeString('path', { nullable: false, description: 'Path of that item.' }) }),
});

const types: Readonly<Record<Value['kind'], string>> = {
  text: 'TextContent',
  code: 'CodeContent',
  number: 'NumberContent',
  date: 'DateContent',
  time: 'TimeContent',
  dateTime: 'DateTimeContent',
  uid: 'UIDContent',
  personName: 'PersonNameContent',
  reference: 'ReferenceContent',
  coordinates: 'CoordinatesContent',
  container: 'ContainerContent',
  itemReference: 'ItemReferenceContent',
};

export const ContentValue = builder.unionType('ContentValue', {
  description: 'The value of a content item, by its value type.',
  types: [
    TextContent,
    CodeContent,
    NumberContent,
    DateContent,
    TimeContent,
    DateTimeContent,
    UIDContent,
    PersonNameContent,
    ReferenceContent,
    CoordinatesContent,
    ContainerContent,
    ItemReferenceContent,
  ],
  resolveType: ({ kind }) => types[kind],
});

/** Null: a value type without a typed form here. */
export function valueModelOf(node: ContentNode): ValueModel | null {
  const value = contentValueOf(node.content);
  return value && { ...value, node };
}
