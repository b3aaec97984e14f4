import { type SchemaTypes as AnySchemaTypes, type FieldKind, RootFieldBuilder } from '@pothos/core';
import type { FieldDeclaration } from '../planner/declaration.ts';
import { type AttributeSource, describeAttribute, readAttributes, requireEntry } from './attribute-field.ts';
import { type ItemNode, itemsOf } from './item-node.ts';

interface SequenceFieldOptions {
  /** Said after the sequence's name and tag. */
  readonly description?: string;
}

declare global {
  export namespace PothosSchemaTypes {
    export interface RootFieldBuilder<Types extends AnySchemaTypes, ParentShape, Kind extends FieldKind = FieldKind> {
      /**
       * The items of a sequence, as objects of a type whose source is an ItemNode. Null: absent or empty.
       *
       * Sequences do not come in rows that can be relied on: as a rule this costs metadata, once for all that is asked.
       */
      items(
        keyword: string,
        type: ObjectRef<Types, ItemNode>,
        options?: SequenceFieldOptions,
      ): FieldRef<Types, unknown>;
      /** The only item of a sequence: the first, where there are more. */
      item(keyword: string, type: ObjectRef<Types, ItemNode>, options?: SequenceFieldOptions): FieldRef<Types, unknown>;
      /** A code sequence of one item. */
      concept(keyword: string, options?: SequenceFieldOptions): FieldRef<Types, unknown>;
      /** A code sequence of several items. */
      concepts(keyword: string, options?: SequenceFieldOptions): FieldRef<Types, unknown>;
    }
  }
}

interface SequencePrototype {
  items: (keyword: string, type: unknown, options?: SequenceFieldOptions) => unknown;
  item: (keyword: string, type: unknown, options?: SequenceFieldOptions) => unknown;
  concept: (keyword: string, options?: SequenceFieldOptions) => unknown;
  concepts: (keyword: string, options?: SequenceFieldOptions) => unknown;
  field: (options: unknown) => unknown;
}

const prototype = RootFieldBuilder.prototype as unknown as SequencePrototype;

/** What the fields of a sequence have in common; `use` makes the field's value of at least one item. */
function sequenceField(keyword: string, options: SequenceFieldOptions, use: (items: readonly ItemNode[]) => unknown) {
  const entry = requireEntry(keyword);
  if (!entry.vr.includes('SQ')) throw new Error(`${keyword} is no sequence`);
  const { tag } = entry;
  return {
    description: describeAttribute(entry, options.description),
    extensions: { dicom: { reads: [tag], enters: 'inside' } satisfies FieldDeclaration },
    resolve: (source: AttributeSource) =>
      readAttributes(source, [tag], (dataSet) => {
        const items = dataSet ? itemsOf(source, dataSet, tag) : [];
        return items.length === 0 ? null : use(items);
      }),
  };
}

const first = ([item]: readonly ItemNode[]): unknown => item;
const all = (items: readonly ItemNode[]): unknown => items;

prototype.items = function items(keyword, type, options = {}) {
  const field = sequenceField(keyword, options, all);
  return this.field({ type: [type], nullable: { list: true, items: false }, ...field });
};

prototype.item = function item(keyword, type, options = {}) {
  return this.field({ type, nullable: true, ...sequenceField(keyword, options, first) });
};

prototype.concept = function concept(keyword, options = {}) {
  return this.field({ type: 'CodedConcept', nullable: true, ...sequenceField(keyword, options, first) });
};

prototype.concepts = function concepts(keyword, options = {}) {
  const field = sequenceField(keyword, options, all);
  return this.field({ type: ['CodedConcept'], nullable: { list: true, items: false }, ...field });
};
