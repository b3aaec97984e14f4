import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { keptLinkKeys } from '../../src/config/kept-link-key.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the demo keeps its link key', () => {
  test('in a file for this user only, so that the next start signs with it too', async () => {
    const stateFolder = join(temporaryFolder(), 'not', 'there', 'yet');
    const first = await loadConfig('demo', { settings: { stateFolder } });
    const second = await loadConfig('demo', { settings: { stateFolder } });
    const [key, again] = [first.links.keys[0], second.links.keys[0]];
    expect(key?.id).toBe('demo');
    expect(key?.secret.symmetricKeySize).toBe(32);
    expect(again && key?.secret.equals(again.secret)).toBe(true);
    expect(statSync(join(stateFolder, 'link-keys')).mode & 0o777).toBe(0o600);
    expect(first.links.kept).toBe(true);
  });

  test('for this user only also where the file was open to others', () => {
    const stateFolder = temporaryFolder({ 'link-keys': `demo:${'ab'.repeat(32)}\n` });
    chmodSync(join(stateFolder, 'link-keys'), 0o644);
    keptLinkKeys(stateFolder);
    expect(statSync(join(stateFolder, 'link-keys')).mode & 0o777).toBe(0o600);
  });

  test('in memory where the folder cannot be made, and says so', async () => {
    const blocked = temporaryFolder({ file: '' });
    const { links } = await loadConfig('demo', { settings: { stateFolder: join(blocked, 'file', 'state') } });
    expect(links).toMatchObject({ kept: false, keys: [{ id: 'demo' }] });
  });

  test('unless it cannot be read as a key, which is a problem and not a new key', async () => {
    const stateFolder = temporaryFolder({ 'link-keys': 'garbage\n' });
    await expect(loadConfig('demo', { settings: { stateFolder } })).rejects.toThrow(
      /link-keys, key 1: must be ID:SECRET/,
    );
    expect(readFileSync(join(stateFolder, 'link-keys'), 'utf8')).toBe('garbage\n');
  });

  test('but makes none where something else is wrong', async () => {
    const stateFolder = join(temporaryFolder(), 'state');
    await expect(loadConfig('demo', { settings: { stateFolder, port: -1 } })).rejects.toThrow('port');
    expect(existsSync(stateFolder)).toBe(false);
  });
});

test('a file of keys gives them in its order, without comments', async () => {
  const folder = temporaryFolder();
  const hex = '0123456789abcdef'.repeat(4);
  const base64 = Buffer.alloc(33, 7).toString('base64');
  writeFileSync(join(folder, 'keys'), `# the newest first\n2026b:${hex}\n\n2026a:${base64}\n`);
  const args = ['--origin=http://a', '--links-keys-file=keys', '--anonymous-scopes=search'];
  const config = await loadConfig('serve', { args, folder });
  expect(config.links.keys.map(({ id, secret }) => [id, secret.export().toString('hex')])).toEqual([
    ['2026b', hex],
    ['2026a', '07'.repeat(33)],
  ]);
});

test('a secret is not in what a dump of the config shows', async () => {
  const secret = 'c0ffee'.repeat(11);
  const config = await loadConfig('demo', { settings: { links: { keys: [`a:${secret}`] } } });
  const dump = inspect(config, { depth: 10, showHidden: true }) + JSON.stringify(config);
  expect(dump).not.toContain(secret);
  expect(dump).not.toContain('c0ffee');
});
