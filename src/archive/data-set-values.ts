import type { JsonDataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';

/** The first value of an attribute as trimmed text; null where it is absent, empty or no text. */
export function firstText(dataSet: JsonDataSet, tag: Tag): string | null {
  const value = dataSet[tag]?.Value?.[0];
  if (typeof value !== 'string') return null;
  return value.trim() === '' ? null : value.trim();
}

/** The first value of an attribute as a finite number; IS and DS may be strings in JSON (PS3.18 §F.2.3.1). */
export function firstNumber(dataSet: JsonDataSet, tag: Tag): number | null {
  const value = dataSet[tag]?.Value?.[0];
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The attributes that a condition on the tag selects. Keys of the JSON Model are tags. */
export function selectAttributes(dataSet: JsonDataSet, selects: (tag: Tag) => boolean): JsonDataSet {
  return Object.fromEntries(Object.entries(dataSet).filter(([tag]) => selects(tag as Tag)));
}
