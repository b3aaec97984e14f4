import type { ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricsSources, watchSources } from './metrics-sources.ts';
import type { MeasureRequest } from './request-log.ts';

/** What is measured of one request to an origin; the parts of its report that are safe as labels. */
export interface MeasuredRequest {
  readonly origin: string;
  readonly transaction: string;
  readonly status: number | null;
  readonly bytes: number;
  readonly ms: number;
}

/** What the program does, for Prometheus. Labels name origins, transactions and outcomes: never a patient, a UID, a token. */
export interface Metrics {
  countRequest(request: MeasuredRequest): void;
  /** Of requests to this program. */
  readonly measure: MeasureRequest;
  /** @param plannedRequests - To origins, of one operation. */
  countOperation(plannedRequests: number): void;
  countLink(form: string, representation: string): void;
  /** What is looked at with each scrape, from now on. */
  watch(sources: MetricsSources): void;
  send(response: ServerResponse): Promise<void>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'dicomweb_origin_request_seconds',
    help: 'Requests to origins, until the last byte or the failure; status "none" where no answer came.',
    labelNames: ['origin', 'transaction', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  });
  const bytes = new Counter({
    name: 'dicomweb_origin_response_bytes_total',
    help: 'Bytes of bodies that came from origins, as they came over the wire.',
    labelNames: ['origin', 'transaction'] as const,
    registers,
  });
  const answers = new Histogram({
    name: 'dicomweb_http_request_seconds',
    help: 'Requests to this service, until the last byte of the answer.',
    labelNames: ['route', 'status'] as const,
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 5, 30, 120],
    registers,
  });
  const underWay = new Gauge({
    name: 'dicomweb_http_requests_under_way',
    help: 'Requests to this service that are being answered; those of links and dicomweb are open streams.',
    labelNames: ['route'] as const,
    registers,
  });
  const brokenOff = new Counter({
    name: 'dicomweb_http_broken_answers_total',
    help: 'Answers that ended before their last byte: the client went away, or what they came from failed.',
    labelNames: ['route'] as const,
    registers,
  });
  const planned = new Histogram({
    name: 'dicomweb_operation_origin_requests',
    help: 'Requests to origins that a GraphQL operation was planned to cost, hits of the cache among them.',
    buckets: [0, 1, 2, 3, 5, 10, 20, 50, 100],
    registers,
  });
  const minted = new Counter({
    name: 'dicomweb_links_minted_total',
    help: 'Links that were given; a template or a root is one, and a root counts once for each form that it gives.',
    labelNames: ['form', 'representation'] as const,
    registers,
  });
  return {
    countRequest({ origin, transaction, status, bytes: received, ms }) {
      seconds.observe({ origin, transaction, status: status === null ? 'none' : String(status) }, ms / 1000);
      bytes.inc({ origin, transaction }, received);
    },
    measure(route) {
      underWay.inc({ route });
      return ({ status, ms, isWhole }) => {
        underWay.dec({ route });
        answers.observe({ route, status: String(status) }, ms / 1000);
        if (!isWhole) brokenOff.inc({ route });
      };
    },
    countOperation: (requests) => planned.observe(requests),
    countLink: (form, representation) => minted.inc({ form, representation }),
    watch: (sources) => watchSources(registry, sources),
    async send(response) {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
      response.end(response.req.method === 'HEAD' ? undefined : text);
    },
  };
}
