import type { IncomingMessage, ServerResponse } from 'node:http';
import { isCodedError } from '../errors.ts';
import type { Delivery } from './delivery.ts';
import { methodProblem, toProblem } from './problem.ts';
import { sendBody, sendProblem } from './send.ts';

/** What a request gets, once it is known. */
export interface Answer {
  readonly delivery: Delivery;
  /** How long its client may keep it. */
  readonly maxAgeSeconds: number;
}

/**
 * Answers a GET or HEAD with what `work` comes to, or with a problem document. Never rejects.
 *
 * A body that breaks off breaks the client's connection off: it is never a short success. A client that goes away aborts
 * the signal, and with it the origin's request.
 *
 * @param onError - Told of faults of ours, and of bodies that broke off after their headers.
 */
export async function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  work: (signal: AbortSignal) => Promise<Answer>,
  onError: (error: unknown) => void,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendProblem(response, methodProblem());
  const gone = new AbortController();
  const isGone = new Error('The client is gone');
  response.once('close', () => gone.abort(isGone));
  try {
    const { delivery, maxAgeSeconds } = await work(gone.signal);
    await sendBody(response, delivery, maxAgeSeconds);
  } catch (error) {
    // The connection is closed as well where the origin's body failed; that is to be told.
    if (error === isGone || (gone.signal.aborted && isPrematureClose(error))) return;
    if (!isCodedError(error) || response.headersSent) onError(error);
    if (response.headersSent) response.destroy();
    else sendProblem(response, toProblem(error));
  }
}

/** What a pipeline says when its destination closes first. */
const isPrematureClose = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
