import { Readable } from 'node:stream';

/**
 * A body that is at hand whole. Who passes bytes on as they come reads it like any other; who can do with all of them at once
 * takes them, and is spared the stream. Nothing is held by it: it need not be destroyed.
 */
export class WholeBody extends Readable {
  /** All of it, for who takes it instead of reading it. */
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    super({ highWaterMark: 0 });
    this.bytes = bytes;
  }

  override _read(): void {
    if (this.bytes.length > 0) this.push(this.bytes);
    this.push(null);
  }
}
