import type { Scope } from './scopes.ts';

/** What a scope of SMART App Launch grants here. */
export interface SmartGrant {
  /** `patient`: on the studies of one patient alone, whom a claim names. */
  readonly context: 'patient' | 'user' | 'system';
  readonly scopes: readonly Scope[];
}

/**
 * To search is one thing in FHIR, to read what was found another. Who may read an ImagingStudy may retrieve the imaging that
 * it points to (SMART Imaging Access), which has the patient's data in it.
 */
const toSearch: readonly Scope[] = ['search'];
const toRead: readonly Scope[] = ['metadata', 'rendered', 'native', 'patient-data'];

const version1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/**
 * Scopes on ImagingStudy, in the forms of version 1 (`user/ImagingStudy.read`) and 2 (`user/ImagingStudy.rs`). To create,
 * change or delete an ImagingStudy is no storing of images, and grants nothing. Nor does a scope that is narrowed down by
 * search parameters (`?modality=CT`), since they are not understood here.
 *
 * @returns null: no such scope.
 * @see https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
 */
export function smartGrantOf(text: string): SmartGrant | null {
  const [, context, rights = ''] =
    /^(patient|user|system)\/(?:ImagingStudy|\*)\.(\*|read|write|c?r?u?d?s?)$/.exec(text) ?? [];
  if (context !== 'patient' && context !== 'user' && context !== 'system') return null;
  const letters = version1[rights] ?? rights;
  return {
    context,
    scopes: [...(letters.includes('s') ? toSearch : []), ...(letters.includes('r') ? toRead : [])],
  };
}
