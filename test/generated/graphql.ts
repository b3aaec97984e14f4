/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A match on any attribute of the level or above it. Private attributes are FILTER_UNSUPPORTED. */
export type AttributeMatch = {
  /** What the value must be. */
  match: ValueMatch;
  /** Keywords or tags joined by dots, into any item: RequestAttributesSequence.ScheduledProcedureStepID. */
  path: string;
};

/** Intervals of the calendar. */
export type DateInterval =
  /** A day. */
  | 'DAY'
  /** A month. */
  | 'MONTH'
  /** A week, which begins on Monday (ISO 8601). */
  | 'WEEK'
  /** A year. */
  | 'YEAR';

/** Inclusive; either end may be left open. */
export type DateRange = {
  /** First day. */
  from?: string | null | undefined;
  /** Last day. */
  to?: string | null | undefined;
};

/** What a count says of the archive. */
export type Exactness =
  /** Every match was counted. */
  | 'EXACT'
  /** There may be more: a budget of the operation or a limit of the origin ended the scan first. */
  | 'LOWER_BOUND';

/** A form in which an object can be retrieved. Each is a path of its own: a preview is never taken for an object. */
export type Representation =
  /** The bytes of one attribute (PS3.18 §10.4.1.1.5). */
  | 'BULKDATA'
  /** Pixel data of single frames (PS3.18 §10.4.1.1.6). */
  | 'FRAMES'
  /** The attributes without bulk data (PS3.18 §10.4.1.1.2). */
  | 'METADATA'
  /** The stored object (PS3.18 §10.4.1.1.1). */
  | 'NATIVE'
  /** An image for display (PS3.18 §10.4.1.1.3). */
  | 'RENDERED'
  /** A small image (PS3.18 §10.4.1.1.4). */
  | 'THUMBNAIL';

/** All fields must match. An empty list matches nothing; null is the same as absent. Lists hold at most 400. */
export type StudyFilter = {
  /** Accession Number (0008,0050). */
  accessionNumber?: TextMatch | null | undefined;
  /** Any other attributes of the patient and the study. */
  attributes?: Array<AttributeMatch> | null | undefined;
  /** Let the origin match names in its own fuzzy way; FUZZY_UNSUPPORTED where it cannot. */
  fuzzy?: boolean | null | undefined;
  /** Modalities in Study (0008,0061): any of these, as CT. At most 400; an empty list matches nothing. */
  modalitiesInStudy?: Array<string> | null | undefined;
  /** Patient's Birth Date (0010,0030). */
  patientBirthDate?: DateRange | null | undefined;
  /** Patient ID (0010,0020). */
  patientID?: TextMatch | null | undefined;
  /** Patient's Name (0010,0010), in any of its groups: Doe^John. */
  patientName?: TextMatch | null | undefined;
  /** Referring Physician's Name (0008,0090). */
  referringPhysicianName?: TextMatch | null | undefined;
  /** Study Date (0008,0020). Undated studies do not match. */
  studyDate?: DateRange | null | undefined;
  /** Study Description (0008,1030). */
  studyDescription?: TextMatch | null | undefined;
  /** Study ID (0020,0010). */
  studyID?: TextMatch | null | undefined;
  /** Study Instance UID (0020,000D). At most 400; an empty list matches nothing. */
  studyInstanceUIDs?: Array<string> | null | undefined;
};

/** Case-insensitive. DICOM has no way to escape * and ?: a literal one is refused, except in wildcard. anyOf: at most 400. */
export type TextMatch =
  {   /** One of these whole values. At most 400; an empty list matches nothing. */
  anyOf: Array<string>; contains?: never; equals?: never; startsWith?: never; wildcard?: never; }
  |  { anyOf?: never;   /** A part of the value. */
  contains: string; equals?: never; startsWith?: never; wildcard?: never; }
  |  { anyOf?: never; contains?: never;   /** The whole value; of a person name, one of its groups. */
  equals: string; startsWith?: never; wildcard?: never; }
  |  { anyOf?: never; contains?: never; equals?: never;   /** The beginning of the value. */
  startsWith: string; wildcard?: never; }
  |  { anyOf?: never; contains?: never; equals?: never; startsWith?: never;   /** * for any characters, ? for one (PS3.4 C.2.2.2.4). */
  wildcard: string; };

/** How to match a value, by its kind. */
export type ValueMatch =
  {   /** DA, and the day of DT. */
  dates: DateRange; text?: never; uids?: never; }
  |  { dates?: never;   /** Texts, codes and person names. */
  text: TextMatch; uids?: never; }
  |  { dates?: never; text?: never;   /** One of these UIDs. At most 400; an empty list matches nothing. */
  uids: Array<string>; };

export type StudyListQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type StudyListQuery = { searchStudies: { nodes: Array<{ id: string, studyInstanceUID: string, studyDate: string | null, studyDescription: string | null, modalitiesInStudy: Array<string> | null, numberOfStudyRelatedSeries: number | null, numberOfStudyRelatedInstances: number | null, patient: { patientID: string | null, patientName: { formatted: string | null, ideographic: { raw: string } | null } | null }, retrieve: { thumbnail: { url: string } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type StudyTreeQueryVariables = Exact<{
  filter?: StudyFilter | null | undefined;
  first?: number | null | undefined;
}>;


export type StudyTreeQuery = { searchStudies: { nodes: Array<{ studyInstanceUID: string, studyDate: string | null, patient: { patientID: string | null, patientName: { formatted: string | null } | null }, series: { nodes: Array<{ seriesInstanceUID: string, seriesNumber: number | null, modality: string | null, seriesDescription: string | null, instances: { nodes: Array<
              | { __typename: 'CTImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'EncapsulatedDocument', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'MRImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'NuclearImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'OtherInstance', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'PETImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'ParametricMap', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'PresentationState', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'RTDose', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'RTPlan', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'RTStructureSet', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'SecondaryCapture', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'Segmentation', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'SlideImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'StructuredReport', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'UltrasoundImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'Waveform', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
              | { __typename: 'XRayImage', sopInstanceUID: string, instanceNumber: number | null, rows: number | null, columns: number | null, retrieve: { frameCount: number | null, native: { url: string } | null } }
            > } | null }> } | null }> } | null };

export type WorklistQueryVariables = Exact<{
  filter?: StudyFilter | null | undefined;
}>;


export type WorklistQuery = { searchStudies: { totalCount: number | null, nodes: Array<{ accessionNumber: string | null, studyDate: string | null, studyTime: string | null, studyDescription: string | null, modalitiesInStudy: Array<string> | null, referringPhysicianName: { formatted: string | null } | null, patient: { patientID: string | null, patientBirthDate: string | null, patientSex: string | null } }> } | null };

export type FramesOfASeriesQueryVariables = Exact<{
  modality?: Array<string> | string | null | undefined;
}>;


export type FramesOfASeriesQuery = { searchSeries: { nodes: Array<{ seriesInstanceUID: string, seriesDescription: string | null, instances: { totalCount: number | null, nodes: Array<
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
          | { sopInstanceUID: string, instanceNumber: number | null, retrieve: { frameCount: number | null, frameTemplate: { template: string, frameCount: number, expiresAt: string } | null, renderedFrameTemplate: { template: string } | null } }
        > } | null }> } | null };

export type RenderedImagesQueryVariables = Exact<{ [key: string]: never; }>;


export type RenderedImagesQuery = { searchSeries: { nodes: Array<{ seriesDescription: string | null, instances: { nodes: Array<
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
          | { sopInstanceUID: string, retrieve: { softTissue: { url: string, expiresAt: string } | null, bone: { url: string } | null, thumbnail: { url: string } | null } }
        > } | null }> } | null };

export type AnyAttributeQueryVariables = Exact<{ [key: string]: never; }>;


export type AnyAttributeQuery = { searchInstances: { nodes: Array<
      | { __typename: 'CTImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'EncapsulatedDocument', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'MRImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'NuclearImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'OtherInstance', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'PETImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'ParametricMap', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'PresentationState', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'RTDose', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'RTPlan', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'RTStructureSet', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'SecondaryCapture', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'Segmentation', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'SlideImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'StructuredReport', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'UltrasoundImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'Waveform', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
      | { __typename: 'XRayImage', sopClass: { uid: string, name: string | null } | null, attributes: Array<
          | { tag: string, keyword: string | null, vr: string }
          | { values: Array<number | null>, tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string }
          | { tag: string, keyword: string | null, vr: string, texts: Array<string | null> }
         | null> | null }
    > } | null };

export type PersonNamesQueryVariables = Exact<{
  filter?: StudyFilter | null | undefined;
}>;


export type PersonNamesQuery = { searchStudies: { nodes: Array<{ patient: { patientID: string | null, patientName: { formatted: string | null, raw: string, alphabetic: { familyName: string | null, givenName: string | null } | null, ideographic: { familyName: string | null, givenName: string | null } | null, phonetic: { familyName: string | null, givenName: string | null } | null } | null } }> } | null };

export type BulkDataQueryVariables = Exact<{
  modality?: Array<string> | string | null | undefined;
}>;


export type BulkDataQuery = { searchInstances: { nodes: Array<
      | { __typename: 'CTImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'EncapsulatedDocument', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'MRImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'NuclearImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'OtherInstance', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'PETImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'ParametricMap', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'PresentationState', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'RTDose', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'RTPlan', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'RTStructureSet', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'SecondaryCapture', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'Segmentation', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'SlideImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'StructuredReport', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'UltrasoundImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'Waveform', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
      | { __typename: 'XRayImage', sopInstanceUID: string, attribute:
          | { values: Array<string | null> }
          | Record<PropertyKey, never>
         | null, retrieve: { bulkData: Array<{ path: string, keyword: string | null, vr: string, link: { url: string, expiresAt: string } | null }> | null } }
    > } | null };

export type OriginsQueryVariables = Exact<{ [key: string]: never; }>;


export type OriginsQuery = { origins: Array<{ id: string, name: string, healthy: boolean | null, capabilities: { uidListMatching: boolean, rootSeriesSearch: boolean, rootInstanceSearch: boolean, includeField: boolean, fuzzyMatching: boolean, ordering: boolean, maxSearchLimit: number | null, representations: Array<Representation>, evidence: Array<{ capability: string, supported: boolean, how: string, asOf: string }> | null } | null }>, viewer: { subject: string, scopes: Array<string>, limits: { maxOriginRequests: number, maxRows: number } } };

export type DictionaryQueryVariables = Exact<{
  search?: string;
}>;


export type DictionaryQuery = { dictionary: Array<{ tag: string, keyword: string, name: string, vr: Array<string>, vm: string, retired: boolean }> };

export type StatisticsQueryVariables = Exact<{
  filter?: StudyFilter | null | undefined;
  interval?: DateInterval;
}>;


export type StatisticsQuery = { studyStatistics: { studies: number, series: number | null, instances: number | null, exactness: Exactness, asOf: string, byModality: Array<{ key: string | null, studies: number, instances: number | null }> | null, byStudyDate: Array<{ key: string | null, studies: number }> | null } | null };

export type SegmentationQueryVariables = Exact<{
  modality?: Array<string> | string | null | undefined;
}>;


export type SegmentationQuery = { searchInstances: { nodes: Array<
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { segmentationType: string | null, sopInstanceUID: string, segments: Array<{ number: number | null, label: string | null, algorithmType: string | null, trackingID: string | null, frameNumbers: Array<number> | null, category: { meaning: string | null } | null, type: { value: string | null, scheme: string | null, meaning: string | null } | null, displayColor: { hex: string } | null }> | null, retrieve: { frameTemplate: { template: string, frameCount: number } | null }, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
      | { sopInstanceUID: string, referencedInstances: Array<{ sopInstanceUID: string, series: { modality: string | null, seriesDescription: string | null } | null }> | null }
    > } | null };

export type MeasurementsQueryVariables = Exact<{
  modality?: Array<string> | string | null | undefined;
}>;


export type MeasurementsQuery = { searchInstances: { nodes: Array<
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { completion: string | null, verification: string | null, sopInstanceUID: string, title: { meaning: string | null } | null, measurements: Array<{ value: number | null, group: { trackingID: string | null, finding: { meaning: string | null } | null } | null, name: { meaning: string | null } | null, derivation: { meaning: string | null } | null, unit: { value: string | null } | null, findingSite: { meaning: string | null } | null, references: Array<{ segmentNumbers: Array<number> | null, instance:
              | { __typename: 'CTImage', sopInstanceUID: string }
              | { __typename: 'EncapsulatedDocument', sopInstanceUID: string }
              | { __typename: 'MRImage', sopInstanceUID: string }
              | { __typename: 'NuclearImage', sopInstanceUID: string }
              | { __typename: 'OtherInstance', sopInstanceUID: string }
              | { __typename: 'PETImage', sopInstanceUID: string }
              | { __typename: 'ParametricMap', sopInstanceUID: string }
              | { __typename: 'PresentationState', sopInstanceUID: string }
              | { __typename: 'RTDose', sopInstanceUID: string }
              | { __typename: 'RTPlan', sopInstanceUID: string }
              | { __typename: 'RTStructureSet', sopInstanceUID: string }
              | { __typename: 'SecondaryCapture', sopInstanceUID: string }
              | { __typename: 'Segmentation', sopInstanceUID: string }
              | { __typename: 'SlideImage', sopInstanceUID: string }
              | { __typename: 'StructuredReport', sopInstanceUID: string }
              | { __typename: 'UltrasoundImage', sopInstanceUID: string }
              | { __typename: 'Waveform', sopInstanceUID: string }
              | { __typename: 'XRayImage', sopInstanceUID: string }
             | null }> }> | null, content: Array<{ depth: number, path: string, display: string | null, concept: { meaning: string | null } | null }> | null }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
      | { sopInstanceUID: string }
    > } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const StudyListDocument = new TypedDocumentString(`
    query StudyList($first: Int = 10, $after: String) {
  searchStudies(orderBy: STUDY_DATE_DESC, first: $first, after: $after) {
    nodes {
      id
      studyInstanceUID
      studyDate
      studyDescription
      modalitiesInStudy
      numberOfStudyRelatedSeries
      numberOfStudyRelatedInstances
      patient {
        patientID
        patientName {
          formatted
          ideographic {
            raw
          }
        }
      }
      retrieve {
        thumbnail(width: 128) {
          url
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<StudyListQuery, StudyListQueryVariables>;
export const StudyTreeDocument = new TypedDocumentString(`
    query StudyTree($filter: StudyFilter, $first: Int = 25) {
  searchStudies(filter: $filter, first: $first) {
    nodes {
      studyInstanceUID
      studyDate
      patient {
        patientID
        patientName {
          formatted
        }
      }
      series {
        nodes {
          seriesInstanceUID
          seriesNumber
          modality
          seriesDescription
          instances {
            nodes {
              __typename
              sopInstanceUID
              instanceNumber
              rows
              columns
              retrieve {
                frameCount
                native {
                  url
                }
              }
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<StudyTreeQuery, StudyTreeQueryVariables>;
export const WorklistDocument = new TypedDocumentString(`
    query Worklist($filter: StudyFilter = {modalitiesInStudy: ["CT", "MR"], studyDate: {from: "2020-01-01"}}) {
  searchStudies(filter: $filter, first: 20) {
    totalCount
    nodes {
      accessionNumber
      studyDate
      studyTime
      studyDescription
      modalitiesInStudy
      referringPhysicianName {
        formatted
      }
      patient {
        patientID
        patientBirthDate
        patientSex
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WorklistQuery, WorklistQueryVariables>;
export const FramesOfASeriesDocument = new TypedDocumentString(`
    query FramesOfASeries($modality: [String!] = ["US"]) {
  searchSeries(filter: {modality: $modality}, first: 1) {
    nodes {
      seriesInstanceUID
      seriesDescription
      instances(first: 100) {
        totalCount
        nodes {
          sopInstanceUID
          instanceNumber
          retrieve {
            frameCount
            frameTemplate {
              template
              frameCount
              expiresAt
            }
            renderedFrameTemplate(format: JPEG) {
              template
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FramesOfASeriesQuery, FramesOfASeriesQueryVariables>;
export const RenderedImagesDocument = new TypedDocumentString(`
    query RenderedImages {
  searchSeries(
    filter: {modality: ["CT"], seriesDescription: {contains: "chest"}}
    first: 1
  ) {
    nodes {
      seriesDescription
      instances(filter: {instanceNumber: 20}) {
        nodes {
          sopInstanceUID
          retrieve {
            softTissue: rendered(format: PNG, window: {center: 40, width: 400}) {
              url
              expiresAt
            }
            bone: rendered(format: PNG, window: {center: 500, width: 2000}) {
              url
            }
            thumbnail(width: 96) {
              url
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RenderedImagesQuery, RenderedImagesQueryVariables>;
export const AnyAttributeDocument = new TypedDocumentString(`
    query AnyAttribute {
  searchInstances(
    filter: {sopClassUIDs: ["1.2.840.10008.5.1.4.1.1.2"], instanceNumber: 20}
    first: 1
  ) {
    nodes {
      __typename
      sopClass {
        uid
        name
      }
      attributes(
        paths: ["PixelSpacing", "00180050", "RescaleSlope", "WindowCenterWidthExplanation"]
      ) {
        tag
        keyword
        vr
        ... on NumberAttribute {
          values
        }
        ... on TextAttribute {
          texts: values
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AnyAttributeQuery, AnyAttributeQueryVariables>;
export const PersonNamesDocument = new TypedDocumentString(`
    query PersonNames($filter: StudyFilter = {patientName: {contains: "花子"}}) {
  searchStudies(filter: $filter, first: 20) {
    nodes {
      patient {
        patientID
        patientName {
          formatted
          raw
          alphabetic {
            familyName
            givenName
          }
          ideographic {
            familyName
            givenName
          }
          phonetic {
            familyName
            givenName
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PersonNamesQuery, PersonNamesQueryVariables>;
export const BulkDataDocument = new TypedDocumentString(`
    query BulkData($modality: [String!] = ["DOC"]) {
  searchInstances(series: {modality: $modality}, first: 5) {
    nodes {
      __typename
      sopInstanceUID
      attribute(path: "MIMETypeOfEncapsulatedDocument") {
        ... on TextAttribute {
          values
        }
      }
      retrieve {
        bulkData(first: 5) {
          path
          keyword
          vr
          link {
            url
            expiresAt
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<BulkDataQuery, BulkDataQueryVariables>;
export const OriginsDocument = new TypedDocumentString(`
    query Origins {
  origins {
    id
    name
    healthy
    capabilities {
      uidListMatching
      rootSeriesSearch
      rootInstanceSearch
      includeField
      fuzzyMatching
      ordering
      maxSearchLimit
      representations
      evidence {
        capability
        supported
        how
        asOf
      }
    }
  }
  viewer {
    subject
    scopes
    limits {
      maxOriginRequests
      maxRows
    }
  }
}
    `) as unknown as TypedDocumentString<OriginsQuery, OriginsQueryVariables>;
export const DictionaryDocument = new TypedDocumentString(`
    query Dictionary($search: String! = "slice thick") {
  dictionary(search: $search, first: 5) {
    tag
    keyword
    name
    vr
    vm
    retired
  }
}
    `) as unknown as TypedDocumentString<DictionaryQuery, DictionaryQueryVariables>;
export const StatisticsDocument = new TypedDocumentString(`
    query Statistics($filter: StudyFilter, $interval: DateInterval! = YEAR) {
  studyStatistics(filter: $filter) {
    studies
    series
    instances
    exactness
    asOf
    byModality {
      key
      studies
      instances
    }
    byStudyDate(interval: $interval) {
      key
      studies
    }
  }
}
    `) as unknown as TypedDocumentString<StatisticsQuery, StatisticsQueryVariables>;
export const SegmentationDocument = new TypedDocumentString(`
    query Segmentation($modality: [String!] = ["SEG"]) {
  searchInstances(series: {modality: $modality}, first: 5) {
    nodes {
      sopInstanceUID
      ... on Segmentation {
        segmentationType
        segments {
          number
          label
          algorithmType
          category {
            meaning
          }
          type {
            value
            scheme
            meaning
          }
          trackingID
          displayColor {
            hex
          }
          frameNumbers
        }
        retrieve {
          frameTemplate {
            template
            frameCount
          }
        }
      }
      referencedInstances(first: 3) {
        sopInstanceUID
        series {
          modality
          seriesDescription
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SegmentationQuery, SegmentationQueryVariables>;
export const MeasurementsDocument = new TypedDocumentString(`
    query Measurements($modality: [String!] = ["SR"]) {
  searchInstances(series: {modality: $modality}, first: 5) {
    nodes {
      sopInstanceUID
      ... on StructuredReport {
        title {
          meaning
        }
        completion
        verification
        measurements {
          group {
            trackingID
            finding {
              meaning
            }
          }
          name {
            meaning
          }
          derivation {
            meaning
          }
          value
          unit {
            value
          }
          findingSite {
            meaning
          }
          references {
            segmentNumbers
            instance {
              __typename
              sopInstanceUID
            }
          }
        }
        content(first: 20) {
          depth
          path
          concept {
            meaning
          }
          display
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MeasurementsQuery, MeasurementsQueryVariables>;