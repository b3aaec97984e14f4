import { type ErrorCode, errorCodes, FacadeError, isCodedError } from '../errors.ts';
import type { Answer } from './answer.ts';

/** What a request is refused with: a code of the table, and words that never hold what the client sent. */
export class ArchiveError extends FacadeError {}

export const badRequest = (message: string): ArchiveError => new ArchiveError('BAD_USER_INPUT', message);
export const notFound = (message: string): ArchiveError => new ArchiveError('NOT_FOUND', message);
export const notAcceptable = (message: string): ArchiveError => new ArchiveError('REPRESENTATION_UNAVAILABLE', message);

/**
 * Any error as a problem document (RFC 9457). What carries no code is a fault of ours: its message stays inside.
 *
 * @param status - Where HTTP has a more telling one than the code's own.
 */
export function toProblem(error: unknown, status?: number): Answer {
  const code: ErrorCode = isCodedError(error) ? error.code : 'INTERNAL';
  const problem = {
    title: errorCodes[code].title,
    status: status ?? errorCodes[code].status,
    code,
    ...(isCodedError(error) && { detail: error.message }),
  };
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  };
}
