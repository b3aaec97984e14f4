import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { isCodedError } from '../errors.ts';
import { createHostCheck } from './allowed-hosts.ts';
import { answerPreflight, type CorsRoute, createCors, isPreflight } from './cors.ts';
import { type CompressedPage, sendPage, wantsPage } from './graphiql.ts';
import { boundBody } from './read-body.ts';
import { beginRequest } from './request-log.ts';
import { parseRequestTarget } from './request-target.ts';
import { sendProblem } from './send-problem.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What is behind the doors. */
export interface Parts {
  /** Answers /graphql, GET and POST. */
  readonly graphql: Handler;
  /** Answers what is below /links/. */
  readonly links: Handler;
  /** GraphiQL for browsers at /graphql; null: not served. */
  readonly graphiql: (() => Promise<CompressedPage>) | null;
  /** Whether requests can be answered now. */
  readonly isReady: () => boolean;
}

export interface HandlerOptions {
  /** What is listened on. */
  readonly host: string;
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  /** Largest body of a request to /graphql. */
  readonly maxBodyBytes: number;
  readonly log: Logger;
}

const routes = {
  graphql: {
    methods: ['GET', 'POST'],
    headers: ['Accept', 'Authorization', 'Content-Type', 'X-Dicomweb-Explain'],
  },
  links: { methods: ['GET', 'HEAD'], headers: ['Accept', 'If-None-Match', 'If-Range', 'Range'] },
  health: { methods: ['GET', 'HEAD'], headers: [] },
  ready: { methods: ['GET', 'HEAD'], headers: [] },
  index: { methods: ['GET', 'HEAD'], headers: [] },
} as const satisfies Readonly<Record<string, CorsRoute>>;

type Route = keyof typeof routes;

function routeOf(path: string): Route | null {
  if (path === '/graphql') return 'graphql';
  if (path.startsWith('/links/')) return 'links';
  if (path === '/health') return 'health';
  if (path === '/ready') return 'ready';
  return path === '/' ? 'index' : null;
}

/**
 * The way in: finds the route, and refuses what no route should see: paths that are not canonical, hosts and pages that have
 * no business here, methods, bodies too large. What a part throws is a fault of ours: logged, and answered without a word
 * of it.
 */
export function createHandler(parts: Parts, options: HandlerOptions): Handler {
  const { publicUrl, maxBodyBytes, log } = options;
  const isHostAllowed = createHostCheck(options.host, publicUrl);
  const cors = createCors(options.corsOrigins, publicUrl);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = parseRequestTarget(request.url ?? '');
    const route = target && routeOf(target.path);
    beginRequest(request, response, route ?? 'none', log);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    try {
      if (target === null) {
        return sendProblem(response, 'BAD_USER_INPUT', { detail: 'The request target is not in canonical form' });
      }
      if (route === null) return sendProblem(response, 'NOT_FOUND', { detail: 'Nothing is served at this path' });
      await answer(request, response, route);
    } catch (error) {
      fail(request, response, error);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse, route: Route): Promise<unknown> {
    if (route === 'health') return send(response, 200, 'ok');
    if (route === 'ready') return parts.isReady() ? send(response, 200, 'ready') : send(response, 503, 'not ready');
    if (!isHostAllowed(request.headers.host)) {
      return sendProblem(response, 'FORBIDDEN', { status: 421, detail: 'Not a host of this server (see publicUrl)' });
    }
    const verdict = cors.judge(request, response);
    if (isPreflight(request)) return answerPreflight(response, verdict, routes[route]);
    const methods: readonly string[] = routes[route].methods;
    const isPage = route === 'graphql' && parts.graphiql !== null && wantsPage(request);
    if (!isPage && !methods.includes(request.method ?? '')) {
      return sendProblem(response, 'BAD_USER_INPUT', {
        status: 405,
        detail: 'Not a method of this resource',
        headers: { allow: methods.join(', ') },
      });
    }
    if (route === 'links') return parts.links(request, response);
    if (route === 'index') return sendIndex(request, response);
    // A page may send a query where it may not read the answer; refused, it costs the origin nothing.
    if (verdict === 'refused') {
      return sendProblem(response, 'FORBIDDEN', { detail: 'Pages of this origin are not allowed (see cors.origins)' });
    }
    if (isPage && parts.graphiql !== null) return sendPage(request, response, await parts.graphiql());
    if (!(await boundBody(request, maxBodyBytes))) {
      return sendProblem(response, 'PAYLOAD_TOO_LARGE', {
        detail: `A request has at most ${maxBodyBytes} bytes`,
      });
    }
    return parts.graphql(request, response);
  }

  function sendIndex(request: IncomingMessage, response: ServerResponse): void {
    if (parts.graphiql !== null && wantsPage(request)) {
      response.writeHead(302, { location: 'graphql' }).end();
    } else {
      const body = JSON.stringify({ name: 'dicomweb-graphql', graphql: `${publicUrl}/graphql` });
      send(response, 200, body, 'application/json');
    }
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (request.errored !== null && request.errored !== undefined) return; // the client is gone; so is whom to answer
    const requestId = response.getHeader('x-request-id');
    if (!isCodedError(error)) log.error({ requestId, err: error }, 'a fault of ours');
    if (response.headersSent) response.destroy();
    else if (isCodedError(error)) sendProblem(response, error.code, { detail: error.message });
    else sendProblem(response, 'INTERNAL', { detail: `Request ${requestId}` });
  }

  return (request, response) => void handle(request, response);
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
