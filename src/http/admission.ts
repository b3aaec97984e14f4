import type { ServerResponse } from 'node:http';
import { currentRequest } from '../request-scope.ts';
import { type Behaviour, keyOfAddress, type RateLimits } from './rate-limits.ts';

/** What is asked for by a link, as far as it matters here. */
interface Granted {
  readonly keyId: string;
  /** Keyed hash of the one that it was minted for. */
  readonly subject: string;
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  SEARCH: 'search',
  RENDERED: 'rendered',
  THUMBNAIL: 'rendered',
  STORE: 'store',
};

/**
 * Counts by principal: one quota for each, whether it asks in GraphQL or opens its links. Those that are not known are told
 * apart by their addresses.
 *
 * @param hash - The keyed hash of a subject, as links have it; without a key, by the current one.
 */
export function createAdmission(rates: RateLimits, hash: (subject: string, keyId?: string) => string) {
  const keyOf = (subject: string, nobody: string): string =>
    subject === nobody ? keyOfAddress(currentRequest()?.address ?? '') : `subject ${subject}`;
  return {
    ask: ({ subject }: { readonly subject: string }, response: ServerResponse, points: number): Promise<void> =>
      rates.spend('search', () => keyOf(hash(subject), hash('anonymous')), response, points),
    open: ({ keyId, subject }: Granted, use: string, response: ServerResponse): Promise<void> =>
      rates.spend(behaviours[use] ?? 'native', () => keyOf(subject, hash('anonymous', keyId)), response),
  };
}
