import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What is known of the request that is being answered, wherever it is asked for: in the log, the trail, to origins. */
export interface RequestScope {
  /** Of this request alone; the client reads it as X-Request-Id. */
  readonly requestId: string;
  /** W3C Trace Context: 32 lower-case hex digits, the caller's or made here. */
  readonly traceId: string;
  /** Two lower-case hex digits. */
  readonly traceFlags: string;
  /** As it came, where it is well-formed; null: none. */
  readonly traceState: string | null;
  /** Of the client, as far as it is known. */
  readonly address: string;
}

const storage = new AsyncLocalStorage<RequestScope>();

/** What is done within `work`, now and later, is done for this request. */
export const withinRequest = <T>(scope: RequestScope, work: () => T): T => storage.run(scope, work);

/** The request that this is done for; undefined: for none. */
export const currentRequest = (): RequestScope | undefined => storage.getStore();

/** Headers for a request that is sent on behalf of the current one: the same trace, a span of its own. */
export function outgoingTraceHeaders(): Readonly<Record<string, string>> {
  const scope = storage.getStore();
  if (scope === undefined) return {};
  const { traceId, traceFlags, traceState } = scope;
  return {
    traceparent: `00-${traceId}-${randomHex().slice(16)}-${traceFlags}`,
    ...(traceState === null ? {} : { tracestate: traceState }),
  };
}

/** 32 hex digits, of which the last 14 are random throughout: UUIDs are made of random bytes that Node has in stock. */
export const randomHex = (): string => randomUUID().replaceAll('-', '');

/** What tells one problem document from all others: its request and its trace (RFC 9457 §3.1.5, §3.2). */
export function problemInstance(): { readonly instance?: string; readonly traceId?: string } {
  const scope = storage.getStore();
  return scope === undefined ? {} : { instance: `urn:uuid:${scope.requestId}`, traceId: scope.traceId };
}
