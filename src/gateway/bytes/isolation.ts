import type { OutgoingHttpHeaders } from 'node:http';

/**
 * On every answer of a link.
 *
 * `cross-origin-resource-policy`: the link is the permission. No cookie or other ambient right stands behind it that a page
 * could borrow, and who does not hold the link cannot name it. The policy knows sites, not a list of origins: anything
 * narrower would keep images out of isolated pages (COEP `require-corp`) of allowed origins. Whether a page may read what it
 * shows is for CORS to say, by that list.
 */
export const isolation = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
};

/**
 * Documents from an archive are shown, but nothing in them loads or is sent, no script of a page runs (what a browser's viewer of
 * PDFs runs has neither a page nor a network), and their origin is none, so that ours is not in reach. That is also why there is
 * no Cross-Origin-Opener-Policy: no script is there to use an opener, and a sandboxed
 * answer that has one is a network error by the HTML standard (navigation, "create navigation params by fetching").
 */
const contentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** What keeps a body apart from our origin, and from the page that shows it. */
export function isolationOf(contentType: string): OutgoingHttpHeaders {
  const isFramed = /^(?:text\/|application\/pdf)/.test(contentType);
  return {
    ...isolation,
    'content-security-policy': contentSecurityPolicy,
    // An isolated page shows a document in a frame only where that is isolated as well.
    ...(isFramed ? { 'cross-origin-embedder-policy': 'require-corp' } : {}),
  };
}
