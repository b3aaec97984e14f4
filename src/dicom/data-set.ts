import type { AttributePath } from './attribute-path.ts';
import { parseDa, parseDt, parseTm } from './date-time.ts';
import { DicomJsonError } from './dicom-input-error.ts';
import { decodeElement, type ElementOf } from './element.ts';
import type { PersonName } from './person-name.ts';
import { privateElementTag } from './private-block.ts';
import { isTag, type Tag } from './tag.ts';
import { isUid, type Uid } from './uid.ts';

/**
 * An element as it should stand in JSON. What an origin wrote may be anything, null too: `DataSet.element` looks before it
 * decodes, and whoever reads `DataSet.json` has to look as well.
 */
export type JsonElement = {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
  readonly BulkDataURI?: string;
  readonly InlineBinary?: string;
};
export type JsonDataSet = Readonly<Record<string, JsonElement>>;
export type Element = ElementOf<DataSet>;

/** Sequences nested deeper than this are not read, and say so. */
const maxDepth = 64;

/**
 * A data set in the DICOM JSON Model (PS3.18 Annex F), decoded attribute by attribute as it is asked for.
 *
 * Total after `parse`: an attribute that is absent, empty or not valid is null (or an empty list), never an exception;
 * `element(tag).problems` tells what was wrong.
 */
export class DataSet {
  readonly json: JsonDataSet;
  readonly #depth: number;
  readonly #elements = new Map<Tag, Element>();

  private constructor(json: JsonDataSet, depth: number) {
    this.json = json;
    this.#depth = depth;
  }

  /**
   * Takes a parsed JSON value as a data set.
   *
   * Keys should be upper-case (PS3.18 §F.2.2). Lower-case hex can mean nothing else and is taken too. Keys that are no
   * tags are passed over, unless there are only such: then this is some other JSON, an error document perhaps.
   *
   * @throws {DicomJsonError} ORIGIN_RESPONSE. Not an object, or an object without a single tag in it but not empty.
   */
  static parse(json: unknown): DataSet {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new DicomJsonError('Not a DICOM JSON data set: not an object');
    }
    const dataSet = DataSet.#read(json as Readonly<Record<string, unknown>>, 0);
    if (dataSet.json !== json && Object.keys(dataSet.json).length === 0) {
      throw new DicomJsonError('Not a DICOM JSON data set: no key is a tag');
    }
    return dataSet;
  }

  static #read(json: Readonly<Record<string, unknown>>, depth: number): DataSet {
    // Elements are checked when they are decoded: until then nothing but the key is relied on.
    const elements = json as JsonDataSet;
    const keys = Object.keys(elements);
    if (keys.every(isTag)) return new DataSet(elements, depth);
    const kept = keys.map((key) => [key.toUpperCase(), elements[key]] as const).filter(([key]) => isTag(key));
    const upperCase = keys.filter(isTag).map((key) => [key, elements[key]] as const);
    return new DataSet(Object.fromEntries([...kept, ...upperCase]) as JsonDataSet, depth);
  }

  /** Ascending, as in a DICOM file. */
  tags(): readonly Tag[] {
    return Object.keys(this.json).filter(isTag).sort();
  }

  has(tag: Tag): boolean {
    return Object.hasOwn(this.json, tag);
  }

  /** Undefined where the attribute is absent. */
  element(tag: Tag): Element | undefined {
    const known = this.#elements.get(tag);
    if (known || !this.has(tag)) return known;
    const depth = this.#depth + 1;
    const element = decodeElement(tag, this.json[tag], depth > maxDepth ? null : (item) => DataSet.#read(item, depth));
    this.#elements.set(tag, element);
    return element;
  }

  /** The values as text: numbers as the origin wrote them, names in one piece. */
  texts(tag: Tag): readonly (string | null)[] {
    const element = this.element(tag);
    if (element?.kind === 'text') return element.values;
    if (element?.kind === 'number') return element.raw;
    return element?.kind === 'personName' ? element.values.map((name) => name?.raw ?? null) : [];
  }

  text(tag: Tag): string | null {
    return this.texts(tag)[0] ?? null;
  }

  numbers(tag: Tag): readonly (number | null)[] {
    const element = this.element(tag);
    return element?.kind === 'number' ? element.values : [];
  }

  number(tag: Tag): number | null {
    return this.numbers(tag)[0] ?? null;
  }

  /** Null also for a number with a fraction, or beyond 2^53. */
  integer(tag: Tag): number | null {
    const value = this.number(tag);
    return Number.isSafeInteger(value) ? value : null;
  }

  uid(tag: Tag): Uid | null {
    const value = this.text(tag);
    return isUid(value) ? value : null;
  }

  personName(tag: Tag): PersonName | null {
    const element = this.element(tag);
    return element?.kind === 'personName' ? (element.values[0] ?? null) : null;
  }

  /** ISO 8601: `2024-02-29`. */
  date(tag: Tag): string | null {
    return parseDa(this.text(tag) ?? '');
  }

  /** As precise as written: `14`, `14:05`, `14:05:30.25`. */
  time(tag: Tag): string | null {
    return parseTm(this.text(tag) ?? '');
  }

  /** ISO 8601, as precise as written. */
  dateTime(tag: Tag): string | null {
    return parseDt(this.text(tag) ?? '');
  }

  items(tag: Tag): readonly DataSet[] {
    const element = this.element(tag);
    return element?.kind === 'sequence' ? element.items : [];
  }

  /**
   * The element at a path; undefined where it, or an item on the way, is absent. A private attribute is looked for in
   * the block that its creator reserved in that data set (PS3.5 §7.8.1).
   */
  at(path: AttributePath): Element | undefined {
    let dataSet: DataSet | undefined = this;
    let element: Element | undefined;
    for (const step of path) {
      const tag: Tag | undefined =
        dataSet && (step.creator === undefined ? step.tag : privateElementTag(dataSet, step.tag, step.creator));
      element = tag && dataSet?.element(tag);
      dataSet = step.item === undefined || element?.kind !== 'sequence' ? undefined : element.items[step.item];
    }
    return element;
  }
}
