import type { AttributePath } from '../../dicom/attribute-path.ts';
import type { Element } from '../../dicom/data-set.ts';
import { entryOfTag } from '../../dicom/dictionary.ts';
import { builder } from '../builder.ts';
import { linkBulkData } from '../bulk-data.ts';
import { type AttributeModel, AttributeRef, type ItemModel } from './attribute-model.ts';
import { DicomObject } from './dicom-object.ts';
import { PersonName } from './person-name.ts';
import { SignedUrl } from './signed-url.ts';

type ModelOf<Kind extends Element['kind']> = AttributeModel<Extract<Element, { kind: Kind }>>;

const typeNames: Readonly<Record<Element['kind'], string>> = {
  text: 'TextAttribute',
  number: 'NumberAttribute',
  personName: 'PersonNameAttribute',
  sequence: 'SequenceAttribute',
  binary: 'BinaryAttribute',
};

export const Attribute = AttributeRef.implement({
  description: 'An attribute of any object, typed by its VR. Never holds pixels: binary values are links.',
  resolveType: ({ element }) => typeNames[element.kind],
  fields: (t) => ({
    tag: t.field({
      type: 'Tag',
      nullable: false,
      description: 'Group and element.',
      resolve: ({ element }) => element.tag,
    }),
    keyword: t.string({
      description: 'Keyword of PS3.6. Null: a private attribute, or one that PS3.6 does not have.',
      resolve: ({ element }) => entryOfTag(element.tag)?.keyword ?? null,
    }),
    name: t.string({
      description: 'Name of PS3.6. Null: as for keyword.',
      resolve: ({ element }) => entryOfTag(element.tag)?.name ?? null,
    }),
    vr: t.string({
      nullable: false,
      description: 'Value representation, as the origin tells it (PS3.5 §6.2).',
      resolve: ({ element }) => element.vr,
    }),
    isEmpty: t.boolean({
      nullable: false,
      description: 'There, but without any value. An attribute that is not there is null itself.',
      resolve: ({ element }) => element.isEmpty,
    }),
  }),
});

builder.objectRef<ModelOf<'text'>>('TextAttribute').implement({
  description: 'AE AS AT CS DA DT LO LT SH ST TM UC UI UR UT.',
  interfaces: [Attribute],
  fields: (t) => ({
    values: t.field({
      type: ['String'],
      nullable: { list: false, items: true },
      description: 'As stored, without padding. Null: a value that is missing among several.',
      resolve: ({ element }) => element.values,
    }),
  }),
});

builder.objectRef<ModelOf<'number'>>('NumberAttribute').implement({
  description: 'DS FD FL IS SL SS SV UL US UV.',
  interfaces: [Attribute],
  fields: (t) => ({
    values: t.field({
      type: ['Float'],
      nullable: { list: false, items: true },
      description: 'Null: missing, or not a finite number. Beyond 2^53 a Float is not exact: see raw.',
      resolve: ({ element }) => element.values,
    }),
    raw: t.field({
      type: ['String'],
      nullable: { list: false, items: true },
      description: 'As the origin wrote it.',
      resolve: ({ element }) => element.raw,
    }),
  }),
});

builder.objectRef<ModelOf<'personName'>>('PersonNameAttribute').implement({
  description: 'PN.',
  interfaces: [Attribute],
  fields: (t) => ({
    values: t.field({
      type: [PersonName],
      nullable: { list: false, items: true },
      description: 'Null: a value that is missing among several.',
      resolve: ({ element }) => element.values,
    }),
  }),
});

builder.objectRef<ModelOf<'sequence'>>('SequenceAttribute').implement({
  description: 'SQ.',
  interfaces: [Attribute],
  fields: (t) => ({
    items: t.field({
      type: [Item],
      nullable: { list: false, items: false },
      description: 'In the order of the data set.',
      resolve: ({ element, path, instance }) =>
        element.items.map((dataSet, index) => ({ dataSet, path: itemPath(path, index), instance })),
    }),
  }),
});

builder.objectRef<ModelOf<'binary'>>('BinaryAttribute').implement({
  description: 'OB OD OF OL OV OW UN, and whatever else an origin keeps as bulk data.',
  interfaces: [Attribute],
  fields: (t) => ({
    bulkData: t.field({
      type: SignedUrl,
      scope: 'native',
      description: 'Its bytes. Null: no value, pixel data (see retrieve), or an attribute of a study or a series.',
      resolve: ({ element, path, instance }, _args, context) =>
        instance ? linkBulkData(context, instance, path, element) : null,
    }),
  }),
});

export const Item = builder.objectRef<ItemModel>('Item').implement({
  description: 'An item of a sequence.',
  interfaces: [DicomObject],
});

/** The path of an item: its sequence's, with the item's index in the last step. */
function itemPath(path: AttributePath, index: number): AttributePath {
  const last = path.at(-1);
  return last ? [...path.slice(0, -1), { ...last, item: index }] : path;
}
