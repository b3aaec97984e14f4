/** Bytes written one after another, little endian, into a buffer that grows. */
export class ByteSink {
  private buffer: Buffer;
  private used = 0;

  /** @param expected - Bytes to make room for at first. */
  constructor(expected: number) {
    this.buffer = Buffer.allocUnsafe(expected);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.used = this.buffer.writeUInt16LE(value, this.used);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.used = this.buffer.writeUInt32LE(value, this.used);
  }

  /** Writes over four bytes that were left for a length not known then. */
  patchUint32(at: number, value: number): void {
    this.buffer.writeUInt32LE(value, at);
  }

  patchUint16(at: number, value: number): void {
    this.buffer.writeUInt16LE(value, at);
  }

  ascii(text: string): void {
    this.reserve(text.length);
    this.used += this.buffer.write(text, this.used, 'latin1');
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** What was written: a view, valid until the next write. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  private reserve(count: number): void {
    if (this.used + count <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.used + count));
    this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }
}
