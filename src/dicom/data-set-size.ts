import type { DataSet } from './data-set.ts';

/**
 * What data sets take of memory, in bytes, as far as that can be told without reading all of them: parsed JSON takes about
 * twice its text, and the text is estimated by the first, the middle and the last.
 */
export function estimateBytes(dataSets: readonly DataSet[]): number {
  const samples = [dataSets.at(0), dataSets.at(dataSets.length >> 1), dataSets.at(-1)];
  const texts = samples.map((dataSet) => (dataSet ? JSON.stringify(dataSet.json).length : 0));
  return Math.max(...texts) * 2 * dataSets.length;
}
