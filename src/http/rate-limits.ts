import type { ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { FacadeError } from '../errors.ts';

/** What is counted apart: asking, opening images, opening what is stored, storing. */
export type Behaviour = 'search' | 'rendered' | 'native' | 'store';

/** Most points; 0: no limit. */
export type Quotas = Readonly<Record<`${Behaviour}PerMinute`, number>>;

const windowSeconds = 60;

export interface RateLimits {
  /**
   * Counts what a principal is about to do, and says on the answer what is left.
   *
   * @param keyOf - Who. Asked for where there is a limit.
   * @param points - Default 1.
   * @throws {FacadeError} RATE_LIMITED, with the seconds to wait.
   */
  spend(behaviour: Behaviour, keyOf: () => string, response: ServerResponse, points?: number): Promise<void>;
}

/** Counters that are kept for one behaviour; of more the one used longest ago goes, and begins anew. */
const maxKeys = 100_000;

/**
 * Rate limits in the memory of this process, in fixed windows: several processes allow several times as much.
 *
 * Answers carry `RateLimit-Policy: "search";q=600;w=60` (600 points in 60 s) and `RateLimit: "search";r=599;t=42` (599 left,
 * anew in 42 s), as draft-ietf-httpapi-ratelimit-headers-10 has them.
 */
export function createRateLimits(quotas: Quotas): RateLimits {
  const counters = {
    search: createCounter(quotas.searchPerMinute),
    rendered: createCounter(quotas.renderedPerMinute),
    native: createCounter(quotas.nativePerMinute),
    store: createCounter(quotas.storePerMinute),
  };
  return {
    async spend(behaviour, keyOf, response, points = 1) {
      const quota = quotas[`${behaviour}PerMinute`];
      const counter = counters[behaviour];
      if (counter === null) return;
      const state = await counter(keyOf(), points);
      const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
      response.setHeader('ratelimit-policy', `"${behaviour}";q=${quota};w=${windowSeconds}`);
      response.setHeader('ratelimit', `"${behaviour}";r=${state.remainingPoints};t=${seconds}`);
      if (state.consumedPoints <= quota) return;
      throw new FacadeError('RATE_LIMITED', `At most ${quota} in ${windowSeconds} s`, {
        behaviour,
        need: state.consumedPoints,
        limit: quota,
        retryAfterSeconds: seconds,
      });
    },
  };
}

type Counter = (key: string, points: number) => Promise<RateLimiterRes>;

/** The library has no bound on keys of its own. */
function createCounter(points: number): Counter | null {
  if (points === 0) return null;
  const limiter = new RateLimiterMemory({ points, duration: windowSeconds });
  const used = new LRUCache<string, true>({ max: maxKeys, dispose: (_true, key) => void limiter.delete(key) });
  return async (key, spent) => {
    if (used.get(key) === undefined) used.set(key, true);
    try {
      return await limiter.consume(key, spent);
    } catch (state) {
      if (state instanceof RateLimiterRes) return state;
      throw state;
    }
  };
}

/**
 * Who is counted where nobody is known: the address. Of IPv6 the first 64 bits, which are one customer's (RFC 6177).
 */
export function keyOfAddress(address: string): string {
  if (!isIPv6(address)) return `address ${address}`;
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const missing = 8 - before.length - (tail === '' ? 0 : tail.split(':').length);
  const groups = address.includes('::')
    ? [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...tail.split(':')]
    : before;
  return `address ${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')}`;
}
