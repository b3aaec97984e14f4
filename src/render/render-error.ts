import { type ErrorCode, FacadeError } from '../errors.ts';

/** Why pixels could not be decoded or drawn. Stable: callers switch on it. */
export type RenderReason =
  /** An attribute that describes the pixels is absent or empty. */
  | 'missing-attribute'
  /** An attribute that describes the pixels has a value that cannot be. */
  | 'bad-attribute'
  /** The frame has more samples than {@link import('./pixel-description.ts').maxFrameSamples}. */
  | 'too-large'
  /** Legal DICOM that is not decoded or drawn here. */
  | 'unsupported'
  /** The stored bytes are not the frame that the attributes describe. */
  | 'corrupt'
  /** A rendering option is out of range: the caller's fault, not the object's. */
  | 'bad-option'
  /** Too many frames wait for a decoder. */
  | 'busy'
  /** Decoding took too long and was stopped. */
  | 'timeout'
  /** The caller gave up before the frame was decoded. */
  | 'aborted';

const codes: Readonly<Record<RenderReason, ErrorCode>> = {
  'missing-attribute': 'REPRESENTATION_UNAVAILABLE',
  'bad-attribute': 'REPRESENTATION_UNAVAILABLE',
  'too-large': 'REPRESENTATION_UNAVAILABLE',
  unsupported: 'REPRESENTATION_UNAVAILABLE',
  corrupt: 'REPRESENTATION_UNAVAILABLE',
  'bad-option': 'BAD_USER_INPUT',
  busy: 'UNAVAILABLE',
  timeout: 'UNAVAILABLE',
  aborted: 'UNAVAILABLE',
};

/** Pixels that could not be decoded or drawn. The message names attributes and bounds, never values of a patient. */
export class RenderError extends FacadeError {
  readonly reason: RenderReason;

  constructor(reason: RenderReason, message: string, options?: ErrorOptions) {
    super(codes[reason], message, { reason, ...(reason === 'busy' ? { retryAfterSeconds: 1 } : {}) }, options);
    this.reason = reason;
  }
}
