import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPolicy } from '../../src/access/policy.ts';
import type { AccessConfig } from '../../src/config/access.ts';
import { ruleAttributes } from '../../src/config/access-settings.ts';
import { packageRoot } from '../../src/config/package-root.ts';
import { ConfigError } from '../../src/config/problem.ts';
import type { Command } from '../../src/config/setting.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { loadConfig, type SettingsInput } from '../../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const sha256 = 'A'.repeat(43);
const issuer = 'https://login.example/realms/a';
const links = { keys: [`a:${'ab'.repeat(32)}`] };

async function accessOf(access: SettingsInput['access'], more: SettingsInput = {}, command: Command = 'demo') {
  const settings = { stateFolder: temporaryFolder(), links, ...more, ...(access ? { access } : {}) };
  return (await loadConfig(command, { settings })).access;
}

async function problemsOf(text: string, args: readonly string[] = []): Promise<readonly string[]> {
  const folder = temporaryFolder({ 'conf.yaml': text });
  try {
    await loadConfig('demo', { args: ['--config', 'conf.yaml', '--state-folder', folder, ...args], folder });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

test('the example of the documentation is a configuration, and a policy', async () => {
  const page = readFileSync(join(packageRoot, 'docs/access.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n(access:.*?)```/s.exec(page) ?? [];
  expect(await problemsOf(yaml)).toEqual([]);
  const folder = temporaryFolder({ 'conf.yaml': yaml });
  const { access } = await loadConfig('demo', { args: ['--config', 'conf.yaml', '--state-folder', folder], folder });
  expect(access).toMatchObject({
    anonymousScopes: [],
    issuers: [{ audience: ['imaging'], smartScopes: true, tokenTypes: ['at+jwt', 'jwt'], clockSkewSeconds: 30 }],
    apiKeys: [{ id: 'dashboard', name: 'dashboard', expiresAt: Date.UTC(2027, 5, 30) / 1000 }],
    rows: { default: 'none', rules: [{ to: { claims: { groups: ['site-a', 'site-b'] } } }, { see: 'all' }] },
  });
  expect([...createPolicy(access).claimsOf('https://login.example/realms/hospital')].sort()).toEqual(
    ['groups', 'iss', 'patient', 'realm_access.roles', 'scope', 'sites', 'sub'].sort(),
  );
});

test('every attribute that a rule may ask for is one of PS3.6, and in the documentation', () => {
  expect(ruleAttributes.map((keyword) => tagOf(keyword))).toHaveLength(ruleAttributes.length);
  const page = readFileSync(join(packageRoot, 'docs/access.md'), 'utf8');
  const [, listed = ''] = /^Attributes: (.*)\.$/m.exec(page) ?? [];
  expect(listed.split(/[,;] /)).toEqual(ruleAttributes);
});

describe('whoever is not known may do', () => {
  const all = ['search', 'metadata', 'rendered', 'native', 'store', 'statistics', 'patient-data', 'admin'] as const;
  const apiKeys = [{ id: 'a', sha256, scopes: ['search' as const] }];
  const origin = 'http://pacs.example';
  test.each<[string, Command, SettingsInput, AccessConfig['anonymousScopes']]>([
    ['everything in the demo', 'demo', {}, all],
    ['nothing in a demo with access control', 'demo', { access: { apiKeys } }, []],
    ['nothing in serve with access control', 'serve', { origin, access: { apiKeys } }, []],
    ['what is said by name', 'serve', { origin, access: { apiKeys }, anonymousScopes: ['rendered'] }, ['rendered']],
    ['what is said by name, without access control too', 'serve', { origin, anonymousScopes: ['search'] }, ['search']],
  ])('%s', async (_what, command, settings, scopes) => {
    expect((await accessOf(settings.access, settings, command)).anonymousScopes).toEqual(scopes);
  });

  test('and so little that it does not start: nobody could do anything', async () => {
    expect(await problemsOf('anonymousScopes: []\n')).toEqual([expect.stringMatching(/^demo: needs to know who asks/)]);
  });
});

test('a server with access control may listen to the network, where nobody is anonymous', async () => {
  const keys = `access: { apiKeys: [{ id: a, sha256: ${sha256}, scopes: [search] }] }\n`;
  expect(await problemsOf(keys, ['--host', '0.0.0.0'])).toEqual([]);
  expect(await problemsOf(keys, ['--host', '0.0.0.0', '--anonymous-scopes', 'search'])).toEqual([
    expect.stringMatching(/^--host: whoever connects could do what --anonymous-scopes says/),
  ]);
});

test('flags and variables name one issuer', async () => {
  const folder = temporaryFolder();
  const { access } = await loadConfig('demo', {
    args: ['--access-audience', 'a', '--access-audience', 'b', '--state-folder', folder],
    environment: { DICOMWEB_GRAPHQL_ACCESS_ISSUER: issuer },
  });
  expect(access.issuers).toMatchObject([
    { issuer, audience: ['a', 'b'], algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
  ]);
});

describe('rows are by default', () => {
  const rules = [{ to: { who: 'everyone' as const }, see: { all: true as const } }];
  test.each<[string, NonNullable<SettingsInput['access']>['rows'], string]>([
    ['all, where there is no rule', undefined, 'all'],
    ['none, where that is said', { default: 'none' }, 'none'],
    ['none, where there is a rule', { rules }, 'none'],
    ['all, where there is a rule and that is said', { rules, default: 'all' }, 'all'],
  ])('%s', async (_what, rows, expected) => {
    expect((await accessOf({ ...(rows ? { rows } : {}) })).rows.default).toBe(expected);
  });
});

describe('is a problem', () => {
  const key = `{ id: a, sha256: ${sha256}, scopes: [search] }`;
  const rule = (to: string, see: string) => `access: { rows: { rules: [{ to: ${to}, see: ${see} }] } }\n`;
  const ofIssuer = (text: string) => `access: { issuers: [{ issuer: "${issuer}", audience: x, ${text} }] }\n`;
  test.each([
    [ofIssuer('algorithms: [HS256]'), /issuers\[0\]\.algorithms\[0\]: must be one of RS256/],
    [ofIssuer('algorithms: [none]'), /issuers\[0\]\.algorithms\[0\]: must be one of RS256/],
    [ofIssuer('algorithms: []'), /issuers\[0\]\.algorithms: must be a list of at least one/],
    [ofIssuer('audiance: x'), /issuers\[0\]\.audiance: no such setting; did you mean audience\?/],
    [ofIssuer('clockSkewSeconds: 3600'), /clockSkewSeconds: must be a whole number from 0 to 300/],
    [ofIssuer('scopes: { a: [serach] }'), /issuers\[0\]\.scopes\.a\[0\]: must be one of search/],
    [ofIssuer('jwksUrl: "http://keys.example"'), /jwksUrl: must be an https URL/],
    [ofIssuer('caFile: missing.pem'), /issuers\[0\]\.caFile: no such file/],
    [ofIssuer('patient: { attribute: PatientId }'), /patient\.attribute: must be one of PatientID/],
    ['access: { issuers: [{ issuer: "http://login.example", audience: x }] }\n', /issuer: must be an https URL/],
    ['access: { issuers: [{ issuer: "https://u:p@login.example", audience: x }] }\n', /issuer: must be an https URL/],
    ['access: { issuers: [{ issuer: "https://login.example" }] }\n', /audience: must be a text or a list/],
    [`access: { issuer: "${issuer}" }\n`, /access\.issuer: needs --access-audience too/],
    ['access: { audience: [x] }\n', /access\.audience: is for --access-issuer, which is not set/],
    [
      `access: { issuers: [{ issuer: "${issuer}", audience: x }, { issuer: "${issuer}", audience: y }] }\n`,
      /\[1\]\.issuer: is/,
    ],
    [`access: { apiKeys: [${key}, ${key}] }\n`, /apiKeys\[1\]\.id: is the id of another key too/],
    [`access: { apiKeys: [{ id: a, sha256: dwg_a_x, scopes: [search] }] }\n`, /sha256: must be a hash/],
    [
      `access: { apiKeys: [{ id: a, sha256: ${sha256}, scopes: [search], expires: 2027-13-01 }] }\n`,
      /expires: must be a day/,
    ],
    [rule('{}', '{ all: true }'), /rules\[0\]\.to: must say to whom/],
    [rule('{ who: everyone }', '{}'), /rules\[0\]\.see: must have a condition, or say all: true/],
    [rule('{ who: everyone }', '{ all: false }'), /see\.all: must be true/],
    [rule('{ who: everyone }', '{ all: true, origin: demo }'), /see\.all: not together with conditions/],
    [rule('{ who: everyone }', '{ origin: mian }'), /see\.origin: is no origin that is configured/],
    [rule('{ who: everyone }', '{ studyInstanceUID: 1.x }'), /studyInstanceUID\[0\]: must be a UID/],
    [
      rule('{ who: everyone }', '{ attributes: { PatientId: A } }'),
      /PatientId: no such setting; did you mean PatientID\?/,
    ],
    [rule('{ who: everyone }', '{ attributes: { InstitutionName: [] } }'), /InstitutionName: must be at least one/],
    [rule('{ group: x }', '{ all: true }'), /rules\[0\]\.to\.group: no such setting/],
    [
      `access: { issuers: [{ issuer: "${issuer}", audience: x }, { issuer: "${issuer}2", audience: x }], rows: { rules: [{ to: { subject: ann }, see: { all: true } }] } }\n`,
      /rules\[0\]\.to\.subject: needs to\.issuer too/,
    ],
    [rule('{ apiKey: a }', '{ all: true }'), /to\.apiKey: is no key of access\.apiKeys/],
    [rule(`{ issuer: "${issuer}" }`, '{ all: true }'), /to\.issuer: is no issuer of access\.issuers/],
  ])('%s', async (text, problem) => {
    expect(await problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });
});
