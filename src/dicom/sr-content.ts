import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';

/** One content item of a report and where it stands in the tree (PS3.3 §C.17.3). */
export interface ContentItem {
  /** 0: the root. */
  readonly depth: number;
  /** Numbers from 1 at each level; the root is 1, its second child 1.2. By-reference relationships name items so. */
  readonly path: string;
  /** With all that it has, its children too. */
  readonly dataSet: DataSet;
  readonly parent: ContentItem | null;
}

/** What a content item says, by its value type. */
export type ContentValue =
  | { readonly kind: 'text'; readonly text: string | null }
  | { readonly kind: 'code'; readonly code: DataSet | null }
  | ({ readonly kind: 'number' } & ContentNumber)
  | { readonly kind: 'date'; readonly dataSet: DataSet }
  | { readonly kind: 'time'; readonly dataSet: DataSet }
  | { readonly kind: 'dateTime'; readonly dataSet: DataSet }
  | { readonly kind: 'uid'; readonly dataSet: DataSet }
  | { readonly kind: 'personName'; readonly dataSet: DataSet }
  | {
      readonly kind: 'reference';
      readonly reference: DataSet | null;
      readonly type: 'IMAGE' | 'COMPOSITE' | 'WAVEFORM';
    }
  | { readonly kind: 'coordinates'; readonly dataSet: DataSet; readonly dimensions: 2 | 3 }
  | { readonly kind: 'container'; readonly dataSet: DataSet }
  | { readonly kind: 'itemReference'; readonly path: string };

export interface ContentNumber {
  /** The double where the report has one, else the decimal string. */
  readonly number: number | null;
  /** As the report writes it, with its digits. */
  readonly raw: string | null;
  readonly unit: DataSet | null;
  /** Why there is no number, or what is special about it (PS3.16 CID 42). */
  readonly qualifier: DataSet | null;
}

const contentSequence = tagOf('ContentSequence');
const valueType = tagOf('ValueType');
const conceptName = tagOf('ConceptNameCodeSequence');
const conceptCode = tagOf('ConceptCodeSequence');
const textValue = tagOf('TextValue');
const measuredValue = tagOf('MeasuredValueSequence');
const numericValue = tagOf('NumericValue');
const floatingPointValue = tagOf('FloatingPointValue');
const units = tagOf('MeasurementUnitsCodeSequence');
const qualifier = tagOf('NumericValueQualifierCodeSequence');
const referencedSop = tagOf('ReferencedSOPSequence');
const referencedItem = tagOf('ReferencedContentItemIdentifier');
const graphicData = tagOf('GraphicData');

/**
 * The content of a report in tree order: the root, then its first child with all below it, then the second.
 *
 * @param root - The data set of the report: it is the root container itself.
 * @param limit - At most so many; one more shows that there are more.
 */
export function* walkContent(root: DataSet, limit: number): Generator<ContentItem> {
  const first: ContentItem = { depth: 0, path: '1', dataSet: root, parent: null };
  // A stack, not recursion: a report may have more siblings than a call stack has room for.
  const waiting = [first];
  for (let count = 0; count < limit; count++) {
    const item = waiting.pop();
    if (item === undefined) return;
    yield item;
    for (const child of childrenOf(item).reverse()) waiting.push(child);
  }
}

/** The items right below one, in their order. */
export function childrenOf(parent: ContentItem): ContentItem[] {
  const { depth, path, dataSet } = parent;
  return dataSet
    .items(contentSequence)
    .map((child, index) => ({ depth: depth + 1, path: `${path}.${index + 1}`, dataSet: child, parent }));
}

/** The concept name: what the value is of. Null: the item has none, as images often. */
export const conceptOf = ({ dataSet }: ContentItem): DataSet | null => dataSet.items(conceptName)[0] ?? null;

export const valueTypeOf = ({ dataSet }: ContentItem): string | null => dataSet.text(valueType);

/** The value of a content item. Null: a value type that this table does not know. */
export function contentValueOf(item: ContentItem): ContentValue | null {
  const { dataSet } = item;
  const type = valueTypeOf(item);
  switch (type) {
    case 'TEXT':
      return { kind: 'text', text: dataSet.text(textValue) };
    case 'CODE':
      return { kind: 'code', code: dataSet.items(conceptCode)[0] ?? null };
    case 'NUM':
      return { kind: 'number', ...contentNumberOf(dataSet) };
    case 'DATE':
      return { kind: 'date', dataSet };
    case 'TIME':
      return { kind: 'time', dataSet };
    case 'DATETIME':
      return { kind: 'dateTime', dataSet };
    case 'UIDREF':
      return { kind: 'uid', dataSet };
    case 'PNAME':
      return { kind: 'personName', dataSet };
    case 'IMAGE':
    case 'COMPOSITE':
    case 'WAVEFORM':
      return { kind: 'reference', reference: dataSet.items(referencedSop)[0] ?? null, type };
    case 'SCOORD':
      return { kind: 'coordinates', dataSet, dimensions: 2 };
    case 'SCOORD3D':
      return { kind: 'coordinates', dataSet, dimensions: 3 };
    case 'CONTAINER':
      return { kind: 'container', dataSet };
    case null: {
      const path = dataSet.numbers(referencedItem);
      return path.length === 0 ? null : { kind: 'itemReference', path: path.map((step) => step ?? '?').join('.') };
    }
    default:
      return null;
  }
}

/** The number of a NUM item (PS3.3 §C.18.1). Without a measured value it is null, and the qualifier may say why. */
export function contentNumberOf(dataSet: DataSet): ContentNumber {
  const [measured] = dataSet.items(measuredValue);
  return {
    number: measured?.number(floatingPointValue) ?? measured?.number(numericValue) ?? null,
    raw: measured?.text(numericValue) ?? null,
    unit: measured?.items(units)[0] ?? null,
    qualifier: dataSet.items(qualifier)[0] ?? null,
  };
}

/**
 * The points of spatial coordinates: pairs of column and row in 2D, triplets in 3D (PS3.3 §C.18.6, §C.18.9). Null: none, a
 * number of them that does not come in points, or kept as bulk data by the origin.
 */
export function pointsOf(dataSet: DataSet, dimensions: 2 | 3): readonly (readonly number[])[] | null {
  const values = dataSet.numbers(graphicData);
  if (values.length === 0 || values.length % dimensions !== 0) return null;
  const numbers = values.filter((value) => value !== null);
  if (numbers.length !== values.length) return null;
  return Array.from({ length: numbers.length / dimensions }, (_, i) =>
    numbers.slice(i * dimensions, (i + 1) * dimensions),
  );
}
