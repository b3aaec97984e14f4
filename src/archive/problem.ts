import { type ErrorCode, errorCodes, FacadeError, isCodedError } from '../errors.ts';

/** What a request is refused with: a code of the table, and words that never hold what the client sent. */
export class ArchiveError extends FacadeError {}

export const badRequest = (message: string): ArchiveError => new ArchiveError('BAD_USER_INPUT', message);
export const notFound = (message: string): ArchiveError => new ArchiveError('NOT_FOUND', message);
export const notAcceptable = (message: string): ArchiveError => new ArchiveError('REPRESENTATION_UNAVAILABLE', message);

/** A problem document (RFC 9457) as it goes over the wire. */
export interface Problem {
  readonly status: number;
  readonly body: string;
}

/** Any error as a problem document. What carries no code is a fault of ours: its message stays inside. */
export function toProblem(error: unknown): Problem {
  const code: ErrorCode = isCodedError(error) ? error.code : 'INTERNAL';
  const { status, title } = errorCodes[code];
  const detail = isCodedError(error) ? error.message : undefined;
  return { status, body: JSON.stringify({ title, status, code, detail }) };
}
