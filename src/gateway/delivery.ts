import type { Readable } from 'node:stream';
import type { Uid } from '../dicom/uid.ts';

/** What is sent for a link, once the origin has begun to answer. */
export interface Delivery {
  /** 204 is a search without matches; 206 where the origin leaves instances out of a study or series. */
  readonly status: 200 | 204 | 206;
  readonly contentType: string;
  /** Bytes of the body, which has this length or fails; null where only its end will tell. */
  readonly contentLength: number | null;
  /** Text, of which gzip makes a fraction. Images have a codec of their own. */
  readonly isText?: boolean;
  /** Texts of Warning 299 (PS3.18 §8.3.4.4). */
  readonly warnings?: readonly string[];
  /**
   * The strong validator of the body before any content coding: quoted (RFC 9110 §8.8.3), and made of nothing but the
   * digest of the content. Without it, there is none: an ETag is never guessed.
   */
  readonly etag?: string;
  /** When the content last changed, in milliseconds since the epoch, where that is known. */
  readonly lastModified?: number;
  /**
   * Opens a range of the body, both ends inclusive, where that can be done without reading what stands before it. The
   * whole body is then destroyed unread. Without this, what is not asked for is read and dropped.
   */
  readonly openRange?: (start: number, end: number) => Readable | Promise<Readable>;
  /** To be read to the end or destroyed. */
  readonly body: Readable;
}

/** Content-Type of DICOM files and frames, which say their transfer syntax where it is known (PS3.18 §8.7.3.5.2). */
export function withTransferSyntax(mediaType: string, transferSyntaxUid: Uid | null): string {
  return transferSyntaxUid === null ? mediaType : `${mediaType}; transfer-syntax=${transferSyntaxUid}`;
}
