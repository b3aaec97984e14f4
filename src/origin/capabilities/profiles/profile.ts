import type { ConfiguredCapabilities } from '../capabilities.ts';

/**
 * What the makers of an archive say of it: data, and nothing but data. What it leaves out is as PS3.18 has it; what a probe
 * sees outranks it, and what is configured outranks both.
 */
export interface Profile {
  /** Of the document that says so; where it has no date of its own, {@link writtenOn}. */
  readonly asOf: Date;
  readonly capabilities: ConfiguredCapabilities;
}

/** Study-level keys that every origin server must match (PS3.18 Table 10.6.1-5) but for ModalitiesInStudy. */
export const studyKeys: readonly string[] = [
  'StudyInstanceUID',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ReferringPhysicianName',
  'PatientName',
  'PatientID',
  'StudyID',
];

/** Transfer syntaxes by what follows 1.2.840.10008.1.2 in their UIDs. */
export const syntaxes = (...suffixes: readonly string[]): readonly string[] =>
  suffixes.map((suffix) => `1.2.840.10008.1.2${suffix}`);

/** When these profiles were written down: the pages of most makers do not tell their own date. */
export const writtenOn = new Date('2026-11-22');
