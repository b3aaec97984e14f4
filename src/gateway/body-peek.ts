import { Readable } from 'node:stream';

/** The beginning of a body, before anybody decides what becomes of the whole. */
export interface BodyHead {
  /** As much as was asked for, or more; less where the body has no more. */
  readonly bytes: Buffer;
  /** These are all. */
  readonly isWhole: boolean;
}

/**
 * Looks at the beginning of a body. From then on the body itself is not to be touched: it is had again by {@link body}, or
 * read past.
 *
 * Nothing is put back into the stream: a body that ends meanwhile takes nothing back, and waiting for more of what is there
 * already would be told at once that there is something, again and again.
 */
export class BodyPeek {
  readonly #source: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  #head: Buffer = Buffer.alloc(0);
  #isWhole = false;

  constructor(source: Readable) {
    this.#source = source;
    this.#chunks = source.iterator({ destroyOnReturn: false });
  }

  /** @throws The error of the body. */
  async head(size: number): Promise<BodyHead> {
    const chunks = [this.#head];
    for (let length = this.#head.length; length < size && !this.#isWhole; ) {
      const { value, done } = await this.#chunks.next();
      if (done) this.#isWhole = true;
      else {
        chunks.push(value);
        length += value.length;
      }
    }
    this.#head = chunks.length === 1 ? this.#head : Buffer.concat(chunks);
    return { bytes: this.#head, isWhole: this.#isWhole };
  }

  /** All of it, from its beginning. Destroying it destroys what it is of. */
  body(): Readable {
    const body = Readable.from(this.#all(), { objectMode: false });
    // Before the first chunk is asked for, ending the generator would not reach into it.
    body.once('close', () => this.#source.destroy());
    return body;
  }

  /** Reads what is left, for what comes after it. */
  async readPast(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }

  async *#all(): AsyncGenerator<Buffer, void, undefined> {
    if (this.#head.length > 0) yield this.#head;
    for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next()) yield next.value;
  }
}
