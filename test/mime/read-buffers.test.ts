import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { giveBack, isLender, lendBuffer, lends, readIntoBuffers } from '../../src/mime/read-buffers.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Two ends of a connection, of which one reads into lent buffers. */
async function open(): Promise<{ readonly from: Socket; readonly to: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const to = connect({ port, host: '127.0.0.1', ...readIntoBuffers });
  const [from] = await accepted;
  closers.push(() => {
    to.destroy();
    from.destroy();
    server.close();
  });
  return { from, to };
}

async function read(socket: Socket, length: number): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes < length; ) {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) await once(socket, 'readable');
    else {
      chunks.push(chunk);
      bytes += chunk.length;
    }
  }
  return chunks;
}

test('what is read is what was sent, in pieces of any size, also where the reader pauses', async () => {
  const { from, to } = await open();
  const sent = randomBytes(3_000_000);
  void (async () => {
    for (let at = 0; at < sent.length; at += 70_001) from.write(sent.subarray(at, at + 70_001));
    from.end();
  })();
  const chunks: Buffer[] = [];
  for await (const chunk of to) {
    chunks.push(chunk);
    if (chunks.length % 20 === 0) await sleep(1);
  }
  expect(Buffer.concat(chunks).equals(sent)).toBe(true);
});

test('few bytes share a buffer', async () => {
  const { from, to } = await open();
  const chunks: Buffer[] = [];
  for (let turn = 0; turn < 3; turn++) {
    from.write(`number ${turn}`);
    chunks.push(...(await read(to, 8)));
  }
  expect(chunks.map(String)).toEqual(['number 0', 'number 1', 'number 2']);
  expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(1);
});

test('a buffer is read into again when all of it was given back, and not before', async () => {
  const { from, to } = await open();
  const sent = randomBytes(400_000);
  from.write(sent);
  const chunks = await read(to, sent.length);
  const buffers = new Map<ArrayBufferLike, Buffer[]>();
  for (const chunk of chunks) buffers.set(chunk.buffer, [...(buffers.get(chunk.buffer) ?? []), chunk]);
  // The last one is still being filled.
  const full = [...buffers.values()].slice(0, -1);
  const [kept = [], ...others] = full;
  for (const [index, lent] of others.entries()) for (const chunk of index % 2 ? lent : lent.slice(1)) giveBack(chunk);
  const free = others.filter((lent, index) => index % 2 === 1 || lent.length === 0).map(([chunk]) => chunk?.buffer);
  expect(free.length).toBeGreaterThan(1);
  const held = [...kept, ...others.filter((_, index) => index % 2 === 0).flatMap(([first]) => first ?? [])];
  const before = Buffer.concat(held);

  from.write(randomBytes(400_000));
  const later = await read(to, 400_000);
  expect(later.filter(({ buffer }) => free.includes(buffer)).length).toBeGreaterThan(0);
  expect(later.filter(({ buffer }) => held.some((chunk) => chunk.buffer === buffer))).toEqual([]);
  expect(Buffer.concat(held).equals(before)).toBe(true);
});

test('what was never lent, and what was put together, may be given back without harm', () => {
  expect(() => giveBack(Buffer.from('of our own'))).not.toThrow();
});

test('memory that is lent to be filled is lent again when all of it, in any pieces, was given back', () => {
  const first = lendBuffer(1_000);
  expect(first).toHaveLength(1_000);
  giveBack(first.subarray(600));
  expect(lendBuffer(1_000).buffer).not.toBe(first.buffer);
  giveBack(first.subarray(0, 600));
  expect(lendBuffer(10).buffer).toBe(first.buffer);
});

test('only a body of which it is said lends', () => {
  const [body, other] = [new PassThrough(), new PassThrough()];
  expect([isLender(lends(body)), isLender(other)]).toEqual([true, false]);
});
