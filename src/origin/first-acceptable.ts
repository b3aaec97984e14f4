import type { RequestOptions } from './origin.ts';
import { OriginError, OriginRepresentationError } from './origin-errors.ts';

/**
 * Tries several ways of asking for one thing, until the origin takes one.
 *
 * The next way is tried after what may be about the way of asking: 405, 406, 415, 500, 501, an answer in another form,
 * and 400 where `on400` is set. Any other failure is final. When all ways failed, the error of the first is thrown: it is
 * about what was meant.
 */
export async function firstAcceptable<Way, T>(
  ways: readonly [Way, ...Way[]],
  ask: (way: Way, options: RequestOptions) => Promise<T>,
  options: RequestOptions,
  { on400 = false }: { readonly on400?: boolean } = {},
): Promise<T> {
  const deadline = options.deadlineMs === undefined ? null : performance.now() + options.deadlineMs;
  let first: unknown;
  for (const way of ways) {
    try {
      const left = deadline === null ? {} : { deadlineMs: Math.max(1, deadline - performance.now()) };
      return await ask(way, { ...options, ...left });
    } catch (error) {
      if (!isAboutTheWayOfAsking(error) && !(on400 && isBadRequest(error))) throw error;
      first ??= error;
    }
  }
  throw first;
}

const aboutTheWay: ReadonlySet<number> = new Set([405, 406, 415, 500, 501]);

/** Whether another Accept, or another resource for the same thing, may succeed where this failed. */
export function isAboutTheWayOfAsking(error: unknown): boolean {
  if (error instanceof OriginRepresentationError) return true;
  return error instanceof OriginError && error.status !== undefined && aboutTheWay.has(error.status);
}

export const isBadRequest = (error: unknown): boolean => error instanceof OriginError && error.status === 400;
