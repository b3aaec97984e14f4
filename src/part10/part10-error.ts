/** Why a file, or a frame of it, cannot be read. */
export type Part10Reason =
  /** No preamble and `DICM` prefix, or no File Meta Information after them. */
  | 'not-part10'
  /** File Meta Information without a Transfer Syntax UID: nothing says how the data set is encoded. */
  | 'no-transfer-syntax'
  /** A transfer syntax whose byte order no rule of PS3.5 gives. */
  | 'unsupported-transfer-syntax'
  /** Ends before a length that it declares, or before a delimiter. */
  | 'truncated'
  /** Not a data set of PS3.5: an unexpected tag, or an element that leaves its item. */
  | 'bad-encoding'
  /** The deflated data set does not inflate. */
  | 'bad-deflate'
  /** More elements, deeper nesting or more inflated bytes than allowed. */
  | 'too-large'
  /** A frame is asked for, and there is no pixel data, or nothing that says how long a frame is. */
  | 'no-frames'
  /** The frame number is not one of this file. */
  | 'no-such-frame'
  /** The fragments of encapsulated pixel data cannot be told apart by frame. */
  | 'frames-indistinct';

/** A file is not readable DICOM Part 10. The message holds tags and byte offsets, never a value of the data set. */
export class Part10Error extends Error {
  readonly reason: Part10Reason;

  constructor(reason: Part10Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Part10Error';
    this.reason = reason;
  }
}
