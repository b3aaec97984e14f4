import {
  OriginAuthError,
  type OriginError,
  type OriginErrorFacts,
  OriginNotFoundError,
  OriginRepresentationError,
  OriginStatusError,
  OriginThrottledError,
} from './origin-errors.ts';
import type { Transaction } from './transaction.ts';

/**
 * Whether a status is one of success for a transaction: 204 is a search without matches (PS3.18 §10.6.3.1), 206 a study or
 * series of which some instances are left out (§10.4.3.1). Metadata with instances left out would pass for all there is.
 */
export function isSuccess(transaction: Transaction, status: number): boolean {
  if (transaction.startsWith('search')) return status === 200 || status === 204;
  // The report of a store comes with any of these: of what was stored, of some of it, of nothing (PS3.18 Table 10.5.3-1).
  if (transaction === 'store instances') return [200, 202, 204, 400, 409].includes(status);
  if (transaction === 'count studies') return status === 200;
  return status === 200 || (status === 206 && transaction !== 'retrieve metadata');
}

/** The error for any other status. Redirects are not followed: the origin is where the configuration says. */
export function toStatusError(status: number, facts: OriginErrorFacts): OriginError {
  const told = { ...facts, status };
  const isRetrieve = facts.transaction.startsWith('retrieve');
  switch (status) {
    case 401:
    case 403:
      return new OriginAuthError(told);
    case 404:
      // An unknown search resource is an answer about the origin, not about an object.
      return isRetrieve ? new OriginNotFoundError(told) : new OriginStatusError(told);
    case 204:
    case 410:
      return new OriginNotFoundError(told);
    case 406:
    case 415:
    case 501:
      return isRetrieve ? new OriginRepresentationError(told) : new OriginStatusError(told);
    case 429:
      return new OriginThrottledError(told);
    default:
      return new OriginStatusError(told);
  }
}
