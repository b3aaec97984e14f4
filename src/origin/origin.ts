import type { Readable } from 'node:stream';
import type { Capabilities } from './capabilities/capabilities.ts';
import type { CapabilityFinding } from './capabilities/known-capabilities.ts';
import type { CircuitState } from './circuit.ts';
import type { Caller } from './credentials/credentials.ts';
import { OriginClient } from './origin-client.ts';
import type { OriginAddress, OriginConfig } from './origin-config.ts';
import type { OriginErrorFacts } from './origin-errors.ts';
import type { PageMemory } from './page-memory.ts';
import type { Purpose } from './request-budget.ts';
import type { RequestObserver } from './request-report.ts';
import type { ResponseHeaders } from './response-headers.ts';
import type { Transaction } from './transaction.ts';

/** What every function that crosses the network takes. */
export interface RequestOptions {
  /** Breaks off the request and, later, the body of a payload. The promise or stream fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest time until the function resolves, waiting and retries included. Does not end the body of a payload. */
  readonly deadlineMs?: number;
  /** Told of every HTTP request made for this call, before the function resolves (payloads: when their body ended). */
  readonly observer?: RequestObserver;
  /** Asks an origin too that is left alone, as it keeps failing; and another failure is not held against it. */
  readonly pastCircuit?: boolean;
}

/** A body that goes to the origin. */
export interface OriginUpload {
  readonly contentType: string;
  /** In bytes. */
  readonly contentLength: number;
  /** Fails where it cannot be read to its end; then so does the request. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A GET, or with an upload a POST, as the functions of this room put it. */
export interface OriginRequest {
  readonly transaction: Transaction;
  /** Below the base path, or on the host where `onHost` is set; canonical, beginning with a slash. */
  readonly path: string;
  /** The path is one of the host's, not of the base (bulk data). */
  readonly onHost?: boolean;
  /** Already encoded, without the question mark. */
  readonly query?: string;
  /** One media range: several in one Accept confuse origins. */
  readonly accept: string;
  /** What the answer is: text, which may come gzipped, or a payload, which an origin would compress in vain. */
  readonly purpose: Purpose;
  /** Entity tag of what is known already: then 304 is an answer too, without a body (RFC 9110 §13.1.2). */
  readonly ifNoneMatch?: string;
  /** Makes it a POST, which is sent once and never again: nobody knows how much of it the origin has done. */
  readonly upload?: OriginUpload;
}

/** An answer with a status that the transaction allows. Its body must be read to the end or destroyed. */
export interface OriginResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Readable;
  /** For errors that tell of this answer. */
  readonly facts: OriginErrorFacts;
}

/** A DICOMweb origin: connections, budget, credentials, and what is known of it. */
export interface Origin {
  readonly id: string;
  readonly name: string;
  readonly config: OriginConfig;
  readonly address: OriginAddress;
  /** What the origin can do, as known now. The object is replaced, never changed. */
  readonly capabilities: Capabilities;
  /** How long its pages have been. */
  readonly pages: PageMemory;
  /** Whether the last requests were answered; null before the first. */
  readonly healthy: boolean | null;
  /** Whether it is asked at all: it is left alone for a while where it keeps failing. */
  readonly circuit: CircuitState;
  /** Nothing can be asked of it any more. */
  readonly closed: boolean;
  /** The subject of the caller whose answers these are; empty where everyone is given the same. Caches are split by it. */
  readonly partition: string;
  /**
   * Sends the request and gives the answer to `read`. Until `read` has resolved nothing counts as delivered, and a failure
   * of a GET that may pass is tried again, `read` and all.
   *
   * @throws {OriginError} One of its classes.
   * @throws The reason of `options.signal`.
   */
  request<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options?: RequestOptions,
  ): Promise<T>;
  /** The same origin, asked with the caller's own token; itself where it has credentials of its own. */
  forCaller(caller: Caller): Origin;
  /** Takes over what a probe or an answer showed; what is configured stays. */
  learn(findings: readonly CapabilityFinding[]): void;
  /** Refuses what waits and breaks off what is under way. */
  close(): Promise<void>;
}

export interface OriginHooks {
  /** Told of every HTTP request, after the observer of the call. */
  readonly onRequest?: RequestObserver;
  /** Monotonic, in milliseconds: for how long an origin that fails is left alone. Default: performance.now. */
  readonly clock?: () => number;
}

/**
 * Opens the client of one origin. Nothing is sent before the first request.
 *
 * @throws {TypeError} The configured URL is not http or https, or holds more than an address and a path.
 */
export function createOrigin(config: OriginConfig, hooks: OriginHooks = {}): Origin {
  return new OriginClient(config, hooks);
}
