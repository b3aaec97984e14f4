import { randomUUID } from 'node:crypto';
import { readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FileSource } from '../../part10/read-identity.ts';
import { FileWindow } from './file-window.ts';
import { StorageError } from './storage-error.ts';

/** A body that was received whole. Reading it throws a {@link StorageError} where the disk fails. */
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

  /**
   * Takes a body to its end. One at a time.
   *
   * @throws {StorageError} It cannot be written: no space, no such folder, not allowed. And the error of the body.
   */
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

  /** Lets go of everything; nothing that was received can be read any more. Never rejects. */
  async close(): Promise<void> {
    try {
      await (await this.#file)?.close();
    } catch {
      // Who opened or wrote it was told; nobody needs what is in it.
    }
  }

  async #write(chunk: Buffer): Promise<void> {
    const file = await this.#open();
    for (let written = 0; written < chunk.length; ) {
      const left = chunk.length - written;
      const { bytesWritten } = await file.write(chunk, written, left, this.#fileLength).catch(failed);
      written += bytesWritten;
      this.#fileLength += bytesWritten;
    }
  }

  #open(): Promise<FileHandle> {
    this.#file ??= openNameless().catch(failed);
    return this.#file;
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `dicomweb-graphql-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function failed(cause: unknown): never {
  throw new StorageError('The upload cannot be held until it is whole', cause);
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
  const read = (into: Buffer, at: number): number => {
    try {
      return readSync(file.fd, into, 0, into.length, start + at);
    } catch (error) {
      return failed(error);
    }
  };
  return {
    length,
    source: () => new FileWindow(length, read),
    async *open() {
      for (let at = 0; at < length; ) {
        const into = Buffer.allocUnsafe(Math.min(readBytes, length - at));
        const { bytesRead, buffer } = await file.read({ buffer: into, position: start + at }).catch(failed);
        if (bytesRead === 0) throw new Error('The spool is shorter than what was put into it');
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    },
  };
}
