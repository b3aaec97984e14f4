import type { OutgoingHttpHeaders } from 'node:http';
import { type ErrorCode, errorCodes, isCodedError } from '../errors.ts';
import { problemInstance } from '../request-scope.ts';

/** An error as the client reads it: a problem document (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Codes of which nothing more is told: a fault of ours; and what is missing, as what may not be seen looks the same. */
const silent: ReadonlySet<ErrorCode> = new Set(['INTERNAL', 'NOT_FOUND']);

/** @param httpStatus - Where HTTP has a more telling one than the code's own. */
export function toProblem(error: unknown, httpStatus?: number): Problem {
  const code = isCodedError(error) ? error.code : 'INTERNAL';
  const { title, retryable } = errorCodes[code];
  const status = httpStatus ?? errorCodes[code].status;
  if (!isCodedError(error) || silent.has(code)) return problem(status, { code, title, retryable });

  const { retryAfterSeconds, ...facts } = error.facts ?? {};
  const headers = {
    ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': retryAfterSeconds } : {}),
    // RFC 9110 §15.5.17
    ...(code === 'RANGE_NOT_SATISFIABLE' ? { 'content-range': `bytes */${facts['lengthBytes']}` } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}), // RFC 9110 §15.5.2
  };
  return problem(status, { code, title, retryable, detail: error.message, facts }, headers);
}

/** A method that no link is for. */
export function methodProblem(): Problem {
  const { title, retryable } = errorCodes.BAD_USER_INPUT;
  const detail = 'A link is for GET and HEAD';
  return problem(405, { code: 'BAD_USER_INPUT', title, retryable, detail }, { allow: 'GET, HEAD, OPTIONS' });
}

function problem(status: number, members: { title: string; [name: string]: unknown }, headers = {}): Problem {
  const { title, ...others } = members;
  const body = Buffer.from(
    `${JSON.stringify({ type: 'about:blank', title, status, ...problemInstance(), ...others })}\n`,
  );
  return { status, headers, body };
}
