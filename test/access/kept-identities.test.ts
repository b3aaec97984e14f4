import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { CallerToken } from '../../src/access/caller-token.ts';
import type { Identity } from '../../src/access/identity.ts';
import { createKeptIdentities, type KeptIdentitiesOptions } from '../../src/access/kept-identities.ts';
import { createIdentityBox } from '../../src/gateway/policy/identity-box.ts';
import { createLinkKeys } from '../../src/links/keys.ts';
import { linkKeys, noon, secretOf } from '../support/links.ts';

const subject = 'a'.repeat(32);
const box = createIdentityBox(linkKeys);
const mary: Identity = {
  subject: 'https://issuer.example#mary',
  kind: 'oidc',
  claims: { iss: ['https://issuer.example'], institution: ['North General'] },
  expiresAt: null,
  token: null,
};

let folder: string;
let now: number;
beforeEach(async () => {
  now = noon;
  folder = await mkdtemp(join(tmpdir(), 'identities-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const create = (options: Partial<KeptIdentitiesOptions> = {}) =>
  createKeptIdentities(folder, { box, clock: () => now * 1000, ...options });

const filesOf = async (name = subject) =>
  (await readdir(join(folder, name)).catch(() => [])).map((file) => join(folder, name, file));

test('who was kept is found by its hash, in this process and in any that shares the folder', async () => {
  const kept = create();
  kept.keep(subject, mary);
  expect(await kept.find(subject)).toEqual([mary]);
  expect(await create().find(subject)).toEqual([mary]);
  expect(await create().find('b'.repeat(32))).toEqual([]);
  expect(await create().find('../../etc')).toEqual([]);
});

test('what is written tells nothing, and is for this user alone', async () => {
  create().keep(subject, { ...mary, token: new CallerToken('secret') });
  const [file = ''] = await filesOf();
  expect(await readFile(file, 'utf8')).not.toMatch(/mary|North|issuer|secret/);
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect((await stat(join(folder, subject))).mode & 0o077).toBe(0);
  expect(await create().find(subject)).toEqual([mary]); // and without the caller's own token
});

test('who has the same claims again is kept once, and with others beside', async () => {
  const kept = create();
  kept.keep(subject, mary);
  kept.keep(subject, { ...mary, expiresAt: noon + 300 });
  expect(await filesOf()).toHaveLength(1);
  const promoted = { ...mary, claims: { ...mary.claims, institution: ['North General', 'South'] } };
  kept.keep(subject, promoted);
  expect(await create().find(subject)).toEqual(expect.arrayContaining([mary, promoted]));
});

test('it is kept for as long as a link of now may live, and no longer than its own credentials', async () => {
  create().keep(subject, mary);
  create().keep('b'.repeat(32), { ...mary, expiresAt: noon + 300 });
  now = noon + 3_600;
  expect(await create().find(subject)).toHaveLength(1);
  expect(await create().find('b'.repeat(32))).toEqual([]);
  now = noon + 2 * 3_600;
  expect(await create().find(subject)).toEqual([]);
});

test('it is written again while links are made, so that the last of them can be opened', async () => {
  const kept = create();
  for (now = noon; now <= noon + 7_200; now += 60) kept.keep(subject, mary);
  now += 3_500;
  expect(await create().find(subject)).toEqual([mary]);
});

test('credentials that end later count as soon as they are there', async () => {
  const kept = create();
  kept.keep(subject, { ...mary, expiresAt: noon + 60 });
  kept.keep(subject, { ...mary, expiresAt: noon + 1_000 });
  now = noon + 900;
  expect(await create().find(subject)).toHaveLength(1);
});

test('a file that was altered, moved to another subject, or sealed by other keys is nobody', async () => {
  create().keep(subject, mary);
  const [file = ''] = await filesOf();
  const sealed = await readFile(file, 'utf8');
  const foreign = createIdentityBox(createLinkKeys(new Map([['k1', secretOf(2)]])));
  for (const text of [`${sealed.slice(0, -2)}AA`, '', 'k1.', foreign.seal(JSON.stringify({ version: 1 }))]) {
    await writeFile(file, text);
    expect(await create().find(subject)).toEqual([]);
  }
  const other = 'c'.repeat(32);
  create().keep(other, mary);
  const [place = ''] = await filesOf(other);
  await writeFile(place, sealed);
  expect(await create().find(other)).toEqual([]);
});

test('what is over is removed, with what a killed process left', async () => {
  create().keep(subject, mary);
  await writeFile(join(folder, subject, '.draft'), '');
  now = noon + 2 * 3_600;
  create().keep('b'.repeat(32), mary);
  await expect.poll(() => filesOf()).toEqual([join(folder, subject, '.draft')]); // not a minute old: it may become one
  expect(await create().find('b'.repeat(32))).toHaveLength(1);
});

test('where the folder cannot be written identities are kept in memory, or keeping fails', async () => {
  await writeFile(join(folder, subject), ''); // no folder can be made there, whoever asks
  const told: unknown[] = [];
  const kept = create({ onUnwritable: (error) => told.push(error) });
  kept.keep(subject, mary);
  kept.keep(subject, mary);
  expect(told).toHaveLength(1);
  expect(await kept.find(subject)).toEqual([mary]);
  expect(() => create().keep(subject, mary)).toThrow();
});

test('a folder that could not be written is written again ten seconds after it can be, and that is told', async () => {
  await writeFile(join(folder, subject), '');
  const told: string[] = [];
  const kept = create({ onUnwritable: () => told.push('unwritable'), onRecovered: () => told.push('recovered') });
  kept.keep(subject, mary);
  await rm(join(folder, subject));
  now = noon + 9;
  kept.keep(subject, mary);
  expect(await create().find(subject)).toEqual([]);
  now = noon + 10;
  kept.keep(subject, mary);
  expect(await create().find(subject)).toEqual([mary]);
  expect(told).toEqual(['unwritable', 'recovered']);
});
