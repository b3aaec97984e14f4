import type { Showing } from './circuit.ts';
import type { OriginRequest } from './origin.ts';
import {
  OriginCallerError,
  OriginError,
  OriginReaderError,
  OriginResponseError,
  OriginTimeoutError,
  OriginUnreachableError,
} from './origin-errors.ts';

/**
 * What a request that failed for good, after its retries, shows of its origin.
 *
 * It fails where there is no connection, none that lasts, no answer in time, and by a 5xx. Any other status is an answer.
 * Not counted: 501, which is what an origin cannot do; 500 to the retrieval of a payload, which tells of one object as a
 * rule (Orthanc answers so to frames that it cannot decode); an upload that broke, as its sender may have been the one who
 * left; and a body that no archive would send, which may be of anybody in between.
 */
export function showingOf(error: unknown, { purpose, upload }: OriginRequest): Showing {
  if (error instanceof OriginCallerError) return 'answers';
  if (!(error instanceof OriginError)) return null;
  const { status } = error;
  if (error instanceof OriginReaderError) return null;
  if (error instanceof OriginUnreachableError || error instanceof OriginTimeoutError) {
    return upload !== undefined && status === undefined ? null : 'fails';
  }
  if (error instanceof OriginResponseError) return error.retryable ? 'fails' : null; // broken off; or against PS3.18
  if (status === undefined || status === 501 || (status === 500 && purpose === 'payload')) return null;
  return status >= 500 ? 'fails' : 'answers';
}
