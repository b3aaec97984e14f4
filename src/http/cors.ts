import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../config/loopback.ts';

/** Whether a page may use /graphql. A request without an Origin is not a page's, or is our own page's. */
export type CorsVerdict = 'allowed' | 'refused';

const methods = 'GET, POST';
const allowedHeaders = 'Accept, Authorization, Content-Type, X-Dicomweb-Explain';
const exposedHeaders = 'Retry-After, X-Request-Id';

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
): (request: IncomingMessage, response: ServerResponse) => CorsVerdict {
  const exact = new Set(origins);
  const own = new URL(publicUrl).origin;
  return (request, response) => {
    response.setHeader('vary', 'Origin');
    const { origin, host } = request.headers;
    if (origin === undefined || origin === own || origin === `http://${host}`) return 'allowed';
    if (!exact.has(origin) && !(exact.has('localhost') && isLocalPage(origin))) return 'refused';
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposedHeaders);
    return 'allowed';
  };
}

/** Whether a request is a preflight; OPTIONS without these headers is a request of its own. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

export function answerPreflight(response: ServerResponse, verdict: CorsVerdict): void {
  if (verdict === 'allowed') {
    response.setHeader('access-control-allow-methods', methods);
    response.setHeader('access-control-allow-headers', allowedHeaders);
    response.setHeader('access-control-max-age', preflightSeconds);
  }
  response.writeHead(204).end();
}

function isLocalPage(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1'));
}
