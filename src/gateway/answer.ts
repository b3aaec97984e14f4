import type { IncomingMessage, ServerResponse } from 'node:http';
import { isCodedError } from '../errors.ts';
import { PreconditionError } from './bytes/preconditions.ts';
import type { ReaderBounds } from './bytes/reader-pace.ts';
import { methodProblem, toProblem } from './problem.ts';
import { type Answer, sendBody, sendProblem } from './send.ts';

export interface AnswerOptions {
  /** Told of faults of ours, and of bodies that broke off after their headers; with the id of the request. */
  readonly onError: (error: unknown, requestId?: string) => void;
  /** How slowly a client may read. */
  readonly readers: ReaderBounds;
}

/**
 * Answers a GET or HEAD with what `work` comes to, or with a problem document. Never rejects.
 *
 * A body that breaks off breaks the client's connection off: it is never a short success. A client that goes away aborts
 * the signal, and with it the origin's request.
 */
export async function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  work: (signal: AbortSignal) => Promise<Answer>,
  { onError, readers }: AnswerOptions,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendProblem(response, methodProblem());
  const gone = new AbortController();
  const isGone = new Error('The client is gone');
  response.once('close', () => gone.abort(isGone));
  try {
    const answer = await work(gone.signal);
    await sendBody(response, answer, readers);
  } catch (error) {
    // The connection is closed as well where the origin's body failed; that is to be told.
    if (error === isGone || (gone.signal.aborted && isPrematureClose(error))) return;
    if (!isCodedError(error) || response.headersSent) onError(error, requestIdOf(response));
    if (response.headersSent) response.destroy();
    else sendProblem(response, toProblem(error, error instanceof PreconditionError ? error.status : undefined));
  }
}

/** What a pipeline says when its destination closes first. */
const isPrematureClose = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

/** Whoever routed the request may have given it one. */
export function requestIdOf(response: ServerResponse): string | undefined {
  const id = response.getHeader('x-request-id');
  return typeof id === 'string' ? id : undefined;
}
