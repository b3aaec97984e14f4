import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { RequestScope } from '../request-scope.ts';
import type { ClientAddress } from './client-address.ts';
import { parseTraceContext } from './trace-context.ts';

/** Told of each request when it comes; calls back what it gave when its answer is over. */
export type MeasureRequest = (route: string) => (outcome: MeasuredAnswer) => void;

export interface MeasuredAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly ms: number;
  /** Whether the answer went out to its end. */
  readonly isWhole: boolean;
}

export interface RequestLogOptions {
  readonly log: Logger;
  readonly clientAddress: ClientAddress;
  readonly measure?: MeasureRequest | undefined;
}

/**
 * Gives a request its id, which the client reads as X-Request-Id and which the log has too, and its trace; and logs how it
 * ended: the route and no more of the URL, for signatures and queries are in it.
 */
export function beginRequest(
  request: IncomingMessage,
  response: ServerResponse,
  route: string,
  { log, clientAddress, measure }: RequestLogOptions,
): RequestScope {
  const { traceparent, tracestate } = request.headers;
  const scope: RequestScope = {
    requestId: randomUUID(),
    address: clientAddress(request),
    ...parseTraceContext(traceparent, tracestate),
  };
  const begun = performance.now();
  const measured = measure?.(route);
  response.setHeader('x-request-id', scope.requestId);
  response.setMaxListeners(20); // logged, measured, told to the trail, drained, and piped into: each listens for its end
  response.once('close', () => {
    const { statusCode: status, writableFinished: isWhole } = response;
    const ms = performance.now() - begun;
    measured?.({ status, ms, isWhole });
    const { requestId, traceId } = scope;
    const facts = { requestId, traceId, method: request.method, route, status, ms: Math.round(ms), ended: isWhole };
    if (route === 'health' || route === 'ready')
      log.debug(facts, 'request'); // asked every few seconds
    else if (status >= 500) log.warn(facts, 'request failed');
    else log.info(facts, 'request');
  });
  return scope;
}
