import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
const checkout = join(scratch, 'checkout');
const installed = join(scratch, 'application', 'package');

// Packing changes package.json for a moment and writes dist/: in a copy, for other tests read the one and not the other.
beforeAll(async () => {
  mkdirSync(checkout);
  for (const name of [
    'src',
    'schema',
    'scripts',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'README.md',
  ]) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  mkdirSync(join(checkout, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(checkout, 'node_modules', name));
  }
  await promisify(execFile)('npm', ['pack', '--silent'], { cwd: checkout });
  const [tarball = ''] = readdirSync(checkout).filter((name) => name.endsWith('.tgz'));
  mkdirSync(dirname(installed));
  execFileSync('tar', ['-xzf', join(checkout, tarball), '-C', dirname(installed)]);
  symlinkSync(join(root, 'node_modules'), join(dirname(installed), 'node_modules'));
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const read = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

test('the published package.json asks for what the program needs, and for no Node of its own', () => {
  const { dependencies, ...published } = read(installed);
  expect(dependencies).toEqual(read(root)['dependencies']);
  expect(published).toMatchObject({ name: 'dicomweb-graphql', engines: { node: '>=22.19' } });
  expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['optionalDependencies']));
  expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['devDependencies']));
  expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['scripts']));
});

test('packing leaves the checkout as it was', () => {
  expect(readFileSync(join(checkout, 'package.json'), 'utf8')).toBe(readFileSync(join(root, 'package.json'), 'utf8'));
});

test('the package holds JavaScript, types and the schema, and neither tests nor sources', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(
    expect.arrayContaining(['dist/src/cli.js', 'dist/src/index.js', 'dist/src/index.d.ts', 'schema/schema.graphql']),
  );
  expect(files.filter((name) => /^(src|test)\b|(?<!\.d)\.ts$/.test(name))).toEqual([]);
});

test('its program runs', async () => {
  const cli = join(installed, 'dist/src/cli.js');
  const run = async (...args: string[]) => (await promisify(execFile)(process.execPath, [cli, ...args])).stdout;
  expect(await run('--version')).toBe(`${read(root)['version']}\n`);
  expect(await run('schema')).toBe((await runCli(['schema'])).stdout);
});

test('its modules are what index.ts names', async () => {
  const script = `import * as names from 'dicomweb-graphql'; console.log(Object.keys(names).sort().join())`;
  mkdirSync(join(scratch, 'user', 'node_modules'), { recursive: true });
  symlinkSync(installed, join(scratch, 'user', 'node_modules', 'dicomweb-graphql'));
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(scratch, 'user'),
  });
  expect(stdout).toContain('startFacade');
});
