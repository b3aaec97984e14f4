import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runApiKey } from '../../src/api-key-command.ts';
import { loadConfig } from '../../src/config/config.ts';
import { temporaryFolder } from '../config/temporary-folder.ts';
import { runCli } from './run-cli.ts';

test('api-key make shows the key, and the entry by which the server knows it', async () => {
  const args = [
    'make',
    '--id',
    'dashboard',
    '--name',
    'The "board"',
    '--scopes',
    'statistics, search',
    '--expires',
    '2099-06-30',
  ];
  const { code, stdout, stderr } = await runCli(['api-key', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  const key = /^ {2}(dwg_dashboard_\S{43})$/m.exec(stdout)?.[1] ?? '';
  const yaml = stdout.slice(stdout.indexOf('access:'));
  expect(parse(yaml)).toEqual({
    access: {
      apiKeys: [
        {
          id: 'dashboard',
          name: 'The "board"',
          sha256: createHash('sha256').update(key).digest('base64url'),
          scopes: ['statistics', 'search'],
          expires: '2099-06-30',
        },
      ],
    },
  });
  const folder = temporaryFolder({ 'conf.yaml': yaml });
  const { access } = await loadConfig('demo', { args: ['--config', 'conf.yaml', '--state-folder', folder], folder });
  expect(access.apiKeys[0]).toMatchObject({ name: 'The "board"', expiresAt: Date.UTC(2099, 5, 30) / 1000 });
  expect(access.anonymousScopes).toEqual([]);
});

test('for programs it is JSON', () => {
  const { key, entry } = JSON.parse(runApiKey(['make', '--id', 'a', '--json']));
  expect([key.startsWith('dwg_a_'), entry.scopes]).toEqual([true, ['search']]);
});

test.each([
  [[], /^api-key takes make --id ID/],
  [['make'], /^api-key takes make --id ID/],
  [['make', '--id'], /^api-key takes make --id ID/],
  [['make', '--id', 'a', 'b'], /^api-key takes make --id ID/],
  [['make', '--id', 'a_b'], /^--id: must be 1 to 32 letters, digits or "-"$/],
  [['make', '--id', 'a', '--scopes', 'serach'], /^--scopes: must be one of search, /],
  [['make', '--id', 'a', '--expires', 'tomorrow'], /^--expires: must be a day/],
])('api-key %j is misuse', (args, message) => {
  expect(() => runApiKey(args)).toThrow(message);
});

test('misuse is exit code 2', async () => {
  const { code, stdout, stderr } = await runCli(['api-key', 'list']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^api-key takes make --id ID.*\nSee: dicomweb-graphql --help\n$/);
});
