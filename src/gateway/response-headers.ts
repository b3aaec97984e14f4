import type { Delivery } from './delivery.ts';

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The link is the permission: no cookie or other ambient right stands behind it that a page could borrow.
  'cross-origin-resource-policy': 'cross-origin',
};

/** Documents from an archive are shown, but nothing in them runs, loads or is sent. */
const contentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * @param secondsLeft - Of the link. No cache keeps the body any longer.
 */
export function bodyHeaders({ contentType, contentLength }: Delivery, secondsLeft: number): Record<string, string> {
  return {
    ...always,
    'content-security-policy': contentSecurityPolicy,
    'cache-control': `private, max-age=${Math.max(0, Math.floor(secondsLeft))}`,
    'content-type': contentType,
    ...(contentLength === null ? {} : { 'content-length': String(contentLength) }),
  };
}

export const problemHeaders = {
  ...always,
  'content-type': 'application/problem+json',
  'cache-control': 'no-store',
} as const;
