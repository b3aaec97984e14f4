import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { FacadeError } from '../errors.ts';
import { discard } from '../mime/discard.ts';
import { WholeBody } from '../mime/whole-body.ts';
import { outgoingTraceHeaders } from '../request-scope.ts';
import { CallSignal } from './call-signal.ts';
import { CallerOrigin } from './caller-origin.ts';
import type { Capabilities } from './capabilities/capabilities.ts';
import { type CapabilityFinding, KnownCapabilities } from './capabilities/known-capabilities.ts';
import { profiles } from './capabilities/profiles/profiles.ts';
import { Circuit, type CircuitPass, type CircuitState } from './circuit.ts';
import { showingOf } from './circuit-showing.ts';
import { toOriginError } from './connection-failure.ts';
import { createConnectionPool } from './connection-pool.ts';
import { type Authorizer, createAuthorizer } from './credentials/authorizer.ts';
import type { Caller } from './credentials/credentials.ts';
import { exchange } from './exchange.ts';
import { Health } from './health.ts';
import type { Origin, OriginHooks, OriginRequest, OriginResponse, OriginUpload, RequestOptions } from './origin.ts';
import type { BodyOutcome } from './origin-body.ts';
import { type OriginAddress, type OriginConfig, parseOriginUrl } from './origin-config.ts';
import {
  OriginAuthError,
  OriginBusyError,
  OriginCallerError,
  OriginCircuitError,
  OriginError,
  type OriginErrorFacts,
  OriginReaderError,
  OriginTimeoutError,
} from './origin-errors.ts';
import { PageMemory } from './page-memory.ts';
import { RequestBudget } from './request-budget.ts';
import type { RequestObserver } from './request-report.ts';
import { isCanonicalPath, queryKeysOf } from './request-target.ts';
import { isSuccess, toStatusError } from './response-status.ts';
import { retryAfterSeconds, retryDelayMs, waitFor } from './retry.ts';

/** What the attempts of one call have in common. */
interface Call {
  readonly facts: OriginErrorFacts;
  readonly caller: Caller | null;
  readonly signal: AbortSignal;
  readonly observer: RequestObserver | undefined;
  /** What the last attempt was sent with. */
  authorization: string | undefined;
}

/** Sends the requests of one origin: in turn, with its credentials, again where that may help. */
export class OriginClient implements Origin {
  readonly config: OriginConfig;
  readonly address: OriginAddress;
  readonly pages = new PageMemory();
  readonly #onRequest: RequestObserver | undefined;
  readonly #pool: Dispatcher;
  readonly #uploadPool: Dispatcher;
  readonly #authorizer: Authorizer;
  readonly #budget: RequestBudget;
  readonly #circuit: Circuit;
  readonly #health = new Health();
  readonly #known: KnownCapabilities;
  readonly #closing = new AbortController();

  constructor(config: OriginConfig, hooks: OriginHooks) {
    this.config = config;
    this.address = parseOriginUrl(config.url);
    this.#onRequest = hooks.onRequest;
    this.#pool = createConnectionPool(config, this.address);
    this.#uploadPool = createConnectionPool(config, this.address, { isReused: false });
    this.#authorizer = createAuthorizer(config);
    this.#budget = new RequestBudget(config.maxConcurrentRequests, config.maxQueuedRequests ?? 1_000);
    this.#circuit = new Circuit({
      failures: config.circuitFailures ?? 5,
      windowMs: config.circuitWindowMs ?? 60_000,
      pauseMs: config.circuitPauseMs ?? 2_000,
      clock: hooks.clock ?? (() => performance.now()),
      onOpen: () => this.#budget.sendAway(),
    });
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
    return this.#circuit.state === 'closed' ? this.#health.healthy : false;
  }

  get circuit(): CircuitState {
    return this.#circuit.state;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  get partition(): string {
    return '';
  }

  forCaller(caller: Caller): Origin {
    return this.config.credentials.kind === 'forward' ? new CallerOrigin(this, caller) : this;
  }

  learn(findings: readonly CapabilityFinding[]): void {
    this.#known.learn(findings, new Date());
  }

  async close(): Promise<void> {
    const error = new FacadeError('UNAVAILABLE', 'The origin client is closed', { origin: this.id });
    this.#budget.close(error);
    this.#closing.abort(error);
    await Promise.all([this.#pool.destroy(), this.#uploadPool.destroy(), this.#authorizer.close()]);
  }

  request<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options?: RequestOptions,
  ): Promise<T> {
    return this.requestFor(null, request, read, options);
  }

  /** The same in the name of a caller. */
  async requestFor<T>(
    caller: Caller | null,
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    options: RequestOptions = {},
  ): Promise<T> {
    if (!isCanonicalPath(request.path)) throw new TypeError('Not a canonical path'); // a fault of ours: they are built
    const facts: OriginErrorFacts = { origin: this.id, transaction: request.transaction };
    const signal = new CallSignal([this.#closing.signal, options.signal], options.deadlineMs, (ms) => {
      return new OriginTimeoutError(facts, `no whole answer within ${ms} ms`);
    });
    const { observer } = options;
    const call: Call = { facts, caller, signal: signal.signal, observer, authorization: undefined };
    let release = (): void => {};
    const settle = (): void => {
      signal.dispose();
      release();
    };
    let renewals = 0;
    let pass: CircuitPass | null = null;
    try {
      if (!options.pastCircuit && this.#circuit.refusalMs !== null) throw this.#circuitError(facts);
      release = await this.#budget.acquire(request.purpose, call.signal, (refusal) =>
        refusal === 'full' ? new OriginBusyError(facts) : this.#circuitError(facts),
      );
      pass = options.pastCircuit ? this.#circuit.enterAnyway() : this.#circuit.enter();
      if (pass === null) throw this.#circuitError(facts); // it has opened, or somebody else tries
      for (let attempt = 1; ; attempt++) {
        try {
          const { value, ended } = await this.#attempt(request, read, call, attempt);
          signal.stopDeadline();
          pass.settle('answers');
          ended.then(settle); // the place is kept until the last byte came: for a payload, long after this
          return value;
        } catch (error) {
          const isRenewed = this.#renews(error, call);
          if (request.upload || call.signal.aborted) throw error;
          if (isRenewed && renewals === 0) {
            renewals++;
            continue;
          }
          if (attempt - renewals > this.config.retries || !pass.mayRetry) throw error;
          const delayMs = retryDelayMs(error, attempt - renewals, this.config.maxRetryAfterMs ?? 5_000);
          if (delayMs === null) throw error;
          await waitFor(delayMs, call.signal);
          if (!pass.mayRetry) throw error;
        }
      }
    } catch (error) {
      pass?.settle(options.signal?.aborted ? null : showingOf(error, request));
      settle();
      throw error;
    }
  }

  #circuitError(facts: OriginErrorFacts): OriginCircuitError {
    const waitMs = this.#circuit.refusalMs ?? 0;
    return new OriginCircuitError({ ...facts, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
  }

  async #attempt<T>(
    request: OriginRequest,
    read: (response: OriginResponse) => T | Promise<T>,
    call: Call,
    attempt: number,
  ): Promise<{ readonly value: T; readonly ended: Promise<void> }> {
    const path = `${request.onHost ? '' : this.address.basePath}${request.path}`;
    const target = request.query ? `${path}?${request.query}` : path;
    const headers = {
      ...(await this.#authorize(request, target, call)),
      ...headersOf(request),
      ...outgoingTraceHeaders(),
    };
    const startedAt = performance.now();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const {
      status,
      headers: answered,
      body,
    } = await exchange(request.upload === undefined ? this.#pool : this.#uploadPool, {
      target,
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
    const isUnchanged = status === 304 && request.ifNoneMatch !== undefined;
    if (!isUnchanged && !isSuccess(request.transaction, status)) {
      await drained(body); // so that it is reported before the failure is
      if (call.caller !== null && (status === 401 || status === 403)) {
        throw new OriginCallerError({ ...call.facts, status });
      }
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

  async #authorize(request: OriginRequest, target: string, call: Call): Promise<Readonly<Record<string, string>>> {
    const { accept, upload } = request;
    try {
      const headers = await this.#authorizer.headersFor({
        method: upload === undefined ? 'GET' : 'POST',
        url: this.address.host + target,
        accept,
        contentLength: upload?.contentLength ?? null,
        caller: call.caller,
        facts: call.facts,
        signal: call.signal,
      });
      call.authorization = headers['authorization'];
      return headers;
    } catch (error) {
      if (error instanceof OriginError) this.#health.note('down');
      throw error;
    }
  }

  /** Whether a failure was of credentials that are replaced now. */
  #renews(error: unknown, { authorization }: Call): boolean {
    const isRefusal = error instanceof OriginAuthError && error.status === 401;
    return isRefusal && authorization !== undefined && this.#authorizer.onRefused(authorization);
  }

  #note(status: number | null, outcome: BodyOutcome, signal: AbortSignal, { upload }: OriginRequest): void {
    const isForward = this.config.credentials.kind === 'forward';
    if (outcome.end === 'dropped') {
      if (signal.reason instanceof OriginTimeoutError) this.#health.note('down');
    } else if (status === null || (isRefusal(status) && upload === undefined && !isForward)) {
      // Who may read need not be allowed to store; and a caller's token tells of that caller.
      this.#health.note('down');
    } else {
      this.#health.note(status >= 500 || status === 429 || outcome.end !== 'whole' ? 'failed' : 'answered');
    }
  }
}

const isRefusal = (status: number): boolean => status === 401 || status === 403;

const headersOf = ({ accept, purpose, ifNoneMatch, upload }: OriginRequest): Record<string, string> => ({
  accept,
  'accept-encoding': purpose === 'metadata' ? 'gzip' : 'identity',
  'user-agent': 'dicomweb-graphql',
  ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
  ...(upload === undefined ? {} : uploadHeaders(upload)),
});

const uploadHeaders = ({ contentType, contentLength }: OriginUpload): Record<string, string> => ({
  'content-type': contentType,
  'content-length': String(contentLength),
});

/** Reads what little there is of a body that nobody wants; a second at the most. */
async function drained(body: Readable): Promise<void> {
  if (body instanceof WholeBody) return;
  const closed = new Promise((resolve) => body.once('close', resolve));
  discard(body);
  if (!body.closed) await closed;
}
