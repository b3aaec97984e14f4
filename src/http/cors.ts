import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../config/loopback.ts';

/** What pages of other origins may do with a route. */
export interface CorsRoute {
  readonly methods: readonly string[];
  /** Request headers beyond those that need no permission; `*` does not stand for all where a browser asks with Accept. */
  readonly headers: readonly string[];
}

export type CorsVerdict = 'same-origin' | 'allowed' | 'refused';

const exposed = 'Content-Disposition, Content-Range, ETag, Retry-After, X-Request-Id';

/** Browsers keep what a preflight said for so long at most (Chromium's own bound), in seconds. */
const preflightSeconds = 7200;

/**
 * Cross-origin requests by a list of origins, without cookies or other ambient credentials.
 *
 * @param origins - As in `cors.origins`: exact, or `localhost` for pages of this machine on any port.
 * @param publicUrl - Pages of this origin are our own.
 */
export function createCors(origins: readonly string[], publicUrl: string) {
  const exact = new Set(origins);
  const own = new URL(publicUrl).origin;

  /** Judges the Origin header, and lets the page read the answer where it may. */
  function judge(request: IncomingMessage, response: ServerResponse): CorsVerdict {
    response.setHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || origin === own || origin === `http://${request.headers.host}`) return 'same-origin';
    if (!exact.has(origin) && !(exact.has('localhost') && isLocalPage(origin))) return 'refused';
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposed);
    return 'allowed';
  }

  return { judge };
}

/** Whether a request is a preflight; OPTIONS without these headers is a request of its own. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

export function answerPreflight(response: ServerResponse, verdict: CorsVerdict, route: CorsRoute): void {
  if (verdict !== 'refused') {
    response.setHeader('access-control-allow-methods', route.methods.join(', '));
    response.setHeader('access-control-allow-headers', route.headers.join(', '));
    response.setHeader('access-control-max-age', preflightSeconds);
  }
  response.writeHead(204).end();
}

function isLocalPage(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1'));
}
