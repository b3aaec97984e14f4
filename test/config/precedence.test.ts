import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const key = (byte: string): string => byte.repeat(32);

describe('a setting given by several sources', () => {
  test('is that of the flag, else of the environment, else of the file, else its default', async () => {
    const folder = temporaryFolder({
      'conf.json': JSON.stringify({ port: 1, host: 'localhost', limits: { maxRows: 11 } }),
    });
    const environment = {
      DICOMWEB_GRAPHQL_PORT: '2',
      DICOMWEB_GRAPHQL_LIMITS_MAX_ROWS: '22',
      DICOMWEB_GRAPHQL_STATE_FOLDER: folder,
    };
    const config = await loadConfig('demo', { args: ['--config=conf.json', '--port=3'], environment, folder });
    expect(config).toMatchObject({ port: 3, limits: { maxRows: 22, maxOriginRequests: 100 }, host: 'localhost' });
  });

  test('that exclude each other is that of the strongest source', async () => {
    const folder = temporaryFolder({ 'conf.yaml': 'origin: http://pacs.example/dicom-web\n' });
    const environment = { DICOMWEB_GRAPHQL_CONFIG: 'conf.yaml', DICOMWEB_GRAPHQL_STATE_FOLDER: folder };
    const { archive } = await loadConfig('demo', { args: ['--folder', '.'], environment, folder });
    expect(archive).toMatchObject({ kind: 'folder', folder });
  });
});

test('JSON is read however it is indented', async () => {
  const folder = temporaryFolder({ 'conf.json': '{\n\t"port": 1,\n\t"limits": {\n\t\t"maxRows": 5\n\t}\n}\n' });
  const settings = { stateFolder: folder };
  const config = await loadConfig('demo', { args: ['--config=conf.json'], folder, settings });
  expect(config).toMatchObject({ port: 1, limits: { maxRows: 5 } });
});

test('a path in a file is relative to that file, a path in a flag to the working directory', async () => {
  const folder = temporaryFolder({
    keys: `a:${key('ab')}\n`,
    'conf.yaml': 'links: { keysFile: keys }\nstateFolder: state\n',
  });
  const config = await loadConfig('demo', { args: ['--config', join(folder, 'conf.yaml')], folder: '/' });
  expect(config.links.keys.map(({ id }) => id)).toEqual(['a']);
  expect(config.stateFolder).toBe(join(folder, 'state'));
});

test('origins take from originRequests what they do not say themselves', async () => {
  const folder = temporaryFolder({
    token: 'abc.def\n',
    'conf.yaml': `
originRequests: { headersTimeoutMs: 1234, retries: 0 }
origins:
  - { id: pacs, name: The archive, url: "https://pacs.example/dicom-web/", bearerFile: token }
  - { id: vna, url: "https://vna.example", basic: "user:pass:word", retries: 3, capabilities: { maxSearchLimit: null } }
`,
  });
  const { archive } = await loadConfig('demo', {
    args: ['--config', 'conf.yaml'],
    folder,
    environment: { DICOMWEB_GRAPHQL_STATE_FOLDER: folder },
  });
  expect(archive).toMatchObject({
    origins: [
      {
        id: 'pacs',
        name: 'The archive',
        url: 'https://pacs.example/dicom-web',
        credentials: { kind: 'bearer', token: 'abc.def' },
        headersTimeoutMs: 1234,
        connectTimeoutMs: 5000,
        retries: 0,
      },
      {
        id: 'vna',
        name: 'vna',
        credentials: { kind: 'basic', user: 'user', password: 'pass:word' },
        headersTimeoutMs: 1234,
        retries: 3,
        capabilities: { maxSearchLimit: null },
      },
    ],
  });
});

test('the credentials of --origin come by environment as well', async () => {
  const { archive } = await loadConfig('demo', {
    args: ['--origin', 'http://127.0.0.1:8042/dicom-web'],
    environment: { DICOMWEB_GRAPHQL_BASIC: 'facade:secret' },
    settings: { stateFolder: temporaryFolder() },
  });
  expect(archive).toMatchObject({
    origins: [
      { id: 'origin', name: '127.0.0.1:8042', credentials: { kind: 'basic', user: 'facade', password: 'secret' } },
    ],
  });
});

test('the config is frozen, all the way down', async () => {
  const config = await loadConfig('demo', { settings: { stateFolder: temporaryFolder() } });
  expect([config, config.limits, config.cors.origins, config.links.keys[0]].map(Object.isFrozen)).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('defaults of serve are stricter than those of the demo', async () => {
  const links = { keys: [`a:${key('ab')}`] };
  const origin = 'http://pacs.example';
  const [demo, serve] = await Promise.all([
    loadConfig('demo', { settings: { links } }),
    loadConfig('serve', { settings: { links, origin, anonymousScopes: ['search'] } }),
  ]);
  expect(demo).toMatchObject({ host: '127.0.0.1', graphiql: true, cors: { origins: ['localhost'] }, logLevel: 'warn' });
  expect(serve).toMatchObject({ host: '127.0.0.1', graphiql: false, cors: { origins: [] }, logLevel: 'info' });
});
