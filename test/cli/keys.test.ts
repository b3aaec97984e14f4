import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { KeysMisuse, runKeys } from '../../src/keys-command.ts';
import { temporaryFolder } from '../config/temporary-folder.ts';
import { runCli } from './run-cli.ts';

const noon = new Date('2026-11-22T12:00:00Z');
const aDayLater = new Date('2026-11-23T13:00:00Z');

/** A file of keys, and the command on it. */
function keysIn(contents: string | null) {
  const folder = temporaryFolder(contents === null ? {} : { keys: contents });
  const file = join(folder, 'keys');
  const run = async (args: string, now = noon) =>
    (await runKeys([...args.split(' '), '--links-keys-file', 'keys'], { folder }, now)).text;
  return { folder, file, run, contents: () => readFileSync(file, 'utf8') };
}

const configuredIds = async (file: string): Promise<readonly string[]> => {
  const { links } = await loadConfig('demo', { args: ['--links-keys-file', file] });
  return links.keys.map(({ id }) => id);
};

describe('dicomweb-graphql keys make', () => {
  test('makes a file for this user alone, whose one key signs', async () => {
    const { file, run, contents } = keysIn(null);
    expect(await run('make')).toBe(`Made 2026-11-22, the one key of ${file}: it signs.`);
    expect(contents()).toMatch(/^# made 2026-11-22T12:00:00Z\n2026-11-22:[A-Za-z0-9_-]{43}\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await configuredIds(file)).toEqual(['2026-11-22']);
  });

  test('adds a key that verifies, so that every process can know it before one signs with it', async () => {
    const { file, run, contents } = keysIn(`# ours\nold:${'ab'.repeat(32)}\n# the end\n`);
    await run('make --id new');
    expect(await configuredIds(file)).toEqual(['old', 'new']);
    expect(contents()).toMatch(/^# ours\nold:(ab){32}\n# the end\n# made .*\nnew:/);
  });

  test('adds a key that signs at once with --sign', async () => {
    const { file, run } = keysIn(`old:${'ab'.repeat(32)}`);
    await run('make --sign --id=new');
    expect(await configuredIds(file)).toEqual(['new', 'old']);
  });

  test('gives the keys of one day ids of their own, and no two keys one secret', async () => {
    const { file, run, contents } = keysIn(null);
    for (let count = 0; count < 3; count++) await run('make');
    expect(await configuredIds(file)).toEqual(['2026-11-22', '2026-11-22-2', '2026-11-22-3']);
    expect(new Set(contents().match(/:[A-Za-z0-9_-]{43}$/gm)).size).toBe(3);
  });

  test('prints the key where no file is named', async () => {
    const { text, hint } = await runKeys(['make', '--id', 'x'], {}, noon);
    expect(text).toMatch(/^x:[A-Za-z0-9_-]{43}$/);
    expect(hint).toContain('kept nowhere');
    const { links } = await loadConfig('demo', { environment: { DICOMWEB_GRAPHQL_LINKS_KEYS: text } });
    expect(links.keys).toMatchObject([{ id: 'x' }]);
  });

  test('keeps the mode of a file, and where it is a link, the link', async () => {
    const { folder, file, run } = keysIn(`old:${'ab'.repeat(32)}\n`);
    chmodSync(file, 0o640);
    symlinkSync(file, join(folder, 'link'));
    await runKeys(['make', '--id', 'new', '--links-keys-file', 'link'], { folder }, noon);
    expect(await configuredIds(file)).toEqual(['old', 'new']);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    await run('drop new');
    expect(await configuredIds(file)).toEqual(['old']);
  });

  test('says so where others can read the file', async () => {
    const { folder, file } = keysIn(`old:${'ab'.repeat(32)}\n`);
    const hintOf = async (mode: number) => {
      chmodSync(file, mode);
      return (await runKeys(['make', '--links-keys-file', 'keys'], { folder }, noon)).hint;
    };
    expect(await hintOf(0o644)).toBe(`Everyone on this machine can read ${file}: chmod 600`);
    expect(await hintOf(0o640)).toBeUndefined();
  });

  test('leaves a file that another is changing as it is, and says which draft is in the way', async () => {
    const { file, run, contents } = keysIn(`old:${'ab'.repeat(32)}\n`);
    writeFileSync(`${file}.new`, 'of another');
    await expect(run('make')).rejects.toThrow(`${file}.new`);
    expect(contents()).toBe(`old:${'ab'.repeat(32)}\n`);
    expect(readFileSync(`${file}.new`, 'utf8')).toBe('of another');
  });

  test.each([
    ['a file that the server would not read', 'make', 'garbage:secret-canary\n'],
    ['an id that is there', 'make --id old', null],
    ['an id that is none', 'make --id a/b', null],
    ['a 17th key', 'make', Array.from({ length: 16 }, (_, n) => `k${n}:${'ab'.repeat(32)}\n`).join('')],
    ['a setting that there is not', 'make --signs', null],
  ])('refuses %s, and changes nothing', async (_, args, contents) => {
    const before = contents ?? `old:${'ab'.repeat(32)}\n`;
    const keys = keysIn(before);
    const error = await keys.run(args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('canary');
    expect(keys.contents()).toBe(before);
    expect(existsSync(`${keys.file}.new`)).toBe(false);
  });
});

describe('dicomweb-graphql keys sign and drop', () => {
  test('change over to a key, and let the one before go', async () => {
    const { file, run, contents } = keysIn(null);
    await run('make --id old');
    await run('make --id new', aDayLater);
    expect(await run('sign new')).toMatch(/^new signs now\. Links that old signed live for an hour at most/);
    expect(await configuredIds(file)).toEqual(['new', 'old']);
    expect(await run('sign new')).toBe('new signs already.');
    await run('drop old');
    expect(await configuredIds(file)).toEqual(['new']);
    expect(contents()).toMatch(/^# made 2026-11-23T13:00:00Z\nnew:.*\n$/);
  });

  test.each([
    ['sign gone', 'There is no key gone'],
    ['drop gone', 'There is no key gone'],
    ['drop old', 'old is the key that signs'],
    ['drop', 'keys drop needs the ID of a key'],
    ['sign a/b', 'keys sign needs the ID of a key'],
    ['burn old', 'keys takes make, list, sign ID or drop ID'],
  ])('keys %s is misuse', async (args, message) => {
    const { run } = keysIn(`old:${'ab'.repeat(32)}\nolder:${'cd'.repeat(32)}\n`);
    await expect(run(args)).rejects.toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
    await expect(run(args)).rejects.toThrow(KeysMisuse);
  });
});

describe('dicomweb-graphql keys list', () => {
  const secret = 'ab'.repeat(32);

  test('tells which key signs, how old each is and what to compare it by, and no secret', async () => {
    const { run, contents } = keysIn(`older:${secret}\n`);
    await run('make --sign');
    const listed = await run('list', aDayLater);
    expect(listed.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'USE', 'MADE', 'FINGERPRINT'],
      ['2026-11-22', 'signs', '2026-11-22 (1 day)', expect.stringMatching(/^[0-9a-f]{16}$/)],
      ['older', 'verifies', 'not known when', '897bdf3c4cb49cf9'],
    ]);
    for (const key of contents().matchAll(/^[^#:]*:(.{8})/gm)) expect(listed).not.toContain(key[1]);
    expect(JSON.parse(await run('list --json'))).toMatchObject([
      { id: '2026-11-22', signs: true, madeAt: '2026-11-22T12:00:00.000Z' },
      { id: 'older', signs: false, madeAt: null },
    ]);
  });

  test('lists those of the environment, too', async () => {
    const environment = { DICOMWEB_GRAPHQL_LINKS_KEYS: `a:${secret},b:${'cd'.repeat(32)}` };
    const { text } = await runKeys(['list'], { environment }, noon);
    expect(text).toMatch(/^a +signs +not known when +[0-9a-f]{16}\nb +verifies /m);
    expect(text).not.toContain('abab');
  });

  test('needs keys', async () => {
    await expect(runKeys(['list'], {})).rejects.toThrow(KeysMisuse);
    await expect(keysIn(null).run('list')).rejects.toThrow('no such file');
  });
});

test('the command prints what it did, and ends by what became of it', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'keys');
  const made = await runCli(['keys', 'make', '--id', 'first', '--links-keys-file', file]);
  expect(made).toEqual({ code: 0, stdout: `Made first, the one key of ${file}: it signs.\n`, stderr: '' });
  const [listed, misused, unwritable] = await Promise.all([
    runCli(['keys', 'list'], { DICOMWEB_GRAPHQL_LINKS_KEYS_FILE: file }),
    runCli(['keys', 'drop', 'first', '--links-keys-file', file]),
    runCli(['keys', 'make', '--links-keys-file', join(folder, 'no', 'such', 'folder')]),
  ]);
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  expect(listed.stdout).toContain('signs');
  expect([misused.code, misused.stdout]).toEqual([2, '']);
  expect(misused.stderr).toMatch(/^first is the key that signs/);
  expect([unwritable.code, unwritable.stdout]).toEqual([1, '']);
  expect(unwritable.stderr).toMatch(/^The file of keys cannot be written: ENOENT/);
});
