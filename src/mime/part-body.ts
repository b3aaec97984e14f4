import { Readable } from 'node:stream';
import { MultipartError } from './multipart-scanner.ts';

/** Read ahead of the reader. */
const readAheadBytes = 16 * 1024;

/** The bytes of one part, pushed by the reader of the whole while it wants them. */
export class PartBody extends Readable {
  /** Whether there is room for more bytes. */
  wanting = false;
  /** Content-Length of the part's headers; null where there is none. */
  readonly statedLength: number | null;
  #length = 0;
  #finished = false;
  readonly #onWanting: () => void;
  readonly #onGivenUp: () => void;

  constructor(
    contentLength: string | undefined,
    events: {
      readonly onWanting: () => void;
      /** Destroyed before its end. */
      readonly onGivenUp: () => void;
    },
  ) {
    super({ highWaterMark: readAheadBytes });
    this.statedLength =
      contentLength !== undefined && /^[0-9]{1,15}$/.test(contentLength) ? Number(contentLength) : null;
    this.#onWanting = events.onWanting;
    this.#onGivenUp = events.onGivenUp;
    // An error before the first listener must not end the process; the stream remembers it.
    this.on('error', () => {});
  }

  accept(bytes: Buffer): void {
    this.#length += bytes.length;
    this.wanting = this.push(bytes);
  }

  /** @throws {MultipartError} The part has another length than its header says. */
  checkLength(): void {
    if (this.statedLength !== null && this.statedLength !== this.#length) {
      throw new MultipartError('a part is not as long as it says');
    }
  }

  finish(): void {
    this.#finished = true;
    this.push(null);
  }

  fail(error: Error): void {
    this.#finished = true;
    this.destroy(error);
  }

  override _read(): void {
    this.wanting = true;
    this.#onWanting();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.wanting = false;
    if (!this.#finished) this.#onGivenUp();
    callback(error);
  }
}
