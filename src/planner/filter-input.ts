import type { Uid } from '../dicom/uid.ts';

/** The filters of the schema (contract: TextMatch ... InstanceFilter), as they arrive: null is the same as absent. */
type Given<T> = T | null | undefined;

export interface TextMatch {
  readonly equals?: Given<string>;
  readonly startsWith?: Given<string>;
  readonly contains?: Given<string>;
  readonly wildcard?: Given<string>;
  readonly anyOf?: Given<readonly string[]>;
}

/** Inclusive ISO 8601 dates; either end may be open. */
export interface DateRange {
  readonly from?: Given<string>;
  readonly to?: Given<string>;
}

export interface ValueMatch {
  readonly text?: Given<TextMatch>;
  readonly dates?: Given<DateRange>;
  readonly uids?: Given<readonly Uid[]>;
}

export interface AttributeMatch {
  readonly path: string;
  readonly match: ValueMatch;
}

export interface StudyFilter {
  readonly studyInstanceUIDs?: Given<readonly Uid[]>;
  readonly patientID?: Given<TextMatch>;
  readonly patientName?: Given<TextMatch>;
  readonly patientBirthDate?: Given<DateRange>;
  readonly studyDate?: Given<DateRange>;
  readonly accessionNumber?: Given<TextMatch>;
  readonly studyID?: Given<TextMatch>;
  readonly studyDescription?: Given<TextMatch>;
  readonly referringPhysicianName?: Given<TextMatch>;
  readonly modalitiesInStudy?: Given<readonly string[]>;
  readonly fuzzy?: Given<boolean>;
  readonly attributes?: Given<readonly AttributeMatch[]>;
}

export interface SeriesFilter {
  readonly seriesInstanceUIDs?: Given<readonly Uid[]>;
  readonly modality?: Given<readonly string[]>;
  readonly seriesNumber?: Given<number>;
  readonly seriesDescription?: Given<TextMatch>;
  readonly bodyPartExamined?: Given<TextMatch>;
  readonly attributes?: Given<readonly AttributeMatch[]>;
}

export interface InstanceFilter {
  readonly sopInstanceUIDs?: Given<readonly Uid[]>;
  readonly sopClassUIDs?: Given<readonly Uid[]>;
  readonly instanceNumber?: Given<number>;
  readonly attributes?: Given<readonly AttributeMatch[]>;
}
