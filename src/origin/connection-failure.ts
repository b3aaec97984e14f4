import { errors } from 'undici';
import {
  type OriginError,
  type OriginErrorFacts,
  OriginResponseError,
  OriginTimeoutError,
  OriginUnreachableError,
} from './origin-errors.ts';

/** The configured waits, for the messages. */
export interface Timeouts {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyIdleTimeoutMs: number;
}

/**
 * What a failure below HTTP means to the caller.
 *
 * @param error - Of undici or of Node's sockets; it becomes the cause, and no part of the message.
 * @param status - Of the answer, where its headers had come: then a broken connection is half a body.
 */
export function toOriginError(
  error: unknown,
  status: number | null,
  call: OriginErrorFacts,
  timeouts: Timeouts,
): OriginError {
  const facts = status === null ? call : { ...call, status };
  const options = { cause: error };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return new OriginUnreachableError(facts, `no connection within ${timeouts.connectTimeoutMs} ms`, options);
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new OriginTimeoutError(facts, `no answer within ${timeouts.headersTimeoutMs} ms`, options);
    case 'UND_ERR_BODY_TIMEOUT':
      return new OriginTimeoutError(facts, `nothing more of the body within ${timeouts.bodyIdleTimeoutMs} ms`, options);
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new OriginResponseError(facts, 'its headers are too long', false, options);
  }
  if (status !== null) return new OriginResponseError(facts, 'the body broke off before its end', true, options);
  if (error instanceof errors.HTTPParserError)
    return new OriginResponseError(facts, 'it is not HTTP/1.1', false, options);
  if (code === 'UND_ERR_SOCKET' || code.startsWith('ECONNRESET') || code === 'EPIPE') {
    return new OriginUnreachableError(facts, 'the connection broke before an answer', options);
  }
  return new OriginUnreachableError(facts, 'no connection', options);
}
