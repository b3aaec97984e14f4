/** Forms in which an origin gives an object; the names of the schema's enum. */
export type Representation = 'NATIVE' | 'FRAMES' | 'RENDERED' | 'THUMBNAIL' | 'BULKDATA' | 'METADATA';

export const allRepresentations: readonly Representation[] = [
  'NATIVE',
  'FRAMES',
  'RENDERED',
  'THUMBNAIL',
  'BULKDATA',
  'METADATA',
];

/** Rendering parameters of PS3.18 §8.3.5.1. */
export type RenderingParameter = 'viewport' | 'window' | 'quality';
export const allRenderingParameters: readonly RenderingParameter[] = ['viewport', 'window', 'quality'];

/** What the gateway gives: pictures that src/render draws of frames, and documents that are stored as PDF. */
export const allGatewayFormats: readonly string[] = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'];

/** How it is known that an origin can or cannot do a thing. */
export interface CapabilityEvidence {
  /** Name of a field of {@link Capabilities}, or of another fact found by the probe ('studyUIDMatching', 'limit'). */
  readonly capability: string;
  readonly supported: boolean;
  /** probed: seen on the origin's answers; configured: set by hand; documented: of PS3.18 or of the vendor. */
  readonly how: 'probed' | 'configured' | 'documented';
  readonly asOf: Date;
}

/** What an origin can and cannot do. Code asks these, never the vendor's name. */
export interface Capabilities {
  /** A comma list of UIDs matches any of them, at every level (PS3.18 §8.3.4.1). */
  readonly uidListMatching: boolean;
  /** /series is a search resource. */
  readonly rootSeriesSearch: boolean;
  /** /instances is a search resource. */
  readonly rootInstanceSearch: boolean;
  /** /studies/{study}/instances is a search resource. Where not, instances are searched series by series. */
  readonly studyInstanceSearch: boolean;
  /** includefield brings attributes that are not in the default answer. */
  readonly includeField: boolean;
  /** Rows tell NumberOfStudyRelatedSeries and ...Instances, NumberOfSeriesRelatedInstances and ModalitiesInStudy. */
  readonly relatedCounts: boolean;
  /** /studies/count tells how many studies match, without their rows. Not in PS3.18: dcm4chee-arc has it. */
  readonly studyCount: boolean;
  /** Keys that searches of a level match; null: all that belong to it or above. Others are not sent: rows are checked here. */
  readonly matchableKeys: Readonly<Record<'study' | 'series' | 'instance', readonly string[] | null>>;
  /** `*` and `?` stand for other characters (PS3.4 §C.2.2.2.4). */
  readonly wildcardMatching: boolean;
  /** Ranges of dates match what lies in them (PS3.4 §C.2.2.2.5). */
  readonly rangeMatching: boolean;
  /** Names and free text (PN, LO, LT, SH, ST, UC, UT) match without regard to case, which PS3.4 leaves open. */
  readonly caseInsensitiveMatching: boolean;
  /** fuzzymatching=true is obeyed, not just accepted. */
  readonly fuzzyMatching: boolean;
  /** Studies can be had by Study Date, with {@link orderParameter}. */
  readonly ordering: boolean;
  /** Name of the query parameter that orders: 'orderby' (dcm4chee-arc and the embedded archive). */
  readonly orderParameter: string;
  /** limit is obeyed. Where it is not, every search returns all matches. */
  readonly searchLimit: boolean;
  /** offset is obeyed. Where it is not, a page is asked for together with all before it. */
  readonly searchOffset: boolean;
  /** Most rows that one request returns, and the highest limit to ask for; null: none known. */
  readonly maxSearchLimit: number | null;
  /** Most rows that can be paged to with offset; null: no limit known. */
  readonly maxSearchRows: number | null;
  /** Most UIDs in one comma list. */
  readonly maxUidsPerList: number;
  /** Most bytes of query string, after encoding. */
  readonly maxQueryBytes: number;
  /** Query values are taken as they stand, without percent-decoding (Orthanc's DICOMweb plugin, to 1.7 at least). */
  readonly rawQueryValues: boolean;
  /** /studies/{study}/metadata exists, and has every attribute of every instance but bulk data. */
  readonly studyMetadata: boolean;
  /** The same of /studies/{study}/series/{series}/metadata. */
  readonly seriesMetadata: boolean;
  /** The same of an instance's own metadata. */
  readonly instanceMetadata: boolean;
  /** VRs that metadata may leave out: that it lacks an attribute of them does not say that the object does. */
  readonly metadataOmits: readonly string[];
  /** /thumbnail resources exist. Where not, a small rendered image stands in. */
  readonly thumbnails: boolean;
  /** Forms that can be had: of the origin, and rendered ones of the gateway where it draws. */
  readonly representations: readonly Representation[];
  /** Instances can be stored (STOW-RS). Looked for when somebody first wants to; see `ensureStoring`. */
  readonly storing: boolean;
  /** /rendered resources exist. Where not, the gateway draws what the origin has stored. */
  readonly rendering: boolean;
  /** Media types that the origin's rendered resources come in. */
  readonly renderedFormats: readonly string[];
  /** Rendering parameters that the origin obeys (PS3.18 §8.3.5.1). */
  readonly renderingParameters: readonly RenderingParameter[];
  /** Transfer syntaxes of images that the origin renders; null: not known. */
  readonly renderedSyntaxes: readonly string[] | null;
  /** Transfer syntaxes that whole objects are converted to; empty: they come as stored only; null: not known. */
  readonly nativeSyntaxes: readonly string[] | null;
  /** The same of frames. */
  readonly frameSyntaxes: readonly string[] | null;
  /** Transfer syntaxes of stored objects that are converted at all; null: not known. */
  readonly convertedSyntaxes: readonly string[] | null;
  /** Media types that the gateway gives where the origin does not: of {@link allGatewayFormats}. */
  readonly gatewayFormats: readonly string[];
  readonly evidence: readonly CapabilityEvidence[];
}

/** What may be set by hand for an origin; what is set is never probed. */
export type ConfiguredCapabilities = Partial<Omit<Capabilities, 'evidence'>>;

/** What the standard demands of every origin, and nothing beyond it; what is not known yet counts as missing. */
export const genericCapabilities: Omit<Capabilities, 'evidence'> = {
  uidListMatching: false,
  rootSeriesSearch: false,
  rootInstanceSearch: false,
  studyInstanceSearch: true,
  includeField: true, // mandatory for origin servers: PS3.18 §10.6.1.2
  relatedCounts: true,
  studyCount: false,
  matchableKeys: { study: null, series: null, instance: null },
  wildcardMatching: true,
  rangeMatching: true,
  caseInsensitiveMatching: false,
  fuzzyMatching: false,
  ordering: false,
  orderParameter: 'orderby',
  searchLimit: true,
  searchOffset: true,
  maxSearchLimit: null,
  maxSearchRows: null,
  maxUidsPerList: 200,
  maxQueryBytes: 7_500, // servers refuse request lines over 8 kB as a rule; Orthanc 1.10 refuses lists over 15.8 kB
  rawQueryValues: false,
  studyMetadata: true,
  seriesMetadata: true,
  instanceMetadata: true,
  metadataOmits: [],
  thumbnails: true,
  storing: false,
  representations: allRepresentations,
  rendering: true,
  renderedFormats: ['image/jpeg', 'image/png'],
  renderingParameters: allRenderingParameters,
  renderedSyntaxes: null,
  nativeSyntaxes: null,
  frameSyntaxes: null,
  convertedSyntaxes: null,
  gatewayFormats: allGatewayFormats,
};

/** When PS3.18 was read for {@link genericCapabilities}: its edition 2025a. */
export const genericAsOf = new Date('2025-01-31');
