import type { Principal } from '../access/principal.ts';
import type { Scope } from '../access/scopes.ts';
import { parseAttributePath } from '../dicom/attribute-path.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { AttributeMatch } from '../planner/filter-input.ts';
import { requireScope } from './require-scope.ts';

/**
 * What those may read and match who may search and no more: the fields of Patient, Study, Series and Instance, which are what
 * searches return (PS3.18 Tables 10.6.3-3 to 10.6.3-5) with what lists of studies and series commonly show. Every other
 * attribute needs the scope `metadata`, however an origin came to tell it: by a row or by WADO-RS.
 */
const searchAttributes: ReadonlySet<Tag> = new Set(
  `
  SpecificCharacterSet TimezoneOffsetFromUTC InstanceAvailability RetrieveURL
  PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex
  StudyInstanceUID StudyID StudyDate StudyTime StudyDescription AccessionNumber ReferringPhysicianName ModalitiesInStudy
  NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances
  SeriesInstanceUID SeriesNumber SeriesDate SeriesTime SeriesDescription Modality BodyPartExamined Laterality ProtocolName
  Manufacturer ManufacturerModelName InstitutionName PerformedProcedureStepStartDate PerformedProcedureStepStartTime
  NumberOfSeriesRelatedInstances
  SOPInstanceUID SOPClassUID InstanceNumber NumberOfFrames Rows Columns BitsAllocated
  `
    .trim()
    .split(/\s+/)
    .map(tagOf),
);

/** The scope that an attribute needs. */
export const scopeOfAttribute = (tag: Tag): Scope => (searchAttributes.has(tag) ? 'search' : 'metadata');

/** The scope of a field by what it declares to read; null: it is reached through fields that need one. */
export function scopeOfReads({ reads, enters }: FieldDeclaration = {}): Scope | null {
  if (enters === 'inside') return 'metadata';
  const isListed = typeof reads !== 'function' && (reads ?? []).every((tag) => searchAttributes.has(tag));
  return isListed || typeof reads === 'function' ? null : 'metadata';
}

/** @throws {FacadeError} FORBIDDEN: a filter matches what the principal may not read, and would tell it. */
export function requireScopeOfFilters(principal: Principal, args: object): void {
  if (principal.scopes.has('metadata')) return;
  for (const filter of Object.values(args)) {
    const { attributes } = Object(filter) as { attributes?: readonly AttributeMatch[] | null };
    for (const { path } of attributes ?? []) {
      const [top] = parseAttributePath(path);
      if (top !== undefined) requireScope(principal, scopeOfAttribute(top.tag));
    }
  }
}
