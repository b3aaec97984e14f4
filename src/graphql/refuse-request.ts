import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { AuthenticationError } from '../access/authentication-error.ts';
import { errorCodes, isCodedError } from '../errors.ts';
import { toClientError } from './errors.ts';

/** How soon keys of a provider that could not be asked are worth another try, in seconds. */
const retryAfterSeconds = 5;

/**
 * Answers a request of which no operation is looked at, since it cannot be said who sent it: the code's HTTP status, with the
 * challenge of RFC 6750 §3, and an error as GraphQL clients read them.
 *
 * @throws What is no coded error: a fault of ours.
 */
export function refuseRequest(error: unknown, response: ServerResponse, logger: Logger): void {
  if (!isCodedError(error)) throw error;
  const { status, retryable } = errorCodes[error.code];
  const body = JSON.stringify({ errors: [toClientError(error, '', logger)] });
  const isNew = /\bapplication\/graphql-response\+json\b/.test(response.req.headers.accept ?? '');
  response.writeHead(status, {
    'content-type': `application/${isNew ? 'graphql-response+json' : 'json'}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(error instanceof AuthenticationError ? { 'www-authenticate': error.challenge } : {}),
    ...(retryable ? { 'retry-after': String(error.facts?.['retryAfterSeconds'] ?? retryAfterSeconds) } : {}),
  });
  response.end(body);
}
