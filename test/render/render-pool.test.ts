import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createRenderPool, type RenderPool, type RenderPoolOptions } from '../../src/render/render-pool.ts';
import { rleFrame } from '../support/code-streams.ts';
import { pixelsOf, plainPresentation, readPicture } from '../support/render.ts';

const pools: RenderPool[] = [];
function createPool(options: Partial<RenderPoolOptions> = {}): RenderPool {
  const pool = createRenderPool({ workers: 1, maxQueued: 10, timeoutMs: 10_000, ...options });
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const small = pixelsOf({ transferSyntaxUid: '1.2.840.10008.1.2.5', columns: 6 });
const smallFrame = () => new Uint8Array(rleFrame([254, 200, 2, 0, 100, 200]));
const png = { format: 'png' } as const;
const levels = async (picture: Uint8Array) => [...(await readPicture(picture)).data];

/** JPEG-LS with one altered byte and no end: CharLS 2.3.4 does not come back from it. */
const endless = pixelsOf({
  transferSyntaxUid: '1.2.840.10008.1.2.4.80',
  rows: 8,
  columns: 8,
  bitsAllocated: 16,
  bitsStored: 12,
});
const endlessFrame = () =>
  new Uint8Array(
    Buffer.from(
      'ffd8fff7000b100008000801011100fff8000d01ffff0012004301140040ffda0008010100000000a0fc5f93f37e8ed5fb3a400c41983506dee3' +
        '9d6bd03afe004217fb006a04a002df9281879971a68090ff72ff569dec5febf8bfb5039f69e303693e50d1a0ff6c93c3117f95ce788ff71a' +
        '74560dff600de05ddd3b0bde25d9fa843917a0fee5f540ff40',
      'hex',
    ),
  );

test('a compressed frame becomes a picture', async () => {
  const picture = await createPool().draw(smallFrame(), small, plainPresentation, png);
  expect(await levels(picture)).toEqual([255, 255, 255, 0, 128, 255]);
});

test('a native frame does, with window, viewport and format', async () => {
  const stored = Uint8Array.of(10, 20, 30, 40);
  const options = {
    format: 'webp',
    viewport: { width: 2, height: 2 },
    window: { center: 25, width: 1, function: 'linear' },
  } as const;
  const pixels = pixelsOf({ columns: 4 });
  const picture = await readPicture(await createPool().draw(stored, pixels, plainPresentation, options));
  expect(picture).toMatchObject({ width: 2, height: 1 });
});

test('what cannot be drawn is told, and the next image is drawn', async () => {
  const pool = createPool();
  const short = pool.draw(Uint8Array.of(1), pixelsOf({ columns: 4 }), plainPresentation, png);
  await expect(short).rejects.toMatchObject({ reason: 'corrupt', code: 'REPRESENTATION_UNAVAILABLE' });
  const badly = pool.draw(smallFrame(), small, plainPresentation, { ...png, quality: 0 });
  await expect(badly).rejects.toMatchObject({ reason: 'bad-option', code: 'BAD_USER_INPUT' });
  await expect(pool.draw(smallFrame(), small, plainPresentation, png)).resolves.toBeDefined();
});

test('an image that takes too long is given up with its worker, and the next is drawn by another', async () => {
  const pool = createPool({ timeoutMs: 1_500 });
  const [late, next] = await Promise.allSettled([
    pool.draw(endlessFrame(), endless, plainPresentation, png),
    pool.draw(smallFrame(), small, plainPresentation, png),
  ]);
  expect(late).toMatchObject({ status: 'rejected', reason: { reason: 'timeout', code: 'UNAVAILABLE' } });
  expect(next.status === 'fulfilled' && (await levels(next.value))).toEqual([255, 255, 255, 0, 128, 255]);
});

test('one image more than may wait is refused as busy, with a time to come again', async () => {
  const pool = createPool({ maxQueued: 1 });
  const [first, second, third] = await Promise.allSettled(
    [1, 2, 3].map(() => pool.draw(smallFrame(), small, plainPresentation, png)),
  );
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(third).toMatchObject({ reason: { reason: 'busy', code: 'UNAVAILABLE', facts: { retryAfterSeconds: 1 } } });
});

test('an image whose caller is gone does not take its turn', async () => {
  const pool = createPool();
  const controller = new AbortController();
  const first = pool.draw(smallFrame(), small, plainPresentation, png);
  const waiting = pool.draw(smallFrame(), small, plainPresentation, png, controller.signal);
  await nextTurn();
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ reason: 'aborted' });
  await expect(first).resolves.toBeDefined();
});

test('the event loop turns while a large frame is drawn', async () => {
  const side = 2_000;
  const pixels = pixelsOf({ rows: side, columns: side, bitsAllocated: 16 });
  const stored = new Uint8Array(Uint16Array.from({ length: side * side }, (_, i) => i).buffer);
  const pool = createPool();
  await pool.draw(smallFrame(), small, plainPresentation, png);
  let longestMs = 0;
  let isDrawn = false;
  const drawn = pool.draw(stored, pixels, plainPresentation, { format: 'jpeg' }).finally(() => {
    isDrawn = true;
  });
  for (let before = performance.now(); !isDrawn; before = performance.now()) {
    await nextTurn();
    longestMs = Math.max(longestMs, performance.now() - before);
  }
  await drawn;
  expect(longestMs).toBeLessThan(500);
});
