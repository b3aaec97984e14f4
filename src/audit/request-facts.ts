import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentRequest } from '../request-scope.ts';
import type { AuditCaller } from './audit-event.ts';
import type { Ending } from './windows.ts';

/** Who is known to have sent the current request, besides its principal. */
export function currentCaller(subject: string | null, subjectHash: string | null): AuditCaller {
  const { requestId = null, traceId = null, address = null } = currentRequest() ?? {};
  return { subject, subjectHash, requestId, traceId, address };
}

/**
 * Calls back once, when the answer is over, however it ended.
 *
 * Bytes are those of the socket: with the head, and as they were compressed. A connection carries one answer at a time.
 */
export function onEnding(request: IncomingMessage, response: ServerResponse, tell: (ending: Ending) => void): void {
  const begun = performance.now();
  const { socket } = request;
  const before = socket.bytesWritten;
  const end = (): void =>
    tell({
      status: response.statusCode,
      bytes: socket.bytesWritten - before,
      ms: performance.now() - begun,
      isWhole: response.writableFinished,
    });
  if (response.closed) end();
  else response.once('close', end);
}
