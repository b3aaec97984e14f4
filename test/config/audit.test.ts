import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig, type SettingsInput } from '../../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const load = (settings: SettingsInput) => loadConfig('demo', { settings: { stateFolder: '/state', ...settings } });

test('the demo keeps no audit trail, serve does, in the state folder, and answers nothing without it', async () => {
  expect((await load({})).audit).toBeNull();
  const links = { keys: [`k:${'ab'.repeat(32)}`] };
  const { audit } = await loadConfig('serve', {
    settings: { stateFolder: '/state', origin: 'https://archive.example', anonymousScopes: ['search'], links },
  });
  expect(audit).toMatchObject({ folder: '/state/audit', failClosed: true, windowSeconds: 60, repository: null });
});

test('what the repository is sent with is read from files', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'token'), 'abc.def\n');
  const { audit } = await load({
    audit: { enabled: true, repository: 'https://atna.example/fhir/', repositoryTokenFile: join(folder, 'token') },
  });
  expect(audit?.repository).toEqual({ url: 'https://atna.example/fhir', token: 'abc.def', batch: 50 });
});

test.each([
  ['a repository that is no URL', { repository: 'atna' }, 'settings: audit.repository: must be an http or https URL'],
  ['a token without a repository', { repositoryTokenFile: '/nowhere' }, 'needs audit.repository'],
  ['a token that is not there', { repository: 'https://a.example', repositoryTokenFile: '/nowhere' }, 'no such file'],
  ['a window of an hour', { windowSeconds: 3_600 }, 'must be a whole number from 0 to 600'],
])('%s is a problem', async (_what, audit, message) => {
  await expect(load({ audit: { enabled: true, ...audit } })).rejects.toThrow(message);
});

test('a certificate and its key go together', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'cert'), '-----BEGIN CERTIFICATE-----');
  await expect(
    load({ audit: { repository: 'https://a.example', repositoryCertFile: join(folder, 'cert') } }),
  ).rejects.toThrow('go together');
});

test.each(['10.0.0.0/33', '300.1.1.1', 'proxy.example', '10.0.0.0/8/1', '::1/129'])(
  '%s is no proxy to be trusted',
  async (proxy) => {
    await expect(load({ trustedProxies: [proxy] })).rejects.toThrow('must be an IP address or a network');
  },
);
