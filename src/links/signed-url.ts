import type { LinkRepresentation } from './grant.ts';

/** SignedUrl of the schema. mediaType and transferSyntaxUID: null where only the retrieval will tell. */
export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: Date;
  readonly mediaType: string | null;
  readonly transferSyntaxUID: string | null;
  readonly representation: LinkRepresentation;
}

/** SignedUrlTemplate of the schema: RFC 6570, expand `{frame}` with 1 to frameCount. */
export interface SignedUrlTemplate {
  readonly template: string;
  readonly frameCount: number;
  readonly expiresAt: Date;
  readonly mediaType: string | null;
  readonly transferSyntaxUID: string | null;
  readonly representation: LinkRepresentation;
}

/** SignedDicomwebRoot of the schema: the base URL of a read-only DICOMweb service for one study or series. */
export interface SignedDicomwebRoot {
  /** Without a slash at its end: `/studies` follows. */
  readonly url: string;
  readonly expiresAt: Date;
  /** In the order of the grant's list, without repetition. */
  readonly representations: readonly LinkRepresentation[];
}

/** Where files may be sent to, once. */
export interface SignedUpload {
  readonly url: string;
  readonly expiresAt: Date;
  /** Most bytes of the whole body. */
  readonly maxBytes: number;
}

export interface UploadRequest {
  /** Absent or null: files of any study. */
  readonly study?: string | null | undefined;
  /** At least 1. */
  readonly maxBytes: number;
}

/** A study, a series or an instance: the UIDs from the top. */
export interface ObjectRef {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

export interface StudyOrSeriesRef {
  readonly study: string;
  readonly series?: string;
}

export interface InstanceRef {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

export interface NativeRequest {
  /** Absent or null: as stored. */
  readonly transferSyntaxUID?: string | null | undefined;
}

export interface FrameRequest extends NativeRequest {
  /** Where it is known; the gateway then serves no other. */
  readonly mediaType?: string | null | undefined;
}

export interface ThumbnailRequest {
  /** Longest side, in pixels. Absent or null: the origin's own. */
  readonly width?: number | null | undefined;
}

export interface BulkDataRequest {
  /** Where the attribute is in its instance, in the grammar of attribute paths. */
  readonly attributePath: string;
  /** Path and query on the origin's host, checked and rebased; null where the metadata holds the bytes. */
  readonly originPath: string | null;
  readonly mediaType?: string | null | undefined;
}
