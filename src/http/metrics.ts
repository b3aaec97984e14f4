import type { ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What is measured of one request to an origin; the parts of its report that are safe as labels. */
export interface MeasuredRequest {
  readonly origin: string;
  readonly transaction: string;
  readonly status: number | null;
  readonly bytes: number;
  readonly ms: number;
}

/** Counts of the cache of answers, ever growing. */
export interface MeasuredCache {
  readonly hits: number;
  readonly misses: number;
  readonly joined: number;
}

/** What the program does, for Prometheus. Labels name origins, transactions and outcomes: never a patient, a UID, a token. */
export interface Metrics {
  countRequest(request: MeasuredRequest): void;
  send(response: ServerResponse): Promise<void>;
}

/** @param cacheCounts - Asked for at each scrape; absent where nothing is cached. */
export function createMetrics(cacheCounts?: () => MeasuredCache): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['origin', 'transaction', 'status'] as const;
  const seconds = new Histogram({
    name: 'dicomweb_origin_request_seconds',
    help: 'Requests to origins, until the last byte or the failure; status "none" where no answer came.',
    labelNames,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  const bytes = new Counter({
    name: 'dicomweb_origin_response_bytes_total',
    help: 'Bytes of bodies that came from origins, as they came over the wire.',
    labelNames: ['origin', 'transaction'] as const,
    registers: [registry],
  });
  new Counter({
    name: 'dicomweb_answer_cache_total',
    help: 'Questions to origins by outcome: hit, miss, joined (the same was being asked already). Hit ratio: (hit + joined) / all.',
    labelNames: ['outcome'] as const,
    registers: [registry],
    collect() {
      const counts = cacheCounts?.();
      if (!counts) return;
      this.reset();
      this.inc({ outcome: 'hit' }, counts.hits);
      this.inc({ outcome: 'miss' }, counts.misses);
      this.inc({ outcome: 'joined' }, counts.joined);
    },
  });
  return {
    countRequest({ origin, transaction, status, bytes: received, ms }) {
      seconds.observe({ origin, transaction, status: status === null ? 'none' : String(status) }, ms / 1000);
      bytes.inc({ origin, transaction }, received);
    },
    async send(response) {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
      response.end(response.req.method === 'HEAD' ? undefined : text);
    },
  };
}
