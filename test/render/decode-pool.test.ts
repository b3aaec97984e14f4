import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { createDecodePool, type DecodePool, type DecodePoolOptions } from '../../src/render/decode-pool.ts';
import { encode, rleFrame } from '../support/code-streams.ts';
import { pixelsOf } from '../support/render.ts';

const pools: DecodePool[] = [];
const createPool = (options?: DecodePoolOptions): DecodePool => {
  const pool = createDecodePool(options);
  pools.push(pool);
  return pool;
};

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const small = pixelsOf({ transferSyntaxUid: '1.2.840.10008.1.2.5', columns: 6 });
const smallFrame = rleFrame([254, 7, 2, 1, 2, 3]);
const smallPixels = [7, 7, 7, 1, 2, 3];

/** JPEG-LS with one altered byte and no end: CharLS 2.3.4 does not come back from it. */
const endlessPixels = pixelsOf({
  transferSyntaxUid: '1.2.840.10008.1.2.4.80',
  rows: 8,
  columns: 8,
  bitsAllocated: 16,
  bitsStored: 12,
});
const endlessFrame = Buffer.from(
  'ffd8fff7000b100008000801011100fff8000d01ffff0012004301140040ffda0008010100000000a0fc5f93f37e8ed5fb3a400c41983506dee3' +
    '9d6bd03afe004217fb006a04a002df9281879971a68090ff72ff569dec5febf8bfb5039f69e303693e50d1a0ff6c93c3117f95ce788ff71a' +
    '74560dff600de05ddd3b0bde25d9fa843917a0fee5f540ff40',
  'hex',
);

test('every frame of many is decoded, by no more workers than allowed', async () => {
  const post = vi.spyOn(Worker.prototype, 'postMessage');
  const pool = createPool({ workers: 2 });
  const frames = await Promise.all(Array.from({ length: 20 }, () => pool.decode(smallFrame, small)));
  expect(frames.map(({ data }) => [...data])).toEqual(Array.from({ length: 20 }, () => smallPixels));
  expect(new Set(post.mock.contexts).size).toBeLessThanOrEqual(2);
});

test("the caller's bytes are still there after decoding", async () => {
  const file = Uint8Array.from([9, 9, ...smallFrame, 9]);
  await createPool().decode(file.subarray(2, -1), small);
  expect(file).toEqual(Uint8Array.from([9, 9, ...smallFrame, 9]));
});

test('one frame more than may wait is refused as busy, the others are decoded', async () => {
  const pool = createPool({ workers: 1, maxQueued: 1 });
  const [first, second, third] = await Promise.allSettled([1, 2, 3].map(() => pool.decode(smallFrame, small)));
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(third).toMatchObject({ status: 'rejected', reason: { reason: 'busy', code: 'UNAVAILABLE' } });
});

test('a frame on which a decoder never ends is given up, and the next is decoded by a new worker', async () => {
  const pool = createPool({ workers: 1, timeoutMs: 1500 });
  const [endless, next] = await Promise.allSettled([
    pool.decode(endlessFrame, endlessPixels),
    pool.decode(smallFrame, small),
  ]);
  expect(endless).toMatchObject({ status: 'rejected', reason: { reason: 'timeout', code: 'UNAVAILABLE' } });
  expect(next.status === 'fulfilled' && [...next.value.data]).toEqual(smallPixels);
});

test('a frame whose caller gave up does not take its turn', async () => {
  const pool = createPool({ workers: 1 });
  const controller = new AbortController();
  const first = pool.decode(smallFrame, small);
  const waiting = pool.decode(smallFrame, small, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ reason: 'aborted' });
  await expect(pool.decode(smallFrame, small, controller.signal)).rejects.toMatchObject({ reason: 'aborted' });
  await expect(first).resolves.toBeDefined();
});

test('closing gives up what waits and what comes later', async () => {
  const pool = createPool({ workers: 1 });
  const waiting = [pool.decode(smallFrame, small), pool.decode(smallFrame, small)];
  const settled = Promise.allSettled(waiting);
  await pool.close();
  expect((await settled).map((result) => result.status === 'rejected' && result.reason.reason)).toEqual([
    'aborted',
    'aborted',
  ]);
  await expect(pool.decode(smallFrame, small)).rejects.toMatchObject({ reason: 'aborted' });
});

test('a worker without work ends, and a later frame starts another', async () => {
  const pool = createPool({ workers: 1, idleMs: 1 });
  const terminate = vi.spyOn(Worker.prototype, 'terminate');
  await pool.decode(smallFrame, small);
  await vi.waitFor(() => expect(terminate).toHaveBeenCalledTimes(1));
  expect([...(await pool.decode(smallFrame, small)).data]).toEqual(smallPixels);
});

test('the event loop turns while a frame is decoded', async () => {
  const data = Uint8Array.from({ length: 512 * 512 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  const stored = await encode('encodeJpeg2000', { columns: 512, rows: 512, samplesPerPixel: 1, bitsStored: 8, data });
  const pixels = pixelsOf({ transferSyntaxUid: '1.2.840.10008.1.2.4.90', rows: 512, columns: 512 });
  const pool = createPool({ workers: 1 });
  await pool.decode(smallFrame, small);
  let turns = 0;
  let decoding = true;
  const decoded = pool.decode(stored, pixels).finally(() => {
    decoding = false;
  });
  while (decoding) {
    await nextTurn();
    turns += 1;
  }
  expect((await decoded).data).toEqual(data);
  expect(turns).toBeGreaterThan(20);
});
