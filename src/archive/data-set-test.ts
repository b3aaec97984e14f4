import type { JsonDataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import type { ElementTest } from './element-test.ts';

/** One key of a query: the attribute's path, sequences first, and the test of the element at its end. */
export interface MatchKey {
  readonly path: readonly [Tag, ...Tag[]];
  readonly test: ElementTest | null;
}

/** Whether a data set satisfies all keys. */
export type DataSetTest = (dataSet: JsonDataSet) => boolean;

/**
 * Joins keys into one test. Keys within the same sequence must be satisfied by one and the same item of it.
 *
 * @returns null where nothing is asked: all keys are universal.
 * @see PS3.4 §C.2.2.2.6 (sequence matching), §C.2.2.2.3 (universal matching)
 */
export function compileDataSetTest(keys: readonly MatchKey[]): DataSetTest | null {
  const elements: (readonly [Tag, ElementTest])[] = [];
  const nested = new Map<Tag, MatchKey[]>();
  for (const { path, test } of keys) {
    const [tag, next, ...rest] = path;
    if (next === undefined) {
      if (test) elements.push([tag, test]);
    } else {
      nested.set(tag, [...(nested.get(tag) ?? []), { path: [next, ...rest], test }]);
    }
  }
  const sequences: (readonly [Tag, DataSetTest])[] = [];
  for (const [tag, within] of nested) {
    const test = compileDataSetTest(within);
    if (test) sequences.push([tag, test]);
  }
  if (elements.length === 0 && sequences.length === 0) return null;
  return (dataSet) =>
    elements.every(([tag, test]) => test(dataSet[tag])) &&
    sequences.every(([tag, test]) => itemsOf(dataSet, tag).some(test));
}

function itemsOf(dataSet: JsonDataSet, tag: Tag): JsonDataSet[] {
  const element = dataSet[tag];
  if (element?.vr !== 'SQ') return [];
  return (element.Value ?? []).filter((item): item is JsonDataSet => typeof item === 'object' && item !== null);
}
