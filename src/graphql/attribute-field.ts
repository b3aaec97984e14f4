import { type SchemaTypes as AnySchemaTypes, type FieldKind, RootFieldBuilder } from '@pothos/core';
import type { DataSet, Element } from '../dicom/data-set.ts';
import { type DictionaryEntry, entryOfKeyword } from '../dicom/dictionary.ts';
import type { PersonName } from '../dicom/person-name.ts';
import type { Tag } from '../dicom/tag.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { Context } from './context.ts';

/** What a field of one attribute reads from: any object of the graph that settles attributes by tag. */
export interface AttributeSource {
  read(tag: Tag): DataSet | Promise<DataSet>;
}

export interface AttributeFieldOptions {
  /** Said after the attribute's name and tag: the unit, what null means beyond absence. */
  readonly description?: string;
}

declare global {
  export namespace PothosSchemaTypes {
    export interface RootFieldBuilder<Types extends AnySchemaTypes, ParentShape, Kind extends FieldKind = FieldKind> {
      /**
       * A field of one attribute: its VR gives the type, its VM the list, the dictionary name and tag of the description;
       * what it reads is declared for the planner.
       *
       * Null: absent, empty, or not valid (then `extensions.warnings` says so).
       */
      attribute(keyword: string, options?: AttributeFieldOptions): FieldRef<Types, unknown>;
    }
  }
}

/** Of a VR: the schema's type, and the values of a decoded element. */
interface Reader {
  readonly type: string;
  readonly values: (dataSet: DataSet, tag: Tag) => readonly unknown[];
}

const texts = (dataSet: DataSet, tag: Tag): readonly unknown[] => dataSet.texts(tag);
const numbers = (dataSet: DataSet, tag: Tag): readonly unknown[] => dataSet.numbers(tag);

const int32 = 2 ** 31;
const integers = (dataSet: DataSet, tag: Tag): readonly unknown[] =>
  dataSet.numbers(tag).map((value) => (Number.isInteger(value) && Math.abs(value ?? 0) < int32 ? value : null));

const personNames = (dataSet: DataSet, tag: Tag): readonly (PersonName | null)[] => {
  const element = dataSet.element(tag);
  return element?.kind === 'personName' ? element.values : [];
};

const readers: Readonly<Record<string, Reader>> = {
  UI: { type: 'UID', values: (dataSet, tag) => [dataSet.uid(tag)] },
  DA: { type: 'Date', values: (dataSet, tag) => [dataSet.date(tag)] },
  TM: { type: 'LocalTime', values: (dataSet, tag) => [dataSet.time(tag)] },
  DT: { type: 'DicomDateTime', values: (dataSet, tag) => [dataSet.dateTime(tag)] },
  PN: { type: 'PersonName', values: personNames },
  IS: { type: 'Int', values: integers },
  US: { type: 'Int', values: integers },
  SS: { type: 'Int', values: integers },
  UL: { type: 'Float', values: numbers },
  SL: { type: 'Int', values: integers },
  DS: { type: 'Float', values: numbers },
  FL: { type: 'Float', values: numbers },
  FD: { type: 'Float', values: numbers },
};
const textReader: Reader = { type: 'String', values: texts };

const prototype = RootFieldBuilder.prototype as unknown as {
  attribute: (keyword: string, options?: AttributeFieldOptions) => unknown;
  field: (options: unknown) => unknown;
};

prototype.attribute = function attribute(keyword, { description } = {}) {
  const entry = entryOfKeyword(keyword);
  if (entry === undefined) throw new Error(`${keyword} is no keyword of PS3.6`);
  const { type, values } = readers[entry.vr[0] ?? ''] ?? textReader;
  const isList = entry.vm !== '1';
  const declaration: FieldDeclaration = { reads: [entry.tag] };
  const read = (dataSet: DataSet, context: Context): unknown => {
    const element = dataSet.element(entry.tag);
    if (element === undefined || element.isEmpty) return null;
    warn(element, keyword, context);
    const found = values(dataSet, entry.tag).filter((value) => value !== null);
    return isList ? (found.length === 0 ? null : found) : (found[0] ?? null);
  };
  return this.field({
    type: isList ? [type] : type,
    nullable: isList ? { list: true, items: false } : true,
    description: describe(entry, description),
    extensions: { dicom: declaration },
    resolve: (source: AttributeSource, _args: unknown, context: Context) => {
      const dataSet = source.read(entry.tag);
      return dataSet instanceof Promise ? dataSet.then((loaded) => read(loaded, context)) : read(dataSet, context);
    },
  });
};

function warn(element: Element, keyword: string, context: Context): void {
  for (const problem of element.problems) context.warnings.addInvalidValue(keyword, problem);
}

function describe(entry: DictionaryEntry, addition: string | undefined): string {
  const tag = `(${entry.tag.slice(0, 4)},${entry.tag.slice(4)})`;
  return addition ? `${entry.name} ${tag}. ${addition}` : `${entry.name} ${tag}.`;
}
