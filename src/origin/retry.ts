import { setTimeout as sleep } from 'node:timers/promises';
import {
  OriginError,
  OriginResponseError,
  OriginStatusError,
  OriginThrottledError,
  OriginUnreachableError,
} from './origin-errors.ts';

const firstWaitMs = 100;
const longestWaitMs = 2_000;
const passing: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * How long to wait before a GET is sent again after it failed; null where another try is no use.
 *
 * Worth another try: a connection that broke, half a body, 429, 502, 503, 504. Not a timeout: the origin would do the
 * same slow work twice. The wait doubles from 100 ms to at most 2 s and is random between its half and its whole, so
 * that requests that failed together do not come back together.
 *
 * @param attempt - Which try failed; 1 for the first.
 * @param maxRetryAfterMs - A longer Retry-After is not waited for.
 */
export function retryDelayMs(error: unknown, attempt: number, maxRetryAfterMs: number): number | null {
  if (!(error instanceof OriginError) || !isPassing(error)) return null;
  const { retryAfterSeconds } = error.facts;
  const asked = typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : 0;
  if (asked > maxRetryAfterMs) return null;
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.max(asked, wait * (0.5 + Math.random() / 2));
}

function isPassing(error: OriginError): boolean {
  if (error instanceof OriginUnreachableError || error instanceof OriginThrottledError) return true;
  if (error instanceof OriginResponseError) return error.retryable;
  return error instanceof OriginStatusError && error.status !== undefined && passing.has(error.status);
}

/** Waits, unless the signal breaks it off: then its reason is thrown. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Retry-After in seconds, whether it is written as seconds or as a date (RFC 9110 §10.2.3). */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1_000));
}
