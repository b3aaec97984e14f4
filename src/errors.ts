/**
 * Stable error codes: `errors[].extensions.code` in GraphQL and `code` in the gateway's problem documents (RFC 9457).
 *
 * One row a code. `status` is the HTTP status at the gateway, `title` the problem's title, `retryable` whether the same
 * request may succeed later without change. Stages throw their own classes with one of these codes; what carries none
 * is a bug of ours: logged, and answered as INTERNAL.
 */
export const errorCodes = {
  BAD_USER_INPUT: { status: 400, retryable: false, title: 'An argument is malformed or out of range' },
  BAD_PATH: { status: 400, retryable: false, title: 'Not an attribute path, or an unknown keyword' },
  STUDY_UID_REQUIRED: { status: 400, retryable: false, title: 'The origin cannot find this without its study' },
  UNKNOWN_ORIGIN: { status: 404, retryable: false, title: 'No origin of that id' },
  FILTER_UNSUPPORTED: { status: 400, retryable: false, title: 'The filter cannot be answered exactly' },
  FUZZY_UNSUPPORTED: { status: 400, retryable: false, title: 'The origin has no fuzzy matching' },
  ORDER_UNSUPPORTED: { status: 400, retryable: false, title: 'The order cannot be had exactly' },
  REPRESENTATION_UNAVAILABLE: { status: 406, retryable: false, title: 'This form of this object cannot be had' },
  UNAUTHENTICATED: { status: 401, retryable: false, title: 'No or bad credentials' },
  FORBIDDEN: { status: 403, retryable: false, title: 'A scope is missing' },
  COST_LIMIT: { status: 400, retryable: false, title: 'The operation costs too much' },
  DEPTH_LIMIT: { status: 400, retryable: false, title: 'The operation is nested too deep' },
  REQUEST_BUDGET: { status: 400, retryable: false, title: 'The operation needs too many origin requests' },
  ROW_BUDGET: { status: 400, retryable: false, title: 'The operation reads too many rows' },
  LINK_BUDGET: { status: 400, retryable: false, title: 'The operation mints too many links' },
  RATE_LIMITED: { status: 429, retryable: true, title: 'Too many requests' },
  ORIGIN_UNREACHABLE: { status: 502, retryable: true, title: 'No connection to the origin' },
  ORIGIN_TIMEOUT: { status: 504, retryable: true, title: 'The origin was too slow' },
  ORIGIN_AUTH: { status: 502, retryable: false, title: 'The origin refused our credentials' },
  ORIGIN_THROTTLED: { status: 502, retryable: true, title: 'The origin throttled us' },
  ORIGIN_ERROR: { status: 502, retryable: true, title: 'The origin failed' },
  ORIGIN_RESPONSE: { status: 502, retryable: false, title: 'The origin answered against PS3.18' },
  DICOM_VALUE: { status: 200, retryable: false, title: 'The value is not valid DICOM' },
  LINK_INVALID: { status: 403, retryable: false, title: 'The link is not valid' },
  LINK_EXPIRED: { status: 410, retryable: false, title: 'The link has expired' },
  LINK_REVOKED: { status: 410, retryable: false, title: 'The link was revoked' },
  NOT_FOUND: { status: 404, retryable: false, title: 'No such object' },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false, title: 'More bytes than allowed' },
  RANGE_NOT_SATISFIABLE: { status: 416, retryable: false, title: 'No byte in that range' },
  UNAVAILABLE: { status: 503, retryable: true, title: 'Not available now' },
  INTERNAL: { status: 500, retryable: false, title: 'A fault of the facade' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Facts that travel with an error to the caller. Never patient data, a URL, a query value, a token or a signature. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>;

/** What a room throws on purpose: a stable code, a message safe to show, and facts as fields. */
export class FacadeError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.facts = facts;
  }
}

/** An error that a caller may be told about, whichever room threw it: the leaves have classes of their own. */
export interface CodedError extends Error {
  readonly code: ErrorCode;
  readonly facts?: ErrorFacts;
}

export function isCodedError(error: unknown): error is CodedError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && Object.hasOwn(errorCodes, error.code)
  );
}
