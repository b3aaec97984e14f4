import { randomUUID } from 'node:crypto';
import { readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FileSource } from '../../part10/read-identity.ts';
import { FileWindow } from './file-window.ts';

/** A body that was received whole. */
export interface Spooled {
  /** In bytes. */
  readonly length: number;
  /** To read parts of it, with one block of it in memory. */
  source(): FileSource;
  /** All of it, in order. */
  open(): AsyncIterable<Uint8Array>;
}

const readBytes = 256 * 1024;

/**
 * Holds bodies until they are sent on or let go of: in memory up to a bound, the rest in one file. The file has no name while
 * it is used, so that a process that is killed leaves nothing of it.
 */
export class Spool {
  #memoryLeft: number;
  #file: Promise<FileHandle> | null = null;
  #fileLength = 0;

  constructor(memoryBytes: number) {
    this.#memoryLeft = memoryBytes;
  }

  /** Takes a body to its end. One at a time. */
  async add(body: Readable): Promise<Spooled> {
    const chunks: Buffer[] = [];
    let length = 0;
    let start: number | null = null;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (start === null && length <= this.#memoryLeft) {
        chunks.push(chunk);
        continue;
      }
      start ??= this.#fileLength;
      for (const waiting of chunks.splice(0)) await this.#write(waiting);
      await this.#write(chunk);
    }
    if (start !== null) return inFile(await this.#open(), start, length);
    this.#memoryLeft -= length;
    return inMemory(Buffer.concat(chunks));
  }

  /** Lets go of everything; nothing that was received can be read any more. */
  async close(): Promise<void> {
    await (await this.#file)?.close();
  }

  async #write(chunk: Buffer): Promise<void> {
    const file = await this.#open();
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, written, chunk.length - written, this.#fileLength);
      written += bytesWritten;
      this.#fileLength += bytesWritten;
    }
  }

  #open(): Promise<FileHandle> {
    this.#file ??= openNameless();
    return this.#file;
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `dicomweb-graphql-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return file;
}

function inMemory(bytes: Buffer): Spooled {
  return {
    length: bytes.length,
    source: () => bytes,
    async *open() {
      yield bytes;
    },
  };
}

function inFile(file: FileHandle, start: number, length: number): Spooled {
  const read = (into: Buffer, at: number): number => readSync(file.fd, into, 0, into.length, start + at);
  return {
    length,
    source: () => new FileWindow(length, read),
    async *open() {
      for (let at = 0; at < length; ) {
        const { bytesRead, buffer } = await file.read({
          buffer: Buffer.allocUnsafe(Math.min(readBytes, length - at)),
          position: start + at,
        });
        if (bytesRead === 0) throw new Error('The spool is shorter than what was put into it');
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    },
  };
}
