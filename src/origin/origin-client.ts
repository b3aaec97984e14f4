import type { Dispatcher } from 'undici';
import { FacadeError } from '../errors.ts';
import { discard } from '../mime/discard.ts';
import { CallSignal } from './call-signal.ts';
import type { Capabilities } from './capabilities/capabilities.ts';
import { type CapabilityFinding, KnownCapabilities } from './capabilities/known-capabilities.ts';
import { profiles } from './capabilities/profiles/profiles.ts';
import { toOriginError } from './connection-failure.ts';
import { createConnectionPool } from './connection-pool.ts';
import { authorizationOf } from './credentials.ts';
import { exchange } from './exchange.ts';
import { Health } from './health.ts';
import type { Origin, OriginHooks, OriginRequest, OriginResponse, OriginUpload, RequestOptions } from './origin.ts';
import type { BodyOutcome, OriginBody } from './origin-body.ts';
import { type OriginAddress, type OriginConfig, parseOriginUrl } from './origin-config.ts';
import { OriginBusyError, type OriginErrorFacts, OriginReaderError, OriginTimeoutError } from './origin-errors.ts';
import { RequestBudget } from './request-budget.ts';
import type { RequestObserver } from './request-report.ts';
import { isCanonicalPath, queryKeysOf } from './request-target.ts';
import { isSuccess, toStatusError } from './response-status.ts';
import { retryAfterSeconds, retryDelayMs, waitFor } from './retry.ts';

/** What the attempts of one call have in common. */
interface Call {
  readonly facts: OriginErrorFacts;
  readonly signal: AbortSignal;
  readonly observer: RequestObserver | undefined;
}

/** Sends the requests of one origin: in turn, with its credentials, again where that may help. */
export class OriginClient implements Origin {
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
    this.#known = new KnownCapabilities(config.capabilities ?? {}, profiles[config.profile ?? 'generic'], new Date());
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

  get closed(): boolean {
    return this.#closing.signal.aborted;
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
          if (request.upload || attempt > this.config.retries || call.signal.aborted) throw error;
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
      ...(request.upload === undefined ? {} : { upload: request.upload.chunks }),
      signal: call.signal,
      readerIdleTimeoutMs: this.config.readerIdleTimeoutMs ?? 60_000,
      toError: (error, status) => toOriginError(error, status, call.facts, this.config),
      onIdle: () => new OriginReaderError(call.facts),
      onOutcome: (status, outcome) => {
        this.#note(status, outcome, call.signal, request);
        const report = {
          origin: this.id,
          transaction: request.transaction,
          method: request.upload === undefined ? 'GET' : 'POST',
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
      await drained(body); // so that it is reported before the failure is
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
      ...(request.upload === undefined ? {} : uploadHeaders(request.upload)),
      ...(authorization === undefined ? {} : { authorization }),
    };
  }

  #note(status: number | null, outcome: BodyOutcome, signal: AbortSignal, { upload }: OriginRequest): void {
    if (outcome.end === 'dropped') {
      if (signal.reason instanceof OriginTimeoutError) this.#health.note('down');
    } else if (status === null || ((status === 401 || status === 403) && upload === undefined)) {
      // Who may read need not be allowed to store.
      this.#health.note('down');
    } else {
      this.#health.note(status >= 500 || status === 429 || outcome.end !== 'whole' ? 'failed' : 'answered');
    }
  }
}

const uploadHeaders = ({ contentType, contentLength }: OriginUpload): Record<string, string> => ({
  'content-type': contentType,
  'content-length': String(contentLength),
});

/** Reads what little there is of a body that nobody wants; a second at the most. */
async function drained(body: OriginBody): Promise<void> {
  const closed = new Promise((resolve) => body.once('close', resolve));
  discard(body);
  if (!body.closed) await closed;
}
