import { createOrigin, type Origin, type OriginHooks } from '../../src/origin/origin.ts';
import type { OriginConfig } from '../../src/origin/origin-config.ts';

/** A client for tests: short waits, no retries unless asked for. */
export function createTestOrigin(
  url: string,
  config: Partial<OriginConfig> = {},
  hooks: OriginHooks = {},
): Origin & AsyncDisposable {
  const origin = createOrigin(
    {
      id: 'test',
      name: 'Test',
      url,
      credentials: { kind: 'none' },
      connectTimeoutMs: 1_000,
      headersTimeoutMs: 400,
      bodyIdleTimeoutMs: 400,
      maxConcurrentRequests: 8,
      maxMetadataBytes: 1_000_000,
      retries: 0,
      ...config,
    },
    hooks,
  );
  return Object.assign(origin, { [Symbol.asyncDispose]: () => origin.close() });
}

/** What a promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was not rejected');
}
