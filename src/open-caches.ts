import type { Logger } from 'pino';
import type { Closers } from './close-all.ts';
import type { Config } from './config/config.ts';
import { type Caches, createCaches } from './gateway/cache/caches.ts';
import { AnswerCache } from './planner/answer-cache.ts';

/** What is remembered of origins. */
export interface OpenedCaches {
  /** Of what GraphQL asks; absent: nothing. */
  readonly answers: AnswerCache | undefined;
  /** Of what links lead to. */
  readonly payloads: Caches;
}

/** @param originIds - Of the configuration. */
export function openCaches(
  { cache, payloadCache }: Pick<Config, 'cache' | 'payloadCache'>,
  originIds: readonly string[],
  log: Logger,
  closers: Closers,
): OpenedCaches {
  const answers = createAnswerCache(cache);
  const payloads = createCaches({
    ...payloadCache,
    origins: originIds,
    onStoredElsewhere: (origin) => answers?.purge(origin),
    onTrouble: (name, error) => log.warn({ cache: name, err: error }, 'a cache on disk cannot be used'),
    onRecovered: (name) => log.info({ cache: name }, 'a cache on disk can be used again'),
  });
  closers.push(() => payloads.close());
  return { answers, payloads };
}

function createAnswerCache({ maxBytes, ...ttl }: Config['cache']): AnswerCache | undefined {
  if (maxBytes === 0) return undefined;
  const { studyTtlMs: study, seriesTtlMs: series, instanceTtlMs: instance, metadataTtlMs: metadata } = ttl;
  return new AnswerCache({ maxBytes, ttlMs: { study, series, instance, metadata } });
}
