import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

/**
 * Gives a request its id, which the client reads as X-Request-Id and which the log has too, and logs how it ended: the
 * route and no more of the URL, for signatures and queries are in it.
 */
export function beginRequest(request: IncomingMessage, response: ServerResponse, route: string, log: Logger): string {
  const requestId = randomUUID();
  const begun = performance.now();
  response.setHeader('x-request-id', requestId);
  response.once('close', () => {
    const facts = {
      requestId,
      method: request.method,
      route,
      status: response.statusCode,
      ms: Math.round(performance.now() - begun),
      ended: response.writableFinished,
    };
    if (route === 'health' || route === 'ready')
      log.debug(facts, 'request'); // asked every few seconds
    else if (response.statusCode >= 500) log.warn(facts, 'request failed');
    else log.info(facts, 'request');
  });
  return requestId;
}
