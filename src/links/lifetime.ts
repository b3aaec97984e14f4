import { LinkGrantError } from './link-error.ts';

/** Links of one bucket of time are the same, so that browsers and caches see one URL. Seconds. */
export const linkBucketSeconds = 120;

/** The longest that a link may be configured to live: seconds, by form. */
export const maxLinkLifetimeSeconds = { resource: 600, template: 3600, root: 3600, upload: 3600 } as const;

/** The shortest that an upload may be configured to live, which is in no bucket: seconds. */
export const minUploadLifetimeSeconds = 30;

/** A shorter lifetime could mint links that are dead at the end of their bucket. */
export const minLinkLifetimeSeconds = 2 * linkBucketSeconds;

/**
 * When a link minted now is good: from the beginning of the bucket less the skew between clocks, to the beginning of
 * the bucket and the lifetime, or the cap if that is sooner.
 *
 * @param now - Seconds since the epoch.
 * @param cap - When the caller's own token ends, in seconds since the epoch.
 * @throws {LinkGrantError} UNAUTHENTICATED: the cap has passed.
 */
export function linkLifetime(
  now: number,
  lifetimeSeconds: number,
  skewSeconds: number,
  cap: number = Number.POSITIVE_INFINITY,
): { readonly notBefore: number; readonly expiresAt: number } {
  if (Math.floor(cap) <= now)
    throw new LinkGrantError('expiry', 'is that of a token which has ended', 'UNAUTHENTICATED');
  const bucket = Math.floor(now / linkBucketSeconds) * linkBucketSeconds;
  return { notBefore: bucket - skewSeconds, expiresAt: Math.min(bucket + lifetimeSeconds, Math.floor(cap)) };
}

/**
 * When an upload minted now is good. In no bucket: it is used once, and no two are the same.
 *
 * @throws {LinkGrantError} UNAUTHENTICATED: the cap has passed.
 */
export function uploadLifetime(
  now: number,
  lifetimeSeconds: number,
  skewSeconds: number,
  cap: number = Number.POSITIVE_INFINITY,
): { readonly notBefore: number; readonly expiresAt: number } {
  const second = Math.floor(now);
  if (Math.floor(cap) <= now)
    throw new LinkGrantError('expiry', 'is that of a token which has ended', 'UNAUTHENTICATED');
  return { notBefore: second - skewSeconds, expiresAt: Math.min(second + lifetimeSeconds, Math.floor(cap)) };
}
