import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSpentLinks, createSpentLinksInMemory } from '../../src/gateway/upload/spent-links.ts';

let root: string;
let number = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'spent-'));
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = () => join(root, `${number++}`, 'spent');

const one = '0123456789abcdef0123456789abcdef';
const other = 'f'.repeat(32);
const now = 1_800_000_000;

describe.each(['memory', 'a folder'])('links remembered in %s', (kind) => {
  const create = (clock = () => now * 1000) =>
    kind === 'memory' ? createSpentLinksInMemory(clock) : createSpentLinks(newFolder(), clock);

  test('are taken once, each for itself', async () => {
    const links = create();
    expect(await links.claim(one, now + 600)).toBe(true);
    expect(await links.claim(one, now + 600)).toBe(false);
    expect(await links.claim(other, now + 600)).toBe(true);
  });

  test('are taken by one of those who come together', async () => {
    const links = create();
    const taken = await Promise.all(Array.from({ length: 20 }, () => links.claim(one, now + 600)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('are good again once given back', async () => {
    const links = create();
    await links.claim(one, now + 600);
    await links.release(one, now + 600);
    expect(await links.claim(one, now + 600)).toBe(true);
  });
});

test('a folder remembers for another process, and after a restart', async () => {
  const folder = newFolder();
  expect(await createSpentLinks(folder, () => now * 1000).claim(one, now + 600)).toBe(true);
  expect(await createSpentLinks(folder, () => now * 1000).claim(one, now + 600)).toBe(false);
});

test('a folder forgets links that have long expired, and no others', async () => {
  const folder = newFolder();
  let seconds = now;
  const links = createSpentLinks(folder, () => seconds * 1000);
  await links.claim(one, now + 600);
  await links.claim(other, now + 3_000);
  seconds = now + 901;
  await links.claim('a'.repeat(32), now + 3_000);
  expect((await readdir(folder)).sort()).toEqual([`${now + 3_000}-${'a'.repeat(32)}`, `${now + 3_000}-${other}`]);
});

test('where it cannot be known whether a link was used it is refused, and taken once as soon as it can', async () => {
  const inTheWay = join(root, `file-${number++}`);
  await writeFile(inTheWay, '');
  const folder = join(inTheWay, 'spent');
  const links = createSpentLinks(folder, () => now * 1000);
  await expect(links.claim(one, now + 600)).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { code: 'ENOTDIR' } });
  await expect(links.claim(one, now + 600)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await rm(inTheWay);
  const other = createSpentLinks(folder, () => now * 1000);
  expect(await other.claim(one, now + 600)).toBe(true);
  expect(await links.claim(one, now + 600)).toBe(false);
});
