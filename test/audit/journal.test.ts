import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createJournal, JournalFullError, JournalGoneError, type JournalOptions } from '../../src/audit/journal.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const noon = Date.UTC(2026, 10, 22, 12);

function open(folder: string, options: Partial<JournalOptions> = {}) {
  const clock = { now: noon };
  const journal = createJournal({
    folder,
    maxFileBytes: 1_000_000,
    maxFileAgeMs: 3_600_000,
    maxFiles: 100,
    clock: () => clock.now,
    ...options,
  });
  onTestFinished(() => journal.close());
  return { journal, clock };
}

const touchLongAgo = (path: string): void => utimesSync(path, 0, Date.now() / 1000 - 3_600);

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));

test('lines that are appended stand in one file, in their order, for its owner alone', async () => {
  const folder = temporaryFolder();
  const { journal } = open(folder);
  await journal.append(['a\n', 'b\n']);
  await journal.append(['c\n']);
  expect(filesIn(folder)).toEqual(['a\nb\nc\n']);
  const [name = ''] = readdirSync(folder);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test('a file that is full, or old enough, is followed by another', async () => {
  const folder = temporaryFolder();
  const { journal, clock } = open(folder, { maxFileBytes: 10 });
  await journal.append(['12345\n']);
  await journal.append(['12345\n']);
  clock.now += 3_600_000;
  await journal.append(['3\n']);
  expect(filesIn(folder)).toEqual(['12345\n', '12345\n', '3\n']);
});

test('beyond their number the oldest files go', async () => {
  const folder = temporaryFolder();
  const { journal } = open(folder, { maxFileBytes: 1, maxFiles: 3 });
  for (const line of ['1\n', '2\n', '3\n', '4\n', '5\n']) await journal.append([line]);
  expect(filesIn(folder)).toEqual(['3\n', '4\n', '5\n']);
});

test('a file that may not go stops the journal, until it may', async () => {
  const folder = temporaryFolder();
  let mayRemove = false;
  const { journal } = open(folder, { maxFileBytes: 1, maxFiles: 2, mayRemove: async () => mayRemove });
  await journal.append(['1\n']);
  await journal.append(['2\n']);
  await expect(journal.append(['3\n'])).rejects.toThrow(JournalFullError);
  expect(filesIn(folder)).toEqual(['1\n', '2\n']);
  mayRemove = true;
  await journal.append(['3\n']);
  expect(filesIn(folder)).toEqual(['2\n', '3\n']);
});

test('what a process left torn is not added to by the next, and is cut off', async () => {
  const folder = temporaryFolder();
  const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  const ended = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
  const torn = `audit-20261122T115900000Z-${machine}-${ended}-0badcafe-000000.jsonl`;
  const whole = torn.replace('000000.jsonl', '000001.jsonl');
  const living = torn.replace(`-${ended}-`, `-${process.ppid}-`);
  writeFileSync(join(folder, torn), `{"a":1}\n{"b":${'2'.repeat(200_000)}`);
  writeFileSync(join(folder, whole), '{"c":3}\n');
  writeFileSync(join(folder, living), '{"d":4}\n{"e'); // may be written to at this moment
  const { journal } = open(folder);
  expect(await journal.repair()).toBe(1);
  await journal.append(['{"f":5}\n']);
  expect(readFileSync(join(folder, torn), 'utf8')).toBe('{"a":1}\n');
  expect(readFileSync(join(folder, whole), 'utf8')).toBe('{"c":3}\n');
  expect(readFileSync(join(folder, living), 'utf8')).toBe('{"d":4}\n{"e');
  expect(readdirSync(folder)).toHaveLength(4);
});

test('what was written to a file that somebody removed counts as not written, and goes to another', async () => {
  const folder = temporaryFolder();
  const { journal } = open(folder);
  await journal.append(['1\n']);
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  await expect(journal.append(['2\n'])).rejects.toThrow(JournalGoneError);
  await journal.append(['2\n']);
  expect(filesIn(folder)).toEqual(['2\n']);
});

const isWhole = (folder: string) => async (name: string) => readFileSync(join(folder, name), 'utf8').endsWith('\n');

test('what is torn after the start, or was too new then, is cut off before its file would have to go', async () => {
  const folder = temporaryFolder();
  const name = 'audit-20260101T000000000Z-00000000-1-0badcafe-000000.jsonl';
  const { journal } = open(folder, { maxFiles: 1, mayRemove: isWhole(folder) });
  writeFileSync(join(folder, name), '{"a":1}\n{"b'); // of another machine, a moment ago
  expect(await journal.repair()).toBe(0);
  await expect(journal.append(['1\n'])).rejects.toThrow(JournalFullError);
  expect(filesIn(folder)).toEqual(['{"a":1}\n{"b']);
  touchLongAgo(join(folder, name));
  await journal.append(['1\n']);
  expect(filesIn(folder)).toEqual(['1\n']);
});

test('a file of this machine that nobody wrote to for long is repaired, whoever has the number of its process now', async () => {
  const folder = temporaryFolder();
  const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  const name = `audit-20260101T000000000Z-${machine}-${process.ppid}-0badcafe-000000.jsonl`;
  writeFileSync(join(folder, name), '{"a":1}\n{"b');
  const { journal } = open(folder);
  expect(await journal.repair()).toBe(0);
  touchLongAgo(join(folder, name));
  expect(await journal.repair()).toBe(1);
  expect(filesIn(folder)).toEqual(['{"a":1}\n']);
});

test('a file without one whole line is emptied', async () => {
  const folder = temporaryFolder();
  const name = 'audit-20260101T000000000Z-00000000-1-0badcafe-000000.jsonl';
  writeFileSync(join(folder, name), '{"a');
  touchLongAgo(join(folder, name)); // of another machine, long ago
  const { journal } = open(folder);
  expect(await journal.repair()).toBe(1);
  expect(readFileSync(join(folder, name), 'utf8')).toBe('');
});

/** What every file is synced by. */
async function spyOnDatasync() {
  const file = await openFile(import.meta.filename);
  const spy = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'datasync');
  await file.close();
  onTestFinished(() => spy.mockRestore());
  return spy;
}

test('an append is over when the disk has its lines, not when they are written', async () => {
  const folder = temporaryFolder();
  const { journal } = open(folder);
  await journal.append(['1\n']);
  const datasync = await spyOnDatasync();
  const called = Promise.withResolvers<void>();
  const disk = Promise.withResolvers<void>();
  datasync.mockImplementation(() => {
    called.resolve();
    return disk.promise;
  });
  let isOver = false;
  const appended = journal.append(['2\n']).then(() => {
    isOver = true;
  });
  await Promise.race([called.promise, appended]);
  expect(filesIn(folder), 'they were written before they are synced').toEqual(['1\n2\n']);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isOver).toBe(false);
  disk.resolve();
  await appended;
  expect(datasync).toHaveBeenCalledTimes(1);
});

test('lines that the disk would not have count as not written, and go to another file', async () => {
  const folder = temporaryFolder();
  const { journal } = open(folder);
  await journal.append(['1\n']);
  const datasync = await spyOnDatasync();
  datasync.mockRejectedValueOnce(Object.assign(new Error('i/o error'), { code: 'EIO' }));
  await expect(journal.append(['2\n'])).rejects.toMatchObject({ code: 'EIO' });
  await journal.append(['2\n']);
  expect(filesIn(folder)).toEqual(['1\n', '2\n']);
});

/** Appends a line, one that is more than a file may hold, and one more. Prints what became of each, and what the files hold. */
const underLimit = `
  import { readdirSync, readFileSync } from 'node:fs';
  const [folder, module] = process.argv.slice(1);
  const { createJournal } = await import(module);
  const bounds = { maxFileBytes: 1e9, maxFileAgeMs: 1e9, maxFiles: 100, clock: Date.now };
  const journal = createJournal({ folder, ...bounds });
  const append = (line) => journal.append([line + '\\n']).then(() => 'kept', ({ code }) => code);
  const outcomes = [await append('kept'), await append('x'.repeat(32 * 1024)), await append('again')];
  const texts = readdirSync(folder).sort().map((name) => readFileSync(folder + '/' + name, 'utf8'));
  console.log(JSON.stringify({ outcomes, text: texts.join('') }));`;

// Whoever runs the tests may have the system end a write in the middle: by a limit for the size of files.
test.skipIf(process.platform === 'win32')('a write that ends in the middle leaves only whole lines', () => {
  const folder = temporaryFolder();
  const module = new URL('../../src/audit/journal.ts', import.meta.url).href;
  const script = 'ulimit -f 16 && exec "$0" "$@"'; // blocks of 512 bytes, or of 1024 where the shell is bash
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', underLimit];
  const printed = execFileSync('sh', ['-c', script, ...node, folder, module], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({ outcomes: ['kept', 'EFBIG', 'kept'], text: 'kept\nagain\n' });
});

test('on a full disk an append fails, leaves only whole lines, and succeeds when there is room again', async ({
  skip,
}) => {
  const disk = mountSmallDisk();
  if (disk === null) return skip('who runs this may not mount a file system: containers may refuse it to root, too');
  const { journal } = open(disk);
  await journal.append(['kept\n']);
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(48 * 1024));
  await expect(journal.append([`${'x'.repeat(32 * 1024)}\n`])).rejects.toMatchObject({ code: 'ENOSPC' });
  const texts = () =>
    readdirSync(disk)
      .filter((name) => name !== 'filler')
      .sort()
      .map((name) => readFileSync(join(disk, name), 'utf8'));
  expect(texts().join('')).toBe('kept\n');
  rmSync(filler);
  await journal.append(['again\n']);
  expect(texts().join('')).toBe('kept\nagain\n');
  await journal.close();
});
