import type { JsonElement } from '../dicom/data-set.ts';

/**
 * Compares two elements by their first values: numbers by value, names by their groups, all else as text, without regard
 * to case. An absent or empty element comes last in either direction.
 */
export function compareElements(a: JsonElement | undefined, b: JsonElement | undefined, descending: boolean): number {
  const left = sortKey(a);
  const right = sortKey(b);
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (left === right) return 0;
  const before = typeof left === typeof right ? left < right : typeof left === 'number';
  return before === descending ? 1 : -1;
}

function sortKey(element: JsonElement | undefined): number | string | null {
  const value = element?.Value?.[0];
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'object') return Object.values(value).join('=').toLowerCase();
  const isNumber = (element?.vr === 'IS' || element?.vr === 'DS') && Number.isFinite(Number(value));
  return isNumber ? Number(value) : String(value).toLowerCase();
}
