import type { OnReadOpts, Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * Memory that bodies are read into, used again when all of its bytes have gone on to a client.
 *
 * Node takes 64 kB anew for each read of a connection and leaves them to the garbage collector, which has no haste: under
 * load, tens of megabytes lie about. Here what was read is lent out, as views of a buffer, and the buffer is free when as many
 * bytes were given back. Whoever does not give back loses nothing: such a buffer is garbage like any other.
 */
export const bufferBytes: number = 48 * 1024;
/** What a read should find at least. */
const minReadBytes = 8 * 1024;
/** 8 MB. */
const maxFree = 170;

interface Loan {
  readonly buffer: Buffer;
  /** Not given back yet. */
  bytes: number;
  /** A connection still reads into it. */
  isFilling: boolean;
}

const free: Buffer[] = [];
const loans = new WeakMap<ArrayBufferLike, Loan>();
const lenders = new WeakSet<Readable>();
/** Of the connection that has just read: what is left of its buffer. Asked for right after. */
let rest: Uint8Array | null = null;

const onread: OnReadOpts = {
  // Called for the first read of a connection, and after each.
  buffer: () => {
    const into = rest ?? fresh();
    rest = null;
    return into;
  },
  callback(this: Socket, length, read) {
    const loan = loans.get(read.buffer);
    if (loan !== undefined) {
      loan.bytes += length;
      loan.isFilling = read.byteLength - length >= minReadBytes;
      if (loan.isFilling) rest = read.subarray(length);
    }
    return this.push(Buffer.from(read.buffer, read.byteOffset, length));
  },
};

/**
 * Options of sockets: what is read comes out of them as it would without. One read at a time: who finds two of them (undici)
 * puts them together in a copy.
 */
export const readIntoBuffers = { onread, highWaterMark: 1 };

function fresh(): Buffer {
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
  loans.set(buffer.buffer, { buffer, bytes: 0, isFilling: true });
  return buffer;
}

/** Memory for at most so many bytes as a buffer has, to be filled by its caller and passed on by a body that lends. */
export function lendBuffer(length: number): Buffer {
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
  loans.set(buffer.buffer, { buffer, bytes: Math.min(length, bufferBytes), isFilling: false });
  return buffer.subarray(0, length);
}

/** Says of a body that it passes on lent memory, every byte once, and keeps none. */
export function lends<Body extends Readable>(body: Body): Body {
  lenders.add(body);
  return body;
}

/** Whether chunks of the body may be given back. */
export const isLender = (body: Readable): boolean => lenders.has(body);

/** Gives back a chunk of a body that lends: nobody reads it any more. */
export function giveBack(chunk: Uint8Array): void {
  const loan = loans.get(chunk.buffer);
  if (loan === undefined) return; // a copy, or what was put together of two
  loan.bytes -= chunk.length;
  if (loan.bytes > 0 || loan.isFilling) return;
  loans.delete(chunk.buffer);
  if (free.length < maxFree) free.push(loan.buffer);
}
