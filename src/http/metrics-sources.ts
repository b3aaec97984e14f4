import { Counter, Gauge, type Registry } from 'prom-client';
import { type MeasuredPayloadCaches, watchPayloadCaches } from './payload-metrics.ts';

/** Counts of the cache of answers, ever growing. */
export interface MeasuredCache {
  readonly hits: number;
  readonly misses: number;
  readonly joined: number;
}

/** Of the audit trail; the first three are states, the others ever growing. */
export interface MeasuredAudit {
  readonly isWritable: boolean;
  readonly waitingEvents: number;
  readonly waitingBytes: number;
  readonly events: number;
  readonly lostEvents: number;
  readonly refusedAnswers: number;
  readonly repository: {
    readonly sentEvents: number;
    readonly refusedEvents: number;
    readonly failedRequests: number;
    readonly backlogBytes: number;
  } | null;
}

export interface MeasuredOrigin {
  readonly id: string;
  readonly healthy: boolean | null;
  readonly circuit: 'closed' | 'open' | 'trial';
}

/** What counts for itself, and is asked at each scrape. */
export interface MetricsSources {
  /** Absent where nothing is cached. */
  readonly cache?: (() => MeasuredCache) | undefined;
  /** What is kept of objects and images. */
  readonly payloads?: (() => MeasuredPayloadCaches) | undefined;
  readonly origins?: (() => Iterable<MeasuredOrigin>) | undefined;
  /** Absent where no trail is kept. */
  readonly audit?: (() => MeasuredAudit) | undefined;
}

export function watchSources(registry: Registry, { cache, payloads, origins, audit }: MetricsSources): void {
  if (cache) watchCache(registry, cache);
  if (payloads) watchPayloadCaches(registry, payloads);
  if (origins) watchOrigins(registry, origins);
  if (audit) watchAudit(registry, audit);
}

function watchCache(registry: Registry, cacheCounts: NonNullable<MetricsSources['cache']>): void {
  new Counter({
    name: 'dicomweb_answer_cache_total',
    help: 'Questions to origins by outcome: hit, miss, joined (the same was being asked already). Hit ratio: (hit + joined) / all.',
    labelNames: ['outcome'] as const,
    registers: [registry],
    collect() {
      const counts = cacheCounts();
      this.reset();
      this.inc({ outcome: 'hit' }, counts.hits);
      this.inc({ outcome: 'miss' }, counts.misses);
      this.inc({ outcome: 'joined' }, counts.joined);
    },
  });
}

function watchOrigins(registry: Registry, origins: NonNullable<MetricsSources['origins']>): void {
  new Gauge({
    name: 'dicomweb_origin_up',
    help: '1 where the last requests to an origin were answered, else 0.',
    labelNames: ['origin'] as const,
    registers: [registry],
    collect() {
      for (const { id, healthy } of origins()) this.set({ origin: id }, healthy === true ? 1 : 0);
    },
  });
  new Gauge({
    name: 'dicomweb_origin_circuit_open',
    help: '1 while an origin is left alone as it keeps failing, else 0.',
    labelNames: ['origin'] as const,
    registers: [registry],
    collect() {
      for (const { id, circuit } of origins()) this.set({ origin: id }, circuit === 'closed' ? 0 : 1);
    },
  });
}

function watchAudit(registry: Registry, audit: NonNullable<MetricsSources['audit']>): void {
  const registers = [registry];
  const state = (name: string, help: string, read: (counts: MeasuredAudit) => number): void => {
    new Gauge({
      name: `dicomweb_audit_${name}`,
      help,
      registers,
      collect() {
        this.set(read(audit()));
      },
    });
  };
  const count = (name: string, help: string, read: (counts: MeasuredAudit) => number): void => {
    new Counter({
      name: `dicomweb_audit_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read(audit()));
      },
    });
  };
  state('writable', '1 where the trail can be written, else 0.', ({ isWritable }) => (isWritable ? 1 : 0));
  state('waiting_events', 'Events that are not on disk yet.', ({ waitingEvents }) => waitingEvents);
  state('waiting_bytes', 'Their size, in bytes.', ({ waitingBytes }) => waitingBytes);
  count('events', 'Events that were recorded.', ({ events }) => events);
  count('lost_events', 'Events that no file will ever hold.', ({ lostEvents }) => lostEvents);
  count(
    'refused_answers',
    'Answers refused because nobody could have known of them.',
    (counts) => counts.refusedAnswers,
  );
  if (audit().repository === null) return;
  state(
    'repository_backlog_bytes',
    'Bytes of the trail that the repository has still to take.',
    ({ repository }) => repository?.backlogBytes ?? 0,
  );
  count('repository_events', 'Events that the repository took.', ({ repository }) => repository?.sentEvents ?? 0);
  count(
    'repository_refused_events',
    'Events that the repository will not take; they stand in the files.',
    ({ repository }) => repository?.refusedEvents ?? 0,
  );
  count(
    'repository_failed_requests',
    'Requests to the repository that failed or took nothing.',
    ({ repository }) => repository?.failedRequests ?? 0,
  );
}
