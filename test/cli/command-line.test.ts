import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli } from './run-cli.ts';

test('--help says what there is, and nothing is started', async () => {
  const { code, stdout, stderr } = await runCli(['serve', '--help', '--prot', '1']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: dicomweb-graphql/m);
  for (const word of ['--folder DIR', '--origin URL', '--basic USER:PASSWORD', '--bearer TOKEN', '--public-url URL']) {
    expect(stdout).toContain(word);
  }
});

test('--version is that of the package', async () => {
  const manifest: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

describe('exit code 2, and nothing is started', () => {
  test.each([
    [['srve'], /^No such command; did you mean serve\?\n/],
    [['schema', '--port', '1'], /^schema takes --out FILE and nothing else\n/],
    [['schema', '--out'], /^schema takes --out FILE and nothing else\n/],
    [
      ['--prot', '1', '--port', 'x', '--host', '0.0.0.0'],
      /^3 problems .*\n {2}--prot: .*--port\?\n {2}--port: .*\n {2}--host: /,
    ],
    [['--folder', '/no/such/folder'], /^A problem .*\n {2}--folder: no such folder: \/no\/such\/folder\n/],
    [
      ['serve', '--folder', '.'],
      /^2 problems .*\n {2}serve: needs to know who asks: .*\n {2}serve: needs a link key: DICOMWEB_GRAPHQL_LINKS_KEYS or /,
    ],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\nSee: dicomweb-graphql --help\n$/);
  });

  test('a variable', async () => {
    const { code, stderr } = await runCli([], { DICOMWEB_GRAPHQL_PROT: '1' });
    expect(code).toBe(2);
    expect(stderr).toContain('DICOMWEB_GRAPHQL_PROT: no such setting; did you mean DICOMWEB_GRAPHQL_PORT?');
  });
});

test('schema prints what schema/schema.graphql holds, or writes it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'schema.graphql');
  const [printed, written] = await Promise.all([runCli(['schema']), runCli(['schema', '--out', file])]);
  expect([printed.code, written]).toEqual([0, { code: 0, stdout: '', stderr: '' }]);
  expect(printed.stdout).toContain('type Query {');
  expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
});
