import type { Dispatcher } from 'undici';
import { FacadeError } from '../errors.ts';
import { discard } from '../mime/discard.ts';
import { CallSignal } from './call-signal.ts';
import type { Capabilities } from './capabilities/capabilities.ts';
import { type CapabilityFinding, KnownCapabilities } from './capabilities/known-capabilities.ts';
import { toOriginError } from './connection-failure.ts';
import { createConnectionPool } from './connection-pool.ts';
import { authorizationOf } from './credentials.ts';
import { exchange } from './exchange.ts';
import { Health } from './health.ts';
import type { BodyOutcome, OriginBody } from './origin-body.ts';
import { type OriginAddress, type OriginConfig, parseOriginUrl } from './origin-config.ts';
import { OriginBusyError, type OriginErrorFacts, OriginReaderError, OriginTimeoutError } from './origin-errors.ts';
import { type Purpose, RequestBudget } from './request-budget.ts';
import type { RequestObserver } from './request-report.ts';
import { isCanonicalPath, queryKeysOf } from './request-target.ts';
import type { ResponseHeaders } from './response-headers.ts';
import { isSuccess, toStatusError } from './response-status.ts';
import { retryAfterSeconds, retryDelayMs, waitFor } from './retry.ts';
import type { Transaction } from './transaction.ts';

/** What every function that crosses the network takes. */
export interface RequestOptions {
  /** Breaks off the request and, later, the body of a payload. The promise or stream fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest time until the function resolves, waiting and retries included. Does not end the body of a payload. */
  readonly deadlineMs?: number;
  /** Told of every HTTP request made for this call, before the function resolves (payloads: when their body ended). */
  readonly observer?: RequestObserver;
}

/** A GET, as the functions of this room put it. */
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
}

/** An answer with a status that the transaction allows. Its body must be read to the end or destroyed. */
export interface OriginResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: OriginBody;
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
  /** Whether the last requests were answered; null before the first. */
  readonly healthy: boolean | null;
  /**
   * Sends a GET and gives the answer to `read`. Until `read` has resolved nothing counts as delivered, and a failure that
   * may pass is tried again, `read` and all.
   *
   * @throws {OriginError} One of its classes.
   * @throws The reason of `options.signal`.
   */
  request<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options?: RequestOptions,
  ): Promise<T>;
  /** Takes over what a probe or an answer showed; what is configured stays. */
  learn(findings: readonly CapabilityFinding[]): void;
  /** Refuses what waits and breaks off what is under way. */
  close(): Promise<void>;
}

export interface OriginHooks {
  /** Told of every HTTP request, after the observer of the call. */
  readonly onRequest?: RequestObserver;
}

/**
 * Opens the client of one origin. Nothing is sent before the first request.
 *
 * @throws {TypeError} The configured URL is not http or https, or holds more than an address and a path.
 */
export function createOrigin(config: OriginConfig, hooks: OriginHooks = {}): Origin {
  return new OriginClient(config, hooks);
}

/** What the attempts of one call have in common. */
interface Call {
  readonly facts: OriginErrorFacts;
  readonly signal: AbortSignal;
  readonly observer: RequestObserver | undefined;
}

class OriginClient implements Origin {
  readonly config: OriginConfig;
  readonly address: OriginAddress;
  readonly #onRequest: RequestObserver | undefined;
  readonly #pool: Dispatcher;
  readonly #budget: RequestBudget;
  readonly #health = new Health();
  readonly #known: KnownCapabilities;
  readonly #closing = new AbortController();

  constructor(config: OriginConfig, hooks: OriginHooks) {
    this.config = config;
    this.address = parseOriginUrl(config.url);
    this.#onRequest = hooks.onRequest;
    this.#pool = createConnectionPool(config, this.address);
    this.#budget = new RequestBudget(config.maxConcurrentRequests, config.maxQueuedRequests ?? 1_000);
    this.#known = new KnownCapabilities(config.capabilities ?? {}, new Date());
  }

  get id(): string {
    return this.config.id;
  }

  get name(): string {
    return this.config.name;
  }

  get capabilities(): Capabilities {
    return this.#known.current;
  }

  get healthy(): boolean | null {
    return this.#health.healthy;
  }

  learn(findings: readonly CapabilityFinding[]): void {
    this.#known.learn(findings, new Date());
  }

  async close(): Promise<void> {
    const error = new FacadeError('UNAVAILABLE', 'The origin client is closed', { origin: this.id });
    this.#budget.close(error);
    this.#closing.abort(error);
    await this.#pool.destroy();
  }

  async request<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options: RequestOptions = {},
  ): Promise<T> {
    if (!isCanonicalPath(request.path)) throw new TypeError('Not a canonical path'); // a fault of ours: they are built
    const facts: OriginErrorFacts = { origin: this.id, transaction: request.transaction };
    const signal = new CallSignal([this.#closing.signal, options.signal], options.deadlineMs, (ms) => {
      return new OriginTimeoutError(facts, `no whole answer within ${ms} ms`);
    });
    const call: Call = { facts, signal: signal.signal, observer: options.observer };
    let release = (): void => {};
    const settle = (): void => {
      signal.dispose();
      release();
    };
    try {
      release = await this.#budget.acquire(request.purpose, call.signal, () => new OriginBusyError(facts));
      for (let attempt = 1; ; attempt++) {
        try {
          const { value, ended } = await this.#attempt(request, read, call, attempt);
          signal.stopDeadline();
          ended.then(settle); // the place is kept until the last byte came: for a payload, long after this
          return value;
        } catch (error) {
          if (attempt > this.config.retries || call.signal.aborted) throw error;
          const delayMs = retryDelayMs(error, attempt, this.config.maxRetryAfterMs ?? 5_000);
          if (delayMs === null) throw error;
          await waitFor(delayMs, call.signal);
        }
      }
    } catch (error) {
      settle();
      throw error;
    }
  }

  async #attempt<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    call: Call,
    attempt: number,
  ): Promise<{ readonly value: T; readonly ended: Promise<void> }> {
    const path = `${request.onHost ? '' : this.address.basePath}${request.path}`;
    const headers = await this.#headers(request);
    const startedAt = performance.now();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const {
      status,
      headers: answered,
      body,
    } = await exchange(this.#pool, {
      target: request.query ? `${path}?${request.query}` : path,
      headers,
      signal: call.signal,
      readerIdleTimeoutMs: this.config.readerIdleTimeoutMs ?? 60_000,
      toError: (error, status) => toOriginError(error, status, call.facts, this.config),
      onIdle: () => new OriginReaderError(call.facts),
      onOutcome: (status, outcome) => {
        this.#note(status, outcome, call.signal);
        const report = {
          origin: this.id,
          transaction: request.transaction,
          method: 'GET',
          path,
          queryKeys: queryKeysOf(request.query),
          attempt,
          status,
          bytes: outcome.bytes,
          ms: performance.now() - startedAt,
          error: outcome.end instanceof FacadeError ? outcome.end.code : null,
        } as const;
        call.observer?.(report);
        this.#onRequest?.(report);
        end();
      },
    });
    if (!isSuccess(request.transaction, status)) {
      discard(body);
      const wait = retryAfterSeconds(answered.get('retry-after'), Date.now());
      throw toStatusError(status, wait === undefined ? call.facts : { ...call.facts, retryAfterSeconds: wait });
    }
    try {
      const facts = { ...call.facts, status };
      return { value: await read({ status, headers: answered, body, facts }), ended };
    } catch (error) {
      body.destroy();
      throw error;
    }
  }

  async #headers(request: OriginRequest): Promise<Record<string, string>> {
    const authorization = await authorizationOf(this.config.credentials);
    return {
      accept: request.accept,
      'accept-encoding': request.purpose === 'metadata' ? 'gzip' : 'identity',
      'user-agent': 'dicomweb-graphql',
      ...(authorization === undefined ? {} : { authorization }),
    };
  }

  #note(status: number | null, outcome: BodyOutcome, signal: AbortSignal): void {
    if (outcome.end === 'dropped') {
      if (signal.reason instanceof OriginTimeoutError) this.#health.note('down');
    } else if (status === null || status === 401 || status === 403) {
      this.#health.note('down');
    } else {
      this.#health.note(status >= 500 || status === 429 || outcome.end !== 'whole' ? 'failed' : 'answered');
    }
  }
}
