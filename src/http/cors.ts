import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../config/loopback.ts';

/** Whether a page may read answers. A request without an Origin is not a page's, or is our own page's. */
export type CorsVerdict = 'allowed' | 'refused';

/** What pages of other origins may send to a route, and read of its answers beyond what needs no permission. */
export interface CorsRoute {
  readonly methods: string;
  readonly headers: string;
  readonly exposed: string;
}

export const graphqlCors: CorsRoute = {
  methods: 'GET, POST',
  headers: 'Accept, Authorization, Content-Type, Traceparent, Tracestate, X-API-Key, X-Dicomweb-Explain',
  exposed: 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
};

/** Viewers send an Accept with quotes in it, which needs permission, and their token with every request. */
export const linksCors: CorsRoute = {
  methods: 'GET, HEAD, POST',
  headers:
    'Accept, Authorization, Cache-Control, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, ' +
    'If-Unmodified-Since, Pragma, Range, Traceparent, Tracestate',
  exposed:
    'Accept-Ranges, Content-Disposition, Content-Range, ETag, RateLimit, RateLimit-Policy, Retry-After, Warning, X-Request-Id',
};

/** A DICOMweb root is read by viewers like links are, and takes nothing. */
export const rootCors: CorsRoute = { ...linksCors, methods: 'GET, HEAD' };

/** Browsers keep what a preflight said for so long at most (Chromium's bound), in seconds. */
const preflightSeconds = 7200;

/**
 * Judges the pages that ask by a list of origins. None is allowed cookies or other ambient credentials.
 *
 * @param origins - As in `cors.origins`: exact, or `localhost` for pages of this machine on any port.
 * @param publicUrl - Pages of this origin are our own, like those of the address that was asked.
 * @returns A function that puts the headers for the page on the answer.
 */
export function createCors(
  origins: readonly string[],
  publicUrl: string,
): (request: IncomingMessage, response: ServerResponse, route: CorsRoute) => CorsVerdict {
  const exact = new Set(origins);
  const own = new URL(publicUrl).origin;
  return (request, response, route) => {
    response.setHeader('vary', 'Origin');
    const { origin, host } = request.headers;
    if (origin === undefined || origin === own || origin === `http://${host}`) return 'allowed';
    if (!exact.has(origin) && !(exact.has('localhost') && isLocalPage(origin))) return 'refused';
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', route.exposed);
    return 'allowed';
  };
}

/**
 * Whether a page of another site had its browser ask without saying which page it is: for an image, a script, by a link. What
 * it cannot read it may still cost (Fetch Metadata; browsers since 2023 send it, and what is no browser does not).
 */
export const isUnnamedPage = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined && /^(cross-site|same-site)$/.test(String(headers['sec-fetch-site'] ?? ''));

/** Answers OPTIONS: a preflight with what the page may send, any other with the methods there are. */
export function answerOptions(response: ServerResponse, verdict: CorsVerdict, route: CorsRoute): void {
  const { headers } = response.req;
  response.setHeader('allow', `${route.methods}, OPTIONS`);
  if (verdict === 'allowed' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined) {
    response.setHeader('access-control-allow-methods', route.methods);
    response.setHeader('access-control-allow-headers', route.headers);
    response.setHeader('access-control-max-age', preflightSeconds);
  }
  response.writeHead(204).end();
}

function isLocalPage(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1'));
}
