import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';

const values = ['CodeValue', 'LongCodeValue', 'URNCodeValue'].map(tagOf);
const scheme = tagOf('CodingSchemeDesignator');

/** SNOMED had several designators for the same codes (PS3.16 §8.1.2). */
const sameScheme: Readonly<Record<string, string>> = { SNM3: 'SRT', '99SDM': 'SRT' };

/** A code in one text, `DCM 121071`: what it is compared by. Null: no code. */
export function codeKeyOf(item: DataSet | null): string | null {
  const value = item && values.map((tag) => item.text(tag)).find((text) => text !== null);
  if (!item || value == null) return null;
  const designator = item.text(scheme) ?? '';
  return `${sameScheme[designator] ?? designator} ${value}`;
}

/** Whether a code is one of these, each written `scheme value`: reports of different years code one thing differently. */
export const isCode = (item: DataSet | null, keys: readonly string[]): boolean => {
  const key = codeKeyOf(item);
  return key !== null && keys.includes(key);
};
