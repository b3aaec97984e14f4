import type { OutgoingHttpHeaders } from 'node:http';

/**
 * On every answer of a link.
 *
 * `cross-origin-resource-policy`: the link is the permission. No cookie or other ambient right stands behind it that a page
 * could borrow, and who does not hold the link cannot name it. Of pages the policy knows only the site, not a list of origins;
 * anything narrower would keep images out of pages that are isolated (`require-corp`) on allowed origins. Whether a page may
 * read what it shows is CORS's to say, by that list.
 */
export const isolation = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
};

/** Documents from an archive are shown, but nothing in them runs, loads or is sent; and their origin is none. */
const contentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** What keeps a body apart from our origin, and from the page that opens it. */
export function isolationOf(_contentType: string): OutgoingHttpHeaders {
  return { ...isolation, 'content-security-policy': contentSecurityPolicy };
}
