import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { isCodedError } from '../errors.ts';
import { currentRequest } from '../request-scope.ts';

/**
 * The program's log: JSON lines, on stderr unless they are to go elsewhere. Never a URL, a query value, a token, a signature or patient data; of errors, see
 * {@link toLoggedError}.
 */
export function createLog(
  level: NonNullable<LoggerOptions['level']>,
  // Synchronous: what is said last, before an exit, is what one wants to read.
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: toLoggedError },
      mixin: ofRequest,
    },
    destination,
  );
}

/** Which request a line is of, and which trace. */
function ofRequest(): object {
  const { requestId, traceId } = currentRequest() ?? {};
  return requestId === undefined ? {} : { requestId, traceId };
}

/**
 * What of an error goes into the log: its class, its code, and where it was thrown, with those of its causes. Its message
 * only where the error is one of ours: JSON.parse quotes the patient's name, fetch the URL.
 */
export function toLoggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: error.name,
    code,
    message: isCodedError(error) ? error.message : undefined,
    stack: framesOf(error),
    cause: error.cause === undefined ? undefined : toLoggedError(error.cause),
  };
}

const framesOf = ({ stack = '' }: Error): readonly string[] =>
  stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .map((line) => line.slice(7));
