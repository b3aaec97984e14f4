import type { Readable } from 'node:stream';
import { discard } from './discard.ts';
import { MultipartError, type MultipartEvent, MultipartScanner } from './multipart-scanner.ts';
import { PartBody } from './part-body.ts';

/** One part of a multipart/related body. */
export interface MultipartPart {
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes of the body, where the headers tell; it is checked. */
  readonly contentLength: number | null;
  /** Must be read to its end before the next part comes. Destroying it gives up the whole body. */
  readonly body: Readable;
}

/**
 * Streams the parts of a multipart/related body one after the other, with backpressure, and holds no more of it than a
 * chunk and what may be a boundary.
 *
 * A body that ends before its closing boundary is an error of the part that was being read, never a short success.
 */
export class MultipartReader {
  readonly #source: Readable;
  readonly #scanner: MultipartScanner;
  readonly #toError: (error: unknown) => Error;
  readonly #only: boolean;
  #part: PartBody | null = null;
  #awaited: { resolve: (part: MultipartPart | null) => void; reject: (error: Error) => void } | null = null;
  #failure: Error | null = null;
  #sourceEnded = false;
  /** The closing boundary was seen. */
  #ended = false;

  /**
   * @param boundary - The parameter of Content-Type; null where there is none.
   * @param options.toError - Makes the error that readers see of a {@link MultipartError}, or of the source's error.
   * @param options.only - There is to be one part: its body ends when the closing boundary was seen, and a second part is
   *   an error.
   */
  constructor(
    source: Readable,
    boundary: string | null,
    options: { readonly toError?: (error: unknown) => Error; readonly only?: boolean } = {},
  ) {
    this.#source = source;
    this.#scanner = new MultipartScanner(boundary);
    this.#toError = options.toError ?? ((error) => (error instanceof Error ? error : new Error(String(error))));
    this.#only = options.only ?? false;
    source.pause();
    source.on('data', (chunk: Buffer) => {
      this.#attempt(() => this.#scanner.feed(chunk));
      this.#pump();
    });
    source.on('end', () => {
      this.#sourceEnded = true;
      this.#pump();
    });
    source.on('error', (error) => this.#fail(this.#toError(error)));
    source.on('close', () => {
      if (!this.#sourceEnded) this.#fail(this.#toError(new Error('The body was given up')));
    });
  }

  /**
   * The next part; null when there is none. What is left of the part before is skipped.
   *
   * @throws The error of `toError`.
   */
  async next(): Promise<MultipartPart | null> {
    if (this.#failure) throw this.#failure;
    if (this.#ended) return null;
    if (this.#awaited) throw new TypeError('The part before is still awaited');
    this.#part?.resume();
    return new Promise((resolve, reject) => {
      this.#awaited = { resolve, reject };
      this.#pump();
    });
  }

  /** Gives up the body. */
  destroy(): void {
    this.#source.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MultipartPart, void, undefined> {
    try {
      for (let part = await this.next(); part !== null; part = await this.next()) yield part;
    } finally {
      if (!this.#ended) this.destroy();
    }
  }

  /** Tells events while someone wants them; then the source waits. */
  #pump(): void {
    while (this.#failure === null && !this.#ended) {
      if (!(this.#part ? this.#part.wanting : this.#awaited)) {
        this.#source.pause();
        return;
      }
      const event = this.#attempt(() => this.#scanner.next());
      if (event === undefined) return;
      if (event === null) {
        if (this.#sourceEnded) this.#attempt(() => this.#scanner.finish());
        else this.#source.resume();
        return;
      }
      this.#attempt(() => this.#handle(event));
    }
  }

  #handle(event: MultipartEvent): void {
    switch (event.kind) {
      case 'data':
        this.#part?.accept(event.bytes);
        return;
      case 'part':
        this.#begin(event.headers);
        return;
      case 'partEnd':
        this.#part?.checkLength();
        if (!this.#only) this.#finishPart();
        return;
      case 'end':
        this.#ended = true;
        this.#finishPart();
        this.#awaited?.resolve(null);
        this.#awaited = null;
        discard(this.#source); // an epilogue, and the end that leaves the connection for the next request
    }
  }

  #begin(headers: ReadonlyMap<string, string>): void {
    if (this.#part) throw new MultipartError('there is more than one part');
    const part = new PartBody(headers.get('content-length'), {
      onWanting: () => this.#pump(),
      onGivenUp: () => this.#source.destroy(),
    });
    this.#part = part;
    this.#awaited?.resolve({ headers, contentLength: part.statedLength, body: part });
    this.#awaited = null;
  }

  #finishPart(): void {
    this.#part?.finish();
    this.#part = null;
  }

  #attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.#fail(this.#toError(error));
      return undefined;
    }
  }

  #fail(error: Error): void {
    if (this.#failure || this.#ended) return;
    this.#failure = error;
    this.#awaited?.reject(error);
    this.#awaited = null;
    this.#part?.fail(error);
    this.#source.destroy();
  }
}
