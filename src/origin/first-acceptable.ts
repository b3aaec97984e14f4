import type { RequestOptions } from './origin.ts';
import { OriginError, OriginRepresentationError } from './origin-errors.ts';

/**
 * Tries several ways of asking for one thing, until the origin takes one.
 *
 * The next way is tried after a status that may be about the way of asking: 400, 405, 406, 415, 500, 501, or an answer in another form. Any other
 * failure is final. When all ways failed, the error of the first tells most: it is of what was meant.
 */
export async function firstAcceptable<Way, T>(
  ways: readonly [Way, ...Way[]],
  ask: (way: Way, options: RequestOptions) => Promise<T>,
  options: RequestOptions,
): Promise<T> {
  const deadline = options.deadlineMs === undefined ? null : performance.now() + options.deadlineMs;
  let first: unknown;
  for (const way of ways) {
    try {
      const left = deadline === null ? {} : { deadlineMs: Math.max(1, deadline - performance.now()) };
      return await ask(way, { ...options, ...left });
    } catch (error) {
      if (!isAboutTheWayOfAsking(error)) throw error;
      first ??= error;
    }
  }
  throw first;
}

const aboutTheWay: ReadonlySet<number> = new Set([400, 405, 406, 415, 500, 501]);

/** Whether another Accept, or another resource for the same thing, may succeed where this failed. */
export function isAboutTheWayOfAsking(error: unknown): boolean {
  if (error instanceof OriginRepresentationError) return true;
  return error instanceof OriginError && error.status !== undefined && aboutTheWay.has(error.status);
}
