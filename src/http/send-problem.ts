import type { ServerResponse } from 'node:http';
import { type ErrorCode, errorCodes } from '../errors.ts';
import { problemInstance } from '../request-scope.ts';

interface ProblemOptions {
  /** Where it is not the code's own. */
  readonly status?: number;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a problem document (RFC 9457) whose `code` clients can switch on. */
export function sendProblem(response: ServerResponse, code: ErrorCode, options: ProblemOptions = {}): void {
  const { status = errorCodes[code].status, detail, headers = {} } = options;
  const { title, retryable } = errorCodes[code];
  const body = Buffer.from(
    `${JSON.stringify({ type: 'about:blank', title, status, ...problemInstance(), code, retryable, detail })}\n`,
  );
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
