import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { isCodedError } from '../errors.ts';
import { withinRequest } from '../request-scope.ts';
import { createHostCheck } from './allowed-hosts.ts';
import { createClientAddress } from './client-address.ts';
import { answerOptions, createCors, graphqlCors, isUnnamedPage, linksCors, rootCors } from './cors.ts';
import { type CompressedPage, sendPage, wantsPage } from './graphiql.ts';
import { boundBody } from './read-body.ts';
import { beginRequest, type MeasureRequest } from './request-log.ts';
import { sendProblem } from './send-problem.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What is behind the doors. */
export interface Parts {
  /** Answers /graphql, GET and POST. */
  readonly graphql: Handler;
  /** Answers whatever is below /links/, as it was sent. */
  readonly links: Handler;
  /** Answers whatever is below /dicomweb/, as it was sent. */
  readonly dicomweb: Handler;
  /** GraphiQL for browsers at /graphql; null: not served. */
  readonly graphiql: (() => Promise<CompressedPage>) | null;
  /** Answers /metrics; null: not served. */
  readonly metrics: ((response: ServerResponse) => Promise<void>) | null;
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
  /** Whose X-Forwarded-For is believed: addresses and networks. Default: nobody's. */
  readonly trustedProxies?: readonly string[];
  readonly measure?: MeasureRequest | undefined;
  readonly log: Logger;
}

const methods = {
  graphql: ['GET', 'POST'],
  health: ['GET', 'HEAD'],
  ready: ['GET', 'HEAD'],
  metrics: ['GET', 'HEAD'],
  index: ['GET', 'HEAD'],
} as const;

type Route = keyof typeof methods | 'links' | 'dicomweb';

/** By the target as it was sent: a URL parser would make /graphql of other spellings, and other hosts of some paths. */
function routeOf(target: string): Route | null {
  if (target.startsWith('/links/')) return 'links';
  if (target.startsWith('/dicomweb/')) return 'dicomweb';
  const [path] = target.split('?', 1);
  if (path === '/graphql') return 'graphql';
  if (path === '/health') return 'health';
  if (path === '/ready') return 'ready';
  if (path === '/metrics') return 'metrics';
  return path === '/' ? 'index' : null;
}

/**
 * The way in: finds the route, and refuses what no part should see: hosts and pages that have no business here, methods,
 * bodies too large. What a part throws is a fault of ours: logged, and answered without a word of it.
 *
 * @param currentParts - Asked at each request.
 */
export function createHandler(currentParts: () => Parts, options: HandlerOptions): Handler {
  const { publicUrl, maxBodyBytes, log } = options;
  const isHostAllowed = createHostCheck(options.host, publicUrl);
  const judgePage = createCors(options.corsOrigins, publicUrl);
  const clientAddress = createClientAddress(options.trustedProxies ?? []);
  const { measure } = options;

  function begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routeOf(request.url ?? '');
    const scope = beginRequest(request, response, route ?? 'none', { log, clientAddress, measure });
    return withinRequest(scope, () => handle(request, response, route));
  }

  async function handle(request: IncomingMessage, response: ServerResponse, route: Route | null): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    try {
      if (route === null) sendProblem(response, 'NOT_FOUND');
      else await answer(request, response, route);
    } catch (error) {
      fail(request, response, error);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse, route: Route): Promise<unknown> {
    const needsHost = route !== 'health' && route !== 'ready' && route !== 'metrics'; // what watches a server may know it by another name
    if (needsHost && !isHostAllowed(request.headers.host)) {
      return sendProblem(response, 'FORBIDDEN', { status: 421, detail: 'Not a host of this server (see publicUrl)' });
    }
    const parts = currentParts();
    if (route === 'links' || route === 'dicomweb') {
      const cors = route === 'links' ? linksCors : rootCors;
      const verdict = judgePage(request, response, cors);
      if (request.method === 'OPTIONS') return answerOptions(response, verdict, cors);
      if (request.method === 'POST' && verdict === 'refused') return refusePage(response);
      return parts[route](request, response);
    }
    if (route === 'graphql') return answerGraphql(request, response, parts);
    if (!isMethod(route, request)) return sendMethodProblem(response, route);
    if (route === 'health') return send(response, 200, 'ok');
    if (route === 'ready') return parts.isReady() ? send(response, 200, 'ready') : send(response, 503, 'not ready');
    if (route === 'metrics')
      return parts.metrics === null ? sendProblem(response, 'NOT_FOUND') : parts.metrics(response);
    if (parts.graphiql !== null && wantsPage(request)) return response.writeHead(302, { location: 'graphql' }).end();
    return send(
      response,
      200,
      JSON.stringify({ name: 'dicomweb-graphql', graphql: `${publicUrl}/graphql` }),
      'application/json',
    );
  }

  async function answerGraphql(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<unknown> {
    const verdict = judgePage(request, response, graphqlCors);
    if (request.method === 'OPTIONS') return answerOptions(response, verdict, graphqlCors);
    // A page may send a query where it may not read the answer; refused, it costs the origin nothing.
    if (verdict === 'refused') return refusePage(response);
    if (parts.graphiql !== null && wantsPage(request)) return sendPage(request, response, await parts.graphiql());
    if (isUnnamedPage(request)) return refusePage(response);
    // Of one caller, with links that end: a cache that knows no X-API-Key would give it to the next one (RFC 9111 §5.2.2.5).
    response.setHeader('cache-control', 'no-store');
    if (!isMethod('graphql', request)) return sendMethodProblem(response, 'graphql');
    if (!(await boundBody(request, maxBodyBytes))) {
      return sendProblem(response, 'PAYLOAD_TOO_LARGE', { detail: `A request has at most ${maxBodyBytes} bytes` });
    }
    return parts.graphql(request, response);
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (request.errored) return; // the client is gone, and whom to answer with it
    const requestId = response.getHeader('x-request-id');
    if (!isCodedError(error)) log.error({ requestId, err: error }, 'a fault of ours');
    if (response.headersSent) response.destroy();
    else if (isCodedError(error)) sendProblem(response, error.code, { detail: error.message });
    else sendProblem(response, 'INTERNAL', { detail: `Request ${requestId}` });
  }

  return (request, response) => void begin(request, response);
}

const isMethod = (route: keyof typeof methods, { method = '' }: IncomingMessage): boolean =>
  methods[route].some((allowed) => allowed === method);

const refusePage = (response: ServerResponse): void =>
  sendProblem(response, 'FORBIDDEN', { detail: 'Pages of this origin are not allowed (see cors.origins)' });

function sendMethodProblem(response: ServerResponse, route: keyof typeof methods): void {
  const allow = methods[route].join(', ');
  sendProblem(response, 'BAD_USER_INPUT', { status: 405, detail: `This resource takes ${allow}`, headers: { allow } });
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
