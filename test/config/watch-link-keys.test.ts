import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { LinkKey } from '../../src/config/link-key.ts';
import { readKeyLines } from '../../src/config/link-key-lines.ts';
import type { Problem } from '../../src/config/problem.ts';
import { watchLinkKeys } from '../../src/config/watch-link-keys.ts';
import { temporaryFolder } from './temporary-folder.ts';

const line = (id: string, byte = 'ab') => `${id}:${byte.repeat(32)}\n`;
const keysOf = (contents: string) => readKeyLines(contents, 'keys', []);

/** A watched file, and what was told of it: ids by commas, or problems. */
function watched(contents: string, path = (folder: string) => join(folder, 'keys')) {
  const folder = temporaryFolder();
  const file = path(folder);
  writeFileSync(join(folder, 'keys'), contents);
  const told: string[] = [];
  const watch = watchLinkKeys(file, {
    current: keysOf(contents),
    onKeys: (keys: readonly LinkKey[]) => told.push(keys.map(({ id }) => id).join()),
    onProblems: (problems: readonly Problem[]) =>
      told.push(problems.map(({ where, message }) => `${where.replace(folder, '')}: ${message}`).join()),
    pollMs: 10,
  });
  onTestFinished(() => watch.close());
  return { folder, file, told, watch };
}

test('keys that are written to the file are told, however it is written', async () => {
  const { folder, file, told } = watched(line('a'));
  writeFileSync(file, line('b') + line('a'));
  await expect.poll(() => told).toEqual(['b,a']);
  writeFileSync(join(folder, 'draft'), line('b'));
  renameSync(join(folder, 'draft'), file);
  await expect.poll(() => told).toEqual(['b,a', 'b']);
  writeFileSync(file, line('b', 'cd')); // another secret under the same id
  await expect.poll(() => told).toEqual(['b,a', 'b', 'b']);
});

test('so are those behind a link to a folder that is exchanged, as containers mount secrets', async () => {
  const { folder, told } = watched(line('a'), (folder) => {
    for (const [name, keys] of [
      ['one', line('a')],
      ['two', line('b')],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'mounted'), keys);
    }
    symlinkSync('one', join(folder, 'data'));
    return join(folder, 'data', 'mounted');
  });
  symlinkSync('two', join(folder, 'data.new'));
  renameSync(join(folder, 'data.new'), join(folder, 'data'));
  await expect.poll(() => told).toEqual(['b']);
});

test('a file that cannot be used is told once, without what is in it, and later keys are taken', async () => {
  const { file, told } = watched(line('a'));
  writeFileSync(file, `${line('b')}c:canary-too-short\n`);
  await expect.poll(() => told).toEqual([expect.stringMatching(/^\/keys, key 2: must be ID:SECRET/)]);
  await wait(50);
  expect(told).toHaveLength(1);
  expect(told.join()).not.toContain('canary');
  rmSync(file);
  await expect.poll(() => told.slice(1)).toEqual(['/keys: no such file']);
  writeFileSync(file, line('d'));
  await expect.poll(() => told.slice(2)).toEqual(['d']);
});

test('nothing is told of a file that says what it said', async () => {
  const { file, told } = watched(line('a'));
  utimesSync(file, 1, 1);
  writeFileSync(file, `# the same\n${line('a')}`);
  await wait(80);
  expect(told).toEqual([]);
});

test('the file is read at once when that is asked for', () => {
  const { file, told, watch } = watched(line('a'));
  writeFileSync(file, line('b'));
  watch.reload();
  expect(told).toEqual(['b']);
});

test('nothing is told after it is closed', async () => {
  const { file, told, watch } = watched(line('a'));
  watch.close();
  writeFileSync(file, line('b'));
  await wait(60);
  expect(told).toEqual([]);
});
