import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskStore, type DiskStoreOptions } from '../../src/gateway/cache/disk-store.ts';
import type { PayloadIdentity } from '../../src/gateway/cache/payload-identity.ts';

let folder: string;
const stores: DiskStore[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await rm(folder, { recursive: true });
});

function startStore(options: Partial<DiskStoreOptions> = {}): DiskStore {
  const store = new DiskStore({ folder, maxBytes: 2 ** 24, ttlMs: 60_000, ...options });
  stores.push(store);
  return store;
}

const identityOf = (text: string, study = '1.2'): PayloadIdentity => ({
  representation: 'NATIVE',
  study: ['test', study],
  text,
});

/** Keeps a body. False: it was not begun. */
async function keep(store: DiskStore, identity: PayloadIdentity, body: Buffer): Promise<boolean> {
  const name = await store.nameOf(identity);
  const writer = name && (await store.begin(name));
  if (!writer) return false;
  await writer.write(body);
  const digest = createHash('sha256').update(body).digest();
  await writer.commit(
    { mediaType: 'application/dicom', transferSyntaxUid: null, lastModified: null, digest },
    identity.text,
  );
  await writer.close();
  return true;
}

async function find(store: DiskStore, identity: PayloadIdentity): Promise<Buffer | null> {
  const name = await store.nameOf(identity);
  const entry = name && (await store.find(name, identity.text));
  return entry ? buffer(entry.open()) : null;
}

/** Paths of what is in the folder as an entry. */
async function entries(): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((e) => e.isFile() && /^[0-9a-f]{32}$/.test(e.name)).map((e) => join(e.parentPath, e.name));
}

const body = (seed: number, size = 100_000): Buffer =>
  Buffer.alloc(size, createHash('sha256').update(`${seed}`).digest());

describe('what is kept', () => {
  test('comes back also where its use cannot be written down', async () => {
    await keep(startStore(), identityOf('a'), body(1));
    const troubles: unknown[] = [];
    const readOnly = startStore({
      onTrouble: (error) => troubles.push(error),
      async openFile(path, flags, mode) {
        const handle = await open(path, flags, mode);
        const failure = Object.assign(new Error('read-only file system'), { code: 'EROFS' });
        return Object.assign(handle, { utimes: () => Promise.reject(failure) });
      },
    });
    expect(await find(readOnly, identityOf('a'))).toEqual(body(1));
    expect(troubles).toEqual([]);
  });

  test.each([0, 1, 64 * 1024 - 512, 64 * 1024 - 511, 64 * 1024, 1_000_000])('comes back: %d bytes', async (size) => {
    const store = startStore();
    await keep(store, identityOf('a'), body(1, size));
    expect(await find(store, identityOf('a'))).toEqual(body(1, size));
    expect(await find(store, identityOf('b'))).toBeNull();
    // Another process, or this one after a restart.
    expect(await find(startStore(), identityOf('a'))).toEqual(body(1, size));
  });

  test('can be opened anywhere, also after its body was let go of', async () => {
    for (const size of [1_000, 200_000]) {
      const store = startStore();
      await keep(store, identityOf('a'), body(1, size));
      const name = await store.nameOf(identityOf('a'));
      const entry = name && (await store.find(name, 'a'));
      if (!entry) throw new Error('It is not there');
      const whole = entry.open();
      const before = await buffer(await entry.openRange(10, 19));
      whole.destroy();
      await sleep(10);
      const after = await buffer(await entry.openRange(size - 10, size - 1));
      expect([before, after]).toEqual([body(1, size).subarray(10, 20), body(1, size).subarray(size - 10)]);
    }
  });

  test('is no longer given when it is too old, and goes from the disk', async () => {
    const clock = { now: Date.now() };
    const store = startStore({ ttlMs: 60_000, clock: () => clock.now });
    await keep(store, identityOf('a'), body(1));
    clock.now += 59_000;
    expect(await find(store, identityOf('a'))).not.toBeNull();
    clock.now += 2_000;
    expect(await find(store, identityOf('a'))).toBeNull();
    expect(await entries()).toEqual([]);
  });

  test('goes from the disk when it is too old though nobody asks for it', async () => {
    const store = startStore();
    await keep(store, identityOf('a'), body(1));
    await store.close();
    const [path = ''] = await entries();
    const old = new Date(Date.now() - 61_000);
    await utimes(path, old, old);
    startStore();
    await expect.poll(entries).toEqual([]);
  });
});

describe('the bound', () => {
  const isKept = async (store: DiskStore, names: string): Promise<string> => {
    const found = [];
    for (const name of names) if (await find(store, identityOf(name))) found.push(name);
    return found.join('');
  };

  test('holds by letting go of what was used least recently', async () => {
    const store = startStore({ maxBytes: 400_000 });
    for (const name of 'abc') await keep(store, identityOf(name), body(1));
    await find(store, identityOf('a'));
    await keep(store, identityOf('d'), body(1));
    expect(await isKept(store, 'abcd')).toBe('acd');
    await expect.poll(entries).toHaveLength(3);
    expect(store.counts).toMatchObject({ entries: 3, evicted: 1 });
    expect(store.counts.bytes).toBeLessThanOrEqual(400_000);
  });

  test('counts what is being written, and refuses what there is no room for', async () => {
    const store = startStore({ maxBytes: 400_000, maxEntryBytes: 200_000 });
    for (const name of 'abc') await keep(store, identityOf(name), body(1));
    const writers = await Promise.all(
      ['d', 'e', 'f'].map(async (text) => {
        const name = await store.nameOf(identityOf(text));
        const writer = name && (await store.begin(name));
        if (!writer) throw new Error('It was not begun');
        return writer;
      }),
    );
    const [first, second, third] = writers;
    await first?.write(body(1, 190_000));
    expect(store.counts.bytes).toBeLessThanOrEqual(400_000);
    await second?.write(body(2, 190_000));
    await expect(third?.write(body(3, 190_000))).rejects.toThrow('More');
    await expect(first?.write(body(1, 190_000))).rejects.toThrow('larger');
    expect(store.counts.entries).toBe(0);
    for (const writer of writers) {
      await writer.discard();
      await writer.close();
    }
    expect(store.counts).toMatchObject({ entries: 0, bytes: 0 });
    await expect.poll(entries).toEqual([]);
  });

  test('of entries holds too', async () => {
    const store = startStore({ maxEntries: 2 });
    for (const name of 'abc') await keep(store, identityOf(name), body(1, 10));
    expect(await isKept(store, 'abc')).toBe('bc');
  });

  test('holds after a restart, of what was used least recently before it', async () => {
    const before = startStore();
    for (const [index, name] of [...'abcd'].entries()) {
      await keep(before, identityOf(name), body(1));
      // Times on disk, apart by more than the clock of a file system tells.
      const [path = ''] = (await entries()).filter((entry) => !known.has(entry));
      known.add(path);
      await utimes(path, new Date(Date.now() - 10_000 + index * 1_000), new Date(Date.now() - 10_000));
    }
    await before.close();
    const after = startStore({ maxBytes: 220_000 });
    await expect.poll(() => after.counts.entries).toBe(2);
    expect(await isKept(after, 'abcd')).toBe('cd');
    await expect.poll(entries).toHaveLength(2);
  });
  const known = new Set<string>();

  test('holds for processes together that share a folder', async () => {
    const one = startStore({ maxBytes: 300_000, sweepMs: 20 });
    const other = startStore({ maxBytes: 300_000, sweepMs: 20 });
    for (const name of 'abc') await keep(one, identityOf(name), body(1, 50_000));
    for (const name of 'defg') await keep(other, identityOf(name), body(1, 50_000));
    await expect.poll(async () => (await entries()).length).toBeLessThanOrEqual(5);
    await expect.poll(() => one.counts.bytes).toBeLessThanOrEqual(300_000);
  });
});

describe('a file that is not what was stored', () => {
  const damage: readonly [string, (path: string) => Promise<unknown>][] = [
    ['is cut off', (path) => truncate(path, 50_000)],
    ['is cut off in its head', (path) => truncate(path, 100)],
    ['is empty', (path) => truncate(path, 0)],
    ['is of the right length, and has other bytes', (path) => change(path, 60_000)],
    ['has another head', (path) => change(path, 45)],
    ['has more bytes', (path) => writeFile(path, Buffer.alloc(1), { flag: 'a' })],
    ['is something else', (path) => writeFile(path, 'Something else')],
  ];
  const change = async (path: string, at: number): Promise<void> => {
    const bytes = await readFile(path);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(path, bytes);
  };

  test.each(damage)('as it %s is not given, and goes', async (_, work) => {
    const before = startStore();
    await keep(before, identityOf('a'), body(1));
    await before.close();
    const [path = ''] = await entries();
    await work(path);
    const store = startStore();
    expect(await find(store, identityOf('a'))).toBeNull();
    expect(store.counts.damaged).toBe(1);
    expect(await entries()).toEqual([]);
    await keep(store, identityOf('a'), body(2));
    expect(await find(store, identityOf('a'))).toEqual(body(2));
  });

  test('as it is that of another is not given', async () => {
    const before = startStore();
    await keep(before, identityOf('a'), body(1));
    const [ofA = ''] = await entries();
    await keep(before, identityOf('b'), body(2));
    const [ofB = ''] = (await entries()).filter((path) => path !== ofA);
    await rename(ofA, ofB);
    expect(await find(startStore(), identityOf('b'))).toBeNull();
  });
});

describe('a purge', () => {
  test('takes all of a study away for every process, and nothing else', async () => {
    const [one, other] = [startStore(), startStore()];
    for (const text of ['a', 'b']) await keep(one, identityOf(text, '1.2'), body(1));
    await keep(one, identityOf('c', '1.3'), body(1));
    expect(await find(other, identityOf('a', '1.2'))).not.toBeNull();
    await one.purge('test', '1.2');
    for (const store of [one, other]) {
      expect(await find(store, identityOf('a', '1.2'))).toBeNull();
      expect(await find(store, identityOf('b', '1.2'))).toBeNull();
      expect(await find(store, identityOf('c', '1.3'))).not.toBeNull();
    }
    expect(await entries()).toHaveLength(1);
    expect(one.counts.entries).toBe(1);
  });

  test('of what cannot be taken away keeps it from being given, and is tried again', async () => {
    const store = startStore({ sweepMs: 20 });
    await keep(store, identityOf('a'), body(1));
    // The trash is no folder: nothing can be put there, nor it be made.
    await rm(join(folder, 'trash'), { recursive: true });
    await writeFile(join(folder, 'trash'), '');
    await store.purge('test', '1.2');
    expect(await find(store, identityOf('a'))).toBeNull();
    expect(await entries()).toHaveLength(1);
    await rm(join(folder, 'trash'));
    await expect.poll(entries).toEqual([]);
  });
});

test('a folder that cannot be used keeps nothing, and is used again once it can be', async () => {
  const clock = { ahead: 0 };
  const told: string[] = [];
  const path = join(folder, 'below', 'cache');
  await writeFile(join(folder, 'below'), 'a file');
  const store = startStore({
    folder: path,
    retryMs: 30_000,
    clock: () => Date.now() + clock.ahead,
    onTrouble: (error) => told.push(error instanceof Error && 'code' in error ? String(error.code) : 'unknown'),
    onRecovered: () => told.push('again'),
  });
  expect(await keep(store, identityOf('a'), body(1))).toBe(false);
  expect(await keep(store, identityOf('a'), body(1))).toBe(false);
  await rm(join(folder, 'below'));
  expect(await keep(store, identityOf('a'), body(1))).toBe(false);
  expect(told).toEqual(['ENOTDIR']);
  clock.ahead = 31_000;
  expect(await keep(store, identityOf('a'), body(1))).toBe(true);
  expect(await find(store, identityOf('a'))).toEqual(body(1));
  expect(told).toEqual(['ENOTDIR', 'again']);
});

test('a folder that is emptied under a running program is used as an empty one', async () => {
  const store = startStore();
  await keep(store, identityOf('a'), body(1));
  await rm(folder, { recursive: true });
  await mkdir(folder);
  expect(await find(store, identityOf('a'))).toBeNull();
  await keep(store, identityOf('a'), body(2));
  expect(await find(store, identityOf('a'))).toEqual(body(2));
  await store.purge('test', '1.2');
  expect(await find(store, identityOf('a'))).toBeNull();
});

test('what a killed process left half written goes after an hour', async () => {
  const store = startStore();
  const name = await store.nameOf(identityOf('a'));
  const writer = name && (await store.begin(name));
  await writer?.write(body(1));
  await writer?.close();
  const parts = async () => (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.part'));
  const [path = ''] = await parts();
  await store.close();
  const other = startStore({ sweepMs: 20 });
  await expect.poll(() => other.nameOf(identityOf('a'))).not.toBeNull();
  expect(await parts()).toHaveLength(1);
  const old = new Date(Date.now() - 3_601_000);
  await utimes(join(folder, path), old, old);
  await expect.poll(parts).toEqual([]);
});
