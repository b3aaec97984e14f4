import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LinkAudit, type LinkRequest, noLinkAudit } from '../audit/link-audit.ts';
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
  /** Where it is told who opens what; default: nowhere. */
  readonly audit?: LinkAudit | undefined;
}

/**
 * Answers a GET or HEAD with what `work` comes to, or with a problem document. Never rejects.
 *
 * A body that breaks off breaks the client's connection off: it is never a short success. A client that goes away aborts
 * the signal, and with it the origin's request.
 *
 * @param work - Says to `audited` what the link grants, once it is known.
 */
export async function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  work: (signal: AbortSignal, audited: LinkRequest) => Promise<Answer>,
  { onError, readers, audit = noLinkAudit }: AnswerOptions,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendProblem(response, methodProblem());
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('The client is gone'));
  });
  let audited: LinkRequest | null = null;
  try {
    audited = audit.begin(request, response);
    const answer = await work(gone.signal, audited);
    await toldOf(answer, audited);
    await sendBody(response, answer, readers);
  } catch (error) {
    // The connection is closed as well where the origin's body failed; that is to be told.
    if (gone.signal.aborted && (error === gone.signal.reason || isPrematureClose(error))) return;
    audited?.failed(isCodedError(error) ? error.code : 'INTERNAL');
    if (!isCodedError(error) || response.headersSent) onError(error, requestIdOf(response));
    if (response.headersSent) response.destroy();
    else sendProblem(response, toProblem(error, error instanceof PreconditionError ? error.status : undefined));
  }
}

/** Nothing leaves before the trail has it. */
async function toldOf({ delivery }: Answer, audited: LinkRequest): Promise<void> {
  try {
    await audited.answered();
  } catch (error) {
    delivery.body.destroy();
    throw error;
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
