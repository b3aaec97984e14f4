import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { WholeBody } from '../mime/whole-body.ts';
import { type BodyOutcome, OriginBody } from './origin-body.ts';
import { contentLengthOf, type ResponseHeaders, toResponseHeaders } from './response-headers.ts';

/**
 * An answer that says that it has at most so many bytes is waited for whole: it costs a stream less, and where it breaks off
 * the request failed, which can be tried again and told of.
 */
const wholeBytes = 64 * 1024;

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
  /** A {@link WholeBody}, or an {@link OriginBody} that is on its way. */
  readonly body: Readable;
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
  /** A short answer, while it comes. */
  #short: { readonly headers: ResponseHeaders; readonly chunks: Buffer[]; length: number } | null = null;
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
    this.#status = status;
    const answered = toResponseHeaders(headers);
    if ((contentLengthOf(answered) ?? Infinity) <= wholeBytes) {
      this.#short = { headers: answered, chunks: [], length: 0 };
      return;
    }
    const body = new OriginBody(controller, {
      readerIdleTimeoutMs: this.#options.readerIdleTimeoutMs,
      onIdle: this.#options.onIdle,
      onOutcome: (outcome) => this.#finish(outcome),
    });
    this.#body = body;
    this.#resolve({ status, headers: answered, body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body) {
      this.#body.accept(chunk);
    } else if (this.#short) {
      this.#short.chunks.push(chunk);
      this.#short.length += chunk.length;
    }
  }

  onResponseEnd(): void {
    this.#body?.finish();
    if (this.#short === null || this.#status === null || this.#settled) return;
    const { headers, chunks, length } = this.#short;
    const [first] = chunks;
    const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks, length);
    this.#finish({ bytes: length, end: 'whole' });
    this.#resolve({ status: this.#status, headers, body: new WholeBody(bytes) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#settled) return;
    if (this.#body) {
      this.#body.fail(asError(this.#options.toError(error, this.#status)));
    } else {
      const reason = this.#options.toError(error, this.#status);
      this.#finish({ bytes: this.#short?.length ?? 0, end: asError(reason) });
      this.#reject(reason);
    }
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#options.signal;
    if (this.#body) {
      this.#body.destroy(asError(reason));
      return;
    }
    this.#finish({ bytes: this.#short?.length ?? 0, end: 'dropped' });
    this.#reject(reason);
    this.#controller?.abort(asError(reason));
  };

  #finish(outcome: BodyOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#options.onOutcome(this.#status, outcome);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Broken off', { cause: reason });
}
