import { type SchemaTypes as AnySchemaTypes, type FieldKind, RootFieldBuilder } from '@pothos/core';
import type { DataSet, Element } from '../dicom/data-set.ts';
import { parseDa, parseDt, parseTm } from '../dicom/date-time.ts';
import { type DictionaryEntry, entryOfKeyword } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import { isUid } from '../dicom/uid.ts';
import { unitOf } from '../dicom/units.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { Context } from './context.ts';

/** What a field of one attribute reads from: any object of the graph that settles attributes by tag. */
export interface AttributeSource {
  read(tag: Tag): DataSet | Promise<DataSet>;
}

export interface AttributeFieldOptions {
  /** Said after the attribute's name, tag and unit: what its values mean, what null means beyond absence. */
  readonly description?: string;
  /**
   * Keyword of an attribute of the same meaning and unit, where the first is absent: enhanced objects renamed some. Its
   * VR gives the type, which is the wider one (IS became FD).
   */
  readonly or?: string;
  /** PS3.3 allows one value in this place, where the VM of PS3.6 allows more. */
  readonly isSingle?: boolean;
}

declare global {
  export namespace PothosSchemaTypes {
    export interface RootFieldBuilder<Types extends AnySchemaTypes, ParentShape, Kind extends FieldKind = FieldKind> {
      /**
       * A field of one attribute: its VR gives the type, its VM the list, the dictionary name and tag of the description,
       * PS3.3 its unit; what it reads is declared for the planner.
       *
       * Null: absent, empty, or not valid (then `extensions.warnings` says so). A list in which a number is missing or not
       * valid is null as a whole, since the places of its values mean something; `attribute(path)` still gives the rest.
       */
      attribute(keyword: string, options?: AttributeFieldOptions): FieldRef<Types, unknown>;
    }
  }
}

/** Of a VR: the schema's type, and the values of a decoded element, null where one is missing or not valid. */
interface Reader {
  readonly type: string;
  readonly values: (element: Element) => readonly unknown[];
}

/** Numbers as the origin wrote them, names in one piece: where an origin tells another VR than PS3.6. */
function texts(element: Element): readonly (string | null)[] {
  if (element.kind === 'text') return element.values;
  if (element.kind === 'number') return element.raw;
  return element.kind === 'personName' ? element.values.map((name) => name?.raw ?? null) : [];
}
const parsed =
  (parse: (text: string) => unknown) =>
  (element: Element): readonly unknown[] =>
    texts(element).map((text) => parse(text ?? ''));
const numbers = (element: Element): readonly (number | null)[] => (element.kind === 'number' ? element.values : []);

const int32 = 2 ** 31;
const integers = (element: Element): readonly unknown[] =>
  numbers(element).map((value) => (Number.isInteger(value) && Math.abs(value ?? 0) < int32 ? value : null));

const text: Reader = { type: 'String', values: texts };
const int: Reader = { type: 'Int', values: integers };
const float: Reader = { type: 'Float', values: numbers };

/** Binary VRs and sequences have no reader: bulk data are links (`retrieve.bulkData`), sequences are `t.items`. */
const readers: Readonly<Record<string, Reader>> = {
  AE: text,
  AS: text,
  AT: { type: 'Tag', values: texts },
  CS: text,
  DA: { type: 'Date', values: parsed(parseDa) },
  DS: float,
  DT: { type: 'DicomDateTime', values: parsed(parseDt) },
  FD: float,
  FL: float,
  IS: int,
  LO: text,
  LT: text,
  PN: { type: 'PersonName', values: (element) => (element.kind === 'personName' ? element.values : []) },
  SH: text,
  SL: int,
  SS: int,
  ST: text,
  TM: { type: 'LocalTime', values: parsed(parseTm) },
  UC: text,
  UI: { type: 'UID', values: parsed((uid) => (isUid(uid) ? uid : null)) },
  UL: float, // beyond the 32 bits with a sign that an Int has
  UR: text,
  US: int,
  UT: text,
};

/** The one reader of all VRs that PS3.6 leaves open: `US or SS` is an Int either way. */
function readerOf({ keyword, vr }: DictionaryEntry): Reader {
  const found = new Set(vr.map((one) => readers[one]));
  const [reader] = found;
  if (found.size === 1 && reader) return reader;
  throw new Error(`${keyword} (${vr.join(' or ')}) has no scalar: sequences are t.items, binary values are links`);
}

const prototype = RootFieldBuilder.prototype as unknown as {
  attribute: (keyword: string, options?: AttributeFieldOptions) => unknown;
  field: (options: unknown) => unknown;
};

prototype.attribute = function attribute(keyword, { description, or, isSingle = false } = {}) {
  const entry = requireEntry(keyword);
  const entries = or === undefined ? [entry] : [entry, requireEntry(or)];
  const reader = readerOf(entries.at(-1) ?? entry);
  const isList = entry.vm !== '1' && !isSingle;
  const declaration: FieldDeclaration = { reads: entries.map(({ tag }) => tag) };
  const fieldValue = (element: Element, name: string, context: Context): unknown => {
    for (const problem of element.problems) context.warnings.addInvalidValue(name, problem);
    const values = reader.values(element);
    return isList ? listOf(values, reader, entry) : (values[0] ?? null);
  };
  return this.field({
    type: isList ? [reader.type] : reader.type,
    nullable: isList ? { list: true, items: false } : true,
    description: describeAttribute(entry, description),
    extensions: { dicom: declaration },
    resolve: (source: AttributeSource, _args: unknown, context: Context) =>
      readAttributes(source, declaration.reads as readonly Tag[], (...dataSets) => {
        for (const [index, { tag, keyword: name }] of entries.entries()) {
          const element = dataSets[index]?.element(tag);
          if (element && !element.isEmpty) return fieldValue(element, name, context);
        }
        return null;
      }),
  });
};

/**
 * A list without holes. Numbers mean something by their places, and so do texts of a VM that begins with 2 or more: such
 * a number makes the list null, such a text is empty. Of other lists a hole is left out.
 */
function listOf(values: readonly unknown[], { type }: Reader, { vm }: DictionaryEntry): readonly unknown[] | null {
  const found = values.filter((value) => value !== null);
  if (found.length === values.length || found.length === 0) return found.length === 0 ? null : found;
  if (type === 'Int' || type === 'Float') return null;
  return type === 'String' && !vm.startsWith('1') ? values.map((value) => value ?? '') : found;
}

/** Reads attributes of a source, at once where it can: a promise a field would cost more than the field. */
export function readAttributes<T>(
  source: AttributeSource,
  tags: readonly Tag[],
  use: (...dataSets: readonly DataSet[]) => T,
): T | Promise<T> {
  const dataSets = tags.map((tag) => source.read(tag));
  const isThere = (dataSet: DataSet | Promise<DataSet>): dataSet is DataSet => !(dataSet instanceof Promise);
  return dataSets.every(isThere) ? use(...dataSets) : Promise.all(dataSets).then((loaded) => use(...loaded));
}

/** The entry of a keyword written in code. An unknown one is a fault of ours and ends the program at start. */
export function requireEntry(keyword: string): DictionaryEntry {
  const entry = entryOfKeyword(keyword);
  if (entry === undefined) throw new Error(`${keyword} is no keyword of PS3.6`);
  return entry;
}

/** `Slice Thickness (0018,0050), mm. Nominal.` */
export function describeAttribute(entry: DictionaryEntry, addition?: string): string {
  const unit = unitOf(entry.keyword);
  const tag = `(${entry.tag.slice(0, 4)},${entry.tag.slice(4)})`;
  const sentences = [
    `${entry.name} ${tag}${unit === null ? '' : `, ${unit}`}.`,
    entry.retired ? 'Retired.' : '',
    addition,
  ];
  return sentences.filter(Boolean).join(' ');
}
