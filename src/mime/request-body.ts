import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { tooLarge } from './upload-error.ts';

/** Read ahead of the reader. */
const readAheadBytes = 128 * 1024;

/**
 * The body of a request, up to a bound. Letting go of it leaves the request as it is, so that it can still be answered;
 * see {@link dropRest}.
 *
 * It fails with an {@link UploadError} (413) where more bytes come than allowed, and with the request's own error where the
 * client goes away.
 */
export class RequestBody extends Readable {
  readonly #request: Readable;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(request: Readable, maxBytes: number) {
    super({ highWaterMark: readAheadBytes });
    this.#request = request;
    this.#maxBytes = maxBytes;
    request.pause();
    request.on('data', this.#onData);
    request.on('end', this.#onEnd);
    request.on('error', this.#onError);
    request.on('close', this.#onClose);
    // Between its failure and its reader's first listener an error must not end the process; the stream remembers it.
    this.on('error', () => {});
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.destroy(tooLarge(this.#maxBytes));
    else if (!this.push(chunk)) this.#request.pause();
  };

  readonly #onEnd = (): void => void this.push(null);

  readonly #onError = (error: Error): void => void this.destroy(error);

  readonly #onClose = (): void => {
    if (!this.#request.readableEnded) this.destroy(new Error('The client is gone'));
  };

  override _read(): void {
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#request.pause();
    this.#request.off('data', this.#onData);
    this.#request.off('end', this.#onEnd);
    this.#request.off('error', this.#onError);
    this.#request.off('close', this.#onClose);
    this.#request.on('error', () => {});
    callback(error);
  }
}

/** For how long a client that was answered already may go on sending. */
const dropMs = 5_000;

/**
 * Reads what is left of a request's body and drops it, for some seconds: a connection that is closed with unread bytes in
 * it is reset, and the client would not see its answer.
 */
export function dropRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), dropMs).unref();
  const stop = (): void => clearTimeout(timer);
  request.on('error', stop);
  request.once('end', stop);
  request.once('close', stop);
  request.resume();
}
