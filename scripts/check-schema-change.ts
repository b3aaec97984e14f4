// Refuses a change of schema/schema.graphql since the last release, the newest tag, that breaks clients and that CHANGELOG.md
// does not announce (see schema-change.ts). BASE, a commit, stands for the last release where it is given.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSchemas } from './schema-change.ts';

const root = join(import.meta.dirname, '..');
const file = 'schema/schema.graphql';

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });

const base = process.env['BASE'] ?? git('tag', '--merged', 'HEAD', '--sort=-version:refname').split('\n')[0];
if (!base) {
  console.log('No release yet whose clients could break.');
} else {
  const read = (name: string): string => readFileSync(join(root, name), 'utf8');
  const before = git('show', `${base}:${file}`);
  const { changes, breaking, unannounced } = await compareSchemas(before, read(file), read('CHANGELOG.md'));
  for (const change of unannounced) console.error(change);
  console.log(`Since ${base}: ${changes} changes, ${breaking.length} breaking, ${unannounced.length} not announced.`);
  process.exitCode = unannounced.length === 0 ? 0 : 1;
}
