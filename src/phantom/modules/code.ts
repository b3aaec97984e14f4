import type { PhantomDataSet } from '../part10/phantom-data-set.ts';

/** One coded concept, as a sequence item (PS3.3 §8.8). */
export function code(value: string, scheme: string, meaning: string): PhantomDataSet {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}
