import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type BodyOutcome, OriginBody } from './origin-body.ts';
import { type ResponseHeaders, toResponseHeaders } from './response-headers.ts';

/** A GET on the wire, or a POST. */
export interface Exchange {
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes it a POST. Let go of where the request ends before it does. */
  readonly upload?: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly readerIdleTimeoutMs: number;
  /** Makes the error of a connection that failed; `status` is null where no answer had come. */
  readonly toError: (error: unknown, status: number | null) => Error;
  /** Makes the error of a body that nobody reads. */
  readonly onIdle: () => Error;
  /** Called once when nothing more comes; `status` is null where no answer came. */
  readonly onOutcome: (status: number | null, outcome: BodyOutcome) => void;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: OriginBody;
}

/**
 * Sends one request over a connection of the pool. The signal counts until the body ends.
 *
 * @throws The error of `toError`, or the signal's reason.
 */
export function exchange(pool: Dispatcher, options: Exchange): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(options, resolve, reject);
    const { target: path, headers, upload } = options;
    if (upload === undefined) pool.dispatch({ method: 'GET', path, headers }, handler);
    else pool.dispatch({ method: 'POST', path, headers, body: Readable.from(upload, { objectMode: false }) }, handler);
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #options: Exchange;
  readonly #resolve: (response: RawResponse) => void;
  readonly #reject: (reason: unknown) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #body: OriginBody | null = null;
  #status: number | null = null;
  #settled = false;

  constructor(options: Exchange, resolve: (response: RawResponse) => void, reject: (reason: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    if (options.signal.aborted) this.#onAbort();
    else options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: nothing was sent yet, and nothing will be.
    if (this.#settled) controller.abort(new Error('Given up before it was sent'));
    else this.#controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    const body = new OriginBody(controller, {
      readerIdleTimeoutMs: this.#options.readerIdleTimeoutMs,
      onIdle: this.#options.onIdle,
      onOutcome: (outcome) => this.#finish(status, outcome),
    });
    this.#body = body;
    this.#status = status;
    this.#resolve({ status, headers: toResponseHeaders(headers), body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.accept(chunk);
  }

  onResponseEnd(): void {
    this.#body?.finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#settled) return;
    if (this.#body) {
      this.#body.fail(asError(this.#options.toError(error, this.#status)));
    } else {
      const reason = this.#options.toError(error, null);
      this.#finish(null, { bytes: 0, end: reason });
      this.#reject(reason);
    }
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#options.signal;
    if (this.#body) {
      this.#body.destroy(asError(reason));
      return;
    }
    this.#finish(null, { bytes: 0, end: 'dropped' });
    this.#reject(reason);
    this.#controller?.abort(asError(reason));
  };

  #finish(status: number | null, outcome: BodyOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#options.onOutcome(status, outcome);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Broken off', { cause: reason });
}
