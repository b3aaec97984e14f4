import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig, type Surroundings } from '../../src/config/config.ts';
import { describeSettings } from '../../src/config/help.ts';
import { ConfigError } from '../../src/config/problem.ts';
import type { SettingsInput } from '../../src/config/settings.ts';
import { temporaryFolder } from './temporary-folder.ts';

const origin = 'https://pacs.example/dicom-web';
const key = { region: 'eu-west-1', accessKeyId: 'AKIDEXAMPLE' };
const client = { tokenUrl: 'https://login.example/token?tenant=1', clientId: 'facade' };

async function credentialsOf(surroundings: Surroundings): Promise<unknown> {
  const settings = { stateFolder: temporaryFolder(), ...surroundings.settings };
  const { archive } = await loadConfig('demo', { ...surroundings, settings });
  return archive.kind === 'origins' ? archive.origins.map(({ credentials }) => credentials) : null;
}

async function problemsOf(surroundings: Surroundings): Promise<readonly string[]> {
  try {
    await credentialsOf(surroundings);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

describe('credentials are put together', () => {
  test('from a file and, for what is secret, the environment', async () => {
    const folder = temporaryFolder({
      'conf.yaml': `origin: ${origin}\noauth: { tokenUrl: '${client.tokenUrl}', clientId: facade, scope: a b }\n`,
    });
    const environment = { DICOMWEB_GRAPHQL_OAUTH_CLIENT_SECRET: 's3cret' };
    expect(await credentialsOf({ folder, args: ['--config', 'conf.yaml'], environment })).toEqual([
      { kind: 'oauth', ...client, clientSecret: 's3cret', clientAuthentication: 'client_secret_basic', scope: 'a b' },
    ]);
  });

  test('from flags and a file for the secret, of which the end of the line is dropped', async () => {
    const folder = temporaryFolder({ secret: 's3cret/+\n', session: 'IQo==\n' });
    const args = ['--origin', origin, '--aws-region', 'eu-west-1', '--aws-access-key-id', 'AKIDEXAMPLE'];
    const files = ['--aws-secret-access-key-file', 'secret', '--aws-session-token-file', 'session'];
    expect(await credentialsOf({ folder, args: [...args, ...files] })).toEqual([
      { kind: 'aws', ...key, service: 'medical-imaging', secretAccessKey: 's3cret/+', sessionToken: 'IQo==' },
    ]);
  });

  test('for each of several origins', async () => {
    const settings: SettingsInput = {
      origins: [
        { id: 'a', url: origin, oauth: { ...client, clientSecret: 's', clientAuthentication: 'client_secret_post' } },
        { id: 'b', url: origin, aws: { ...key, service: 'other', secretAccessKey: 's' } },
        { id: 'c', url: origin, forwardToken: true },
        { id: 'd', url: origin, forwardToken: false },
      ],
    };
    expect(await credentialsOf({ settings })).toEqual([
      { kind: 'oauth', ...client, clientSecret: 's', clientAuthentication: 'client_secret_post' },
      { kind: 'aws', ...key, service: 'other', secretAccessKey: 's' },
      { kind: 'forward' },
      { kind: 'none' },
    ]);
  });

  test('of the strongest source, where several have some', async () => {
    const settings: SettingsInput = { origin, bearer: 'weak', oauth: { ...client, clientSecret: 's' } };
    expect(await problemsOf({ settings })).toEqual(['settings: oauth.tokenUrl: not together with settings: bearer']);
    expect(await credentialsOf({ settings: { origin, bearer: 'weak' }, args: ['--forward-token'] })).toEqual([
      { kind: 'forward' },
    ]);
  });
});

test('the example of the documentation is right', async () => {
  const text = readFileSync(new URL('../../docs/credentials.md', import.meta.url), 'utf8');
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
  const folder = temporaryFolder({
    'conf.yaml': yaml.replaceAll('/run/secrets/', ''),
    'azure-client': 's3cret\n',
    'aws-key': 's3cret\n',
  });
  expect(await credentialsOf({ folder, args: ['--config', 'conf.yaml'] })).toMatchObject([
    { kind: 'oauth', clientSecret: 's3cret' },
    { kind: 'aws', secretAccessKey: 's3cret', service: 'medical-imaging' },
    { kind: 'forward' },
  ]);
});

describe('credentials are refused', () => {
  const cases: [what: string, settings: SettingsInput, problems: readonly string[]][] = [
    [
      'without all their parts',
      { origin, oauth: { scope: 'a' } },
      [
        'settings: oauth.scope: needs oauth.tokenUrl too',
        'settings: oauth.scope: needs oauth.clientId too',
        'settings: oauth.scope: needs oauth.clientSecret too',
      ],
    ],
    ['without a secret', { origin, aws: key }, ['settings: aws.region: needs aws.secretAccessKey too']],
    [
      'with two secrets',
      { origin, oauth: { ...client, clientSecret: 's', clientSecretFile: 'f' } },
      ['settings: oauth.clientSecretFile: not together with settings: oauth.clientSecret'],
    ],
    [
      'with a file that is not there',
      { origin, oauth: { ...client, clientSecretFile: 'none' } },
      ['settings: oauth.clientSecretFile: no such file'],
    ],
    [
      'with a file of several lines',
      { origin, oauth: { ...client, clientSecretFile: 'lines' } },
      ['settings: oauth.clientSecretFile: the file must hold a secret without control characters'],
    ],
    [
      'with a token endpoint that is no URL, once',
      { origin, oauth: { tokenUrl: 'login.example', clientId: 'facade', clientSecret: 's' } },
      ['settings: oauth.tokenUrl: must be an http or https URL without user, password and fragment'],
    ],
    ['without an origin', { forwardToken: true }, ['settings: forwardToken: is for --origin, which is not set']],
    [
      'twice for one of several origins',
      { origins: [{ id: 'a', url: origin, basic: 'u:p', aws: { ...key, secretAccessKey: 's' } }] },
      ['settings: origins[0].aws.region: not together with settings: origins[0].basic'],
    ],
    [
      'without all their parts, of one of several origins',
      { origins: [{ id: 'a', url: origin, oauth: { clientId: 'facade', clientSecret: 's' } }] },
      ['settings: origins[0].oauth.clientId: needs oauth.tokenUrl too'],
    ],
  ];

  test.each(cases)('%s', async (_, settings, problems) => {
    expect(await problemsOf({ folder: temporaryFolder({ lines: 'a\nb\n' }), settings })).toEqual(problems);
  });

  test('as flags, which other users of the machine can read', async () => {
    expect(await problemsOf({ args: ['--origin', origin, '--aws-secret-access-key', 's'] })).toEqual([
      '--aws-secret-access-key: no such setting as a flag: it is secret; set it by environment or file',
    ]);
  });

  test('with a hint, where a name is misspelt', async () => {
    const folder = temporaryFolder({
      'conf.yaml': `origins:\n  - { id: a, url: '${origin}', oauth: { clientID: x } }\n`,
    });
    expect(await problemsOf({ folder, args: ['--config', 'conf.yaml'] })).toEqual([
      'conf.yaml: origins[0].oauth.clientID: no such setting; did you mean clientId?',
    ]);
  });
});

test('no problem, and no help, shows a secret', async () => {
  const secret = 'do-not\u0007show';
  const told = await problemsOf({
    settings: { origin, oauth: { ...client, clientSecret: secret }, aws: { ...key, sessionToken: secret } },
  });
  expect(told.length).toBeGreaterThan(0);
  expect(told.join() + describeSettings(true)).not.toContain('do-not');
});
