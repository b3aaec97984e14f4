import type { JsonDataSet, JsonElement } from './data-set.ts';

/**
 * A data set as JSON text, its attributes by tag, ascending, at every depth.
 *
 * JSON.stringify does not do that, however the object was made: a tag of digits alone that does not begin with 0, as
 * 52009230 in every enhanced image, is an array index to JavaScript, and those come first.
 *
 * @see PS3.18 §F.2.2
 */
export function stringifyDataSet(dataSet: JsonDataSet): string {
  return isInOrder(dataSet) ? JSON.stringify(dataSet) : writeDataSet(dataSet);
}

/** Data sets, as an array. */
export const stringifyDataSets = (dataSets: readonly JsonDataSet[]): string =>
  `[${dataSets.map(stringifyDataSet).join(',')}]`;

/** Whether it is enumerated in order, which is so of most: then JSON.stringify does, several times as fast. */
function isInOrder(dataSet: JsonDataSet): boolean {
  let before = '';
  for (const [key, element] of Object.entries(dataSet)) {
    if (key < before || !itemsOf(element).every(isInOrder)) return false;
    before = key;
  }
  return true;
}

function writeDataSet(dataSet: JsonDataSet): string {
  const keys = Object.keys(dataSet).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${writeElement(dataSet[key] ?? {})}`).join(',')}}`;
}

function writeElement(element: JsonElement): string {
  if (itemsOf(element).length === 0) return JSON.stringify(element);
  const { Value: values = [], ...others } = element;
  const head = JSON.stringify(others).slice(1, -1);
  const items = values.map((value) => (isItem(value) ? writeDataSet(value) : JSON.stringify(value)));
  return `{${head}${head === '' ? '' : ','}"Value":[${items.join(',')}]}`;
}

const itemsOf = ({ vr, Value: values }: JsonElement): readonly JsonDataSet[] =>
  vr === 'PN' || !Array.isArray(values) ? [] : values.filter(isItem);

const isItem = (value: unknown): value is JsonDataSet =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
