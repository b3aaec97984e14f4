import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, type Surroundings } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/problem.ts';
import type { Command } from '../../src/config/setting.ts';
import { temporaryFolder } from './temporary-folder.ts';

const linkSecret = 'ab'.repeat(32);

/** Problems as the terminal shows them, a line each. */
async function problemsOf(command: Command, surroundings: Surroundings): Promise<readonly string[]> {
  try {
    await loadConfig(command, { settings: { stateFolder: temporaryFolder() }, ...surroundings });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

test('all problems of all sources are told at once, each with its place', async () => {
  const folder = temporaryFolder({
    'conf.yaml': 'prot: 4000\nlimits:\n  maxRows: 0\n  maxRowz: 1\nlinks: 3\n',
  });
  const problems = await problemsOf('serve', {
    folder,
    environment: { DICOMWEB_GRAPHQL_PORT: 'http', DICOMWEB_GRAPHQL_HOSTS: 'a', HOSTS: 'b' },
    args: ['--config', 'conf.yaml', '--loglevel', 'debug', '--public-url', 'ftp://a', '--folder', 'missing', 'more'],
  });
  expect(problems).toEqual([
    'conf.yaml: prot: no such setting; did you mean port?',
    'conf.yaml: limits.maxRowz: no such setting; did you mean maxRows?',
    'conf.yaml: links: must be names and values',
    'conf.yaml: limits.maxRows: must be a whole number from 1 to 1000000',
    'DICOMWEB_GRAPHQL_HOSTS: no such setting; did you mean DICOMWEB_GRAPHQL_HOST?',
    'DICOMWEB_GRAPHQL_PORT: must be a whole number from 0 to 65535',
    '--loglevel: no such setting; did you mean --log-level?',
    'argument 9: not expected here',
    '--public-url: must be an http or https URL',
    `--folder: no such folder: ${join(folder, 'missing')}`,
    expect.stringMatching(/^serve: needs to know who asks: --access-issuer, or /),
    expect.stringMatching(/^serve: needs a link key: DICOMWEB_GRAPHQL_LINKS_KEYS or --links-keys-file/),
  ]);
});

describe('a flag is refused', () => {
  test.each([
    [['--prot', '1'], '--prot: no such setting; did you mean --port?'],
    [['--prot=1'], '--prot: no such setting; did you mean --port?'],
    [['-p', '1'], '-p: no such setting'],
    [['--no-port'], '--no-port: no such setting'],
    [['--port'], '--port: needs a value'],
    [['--port', '--graphiql'], '--port: needs a value (one that begins with a dash: --port=VALUE)'],
    [['--port', '1', '--port', '2'], '--port: given twice'],
    [['--port', '1e3'], '--port: must be a whole number from 0 to 65535'],
    [['--port', '65536'], '--port: must be a whole number from 0 to 65535'],
    [['--port='], '--port: must be a whole number from 0 to 65535'],
    [['--graphiql=no'], '--graphiql: takes no value; to turn it off: --no-graphiql'],
    [
      ['--log-level', 'wran'],
      '--log-level: must be one of trace, debug, info, warn, error, silent; did you mean warn?',
    ],
    [['--host', 'a b'], '--host: must be a host name or an IP address'],
    [['--host', '999.1.1.1'], '--host: must be a host name or an IP address'],
    [['--public-url', 'https://u:p@a.example'], '--public-url: must not hold a user or a password'],
    [['--public-url', 'https://a.example/?x'], '--public-url: must have neither query nor fragment'],
    [['--origin', 'pacs.example/dicom-web'], '--origin: must be an http or https URL'],
    [['--origin', 'http://a', '--basic', 'nocolon'], '--basic: must be USER:PASSWORD'],
    [['--origin', 'http://a', '--bearer', 'a b'], '--bearer: must be a bearer token (letters, digits and -._~+/=)'],
    [['--origin', 'http://a', '--basic-file', 'none'], '--basic-file: no such file'],
    [['--origin', 'http://a', '--basic', 'u:p', '--bearer', 't'], '--bearer: not together with --basic'],
    [['--basic', 'u:p'], '--basic: is for --origin, which is not set'],
    [['--origin', 'http://a', '--folder', '.'], '--origin: not together with --folder'],
    [
      ['--links-keys', `a:${linkSecret}`],
      '--links-keys: no such setting as a flag: it is secret; set it by environment or file',
    ],
    [['--origins', 'a'], '--origins: no such setting as a flag; set it in the file'],
    [
      ['--links-resource-lifetime-seconds', '601'],
      '--links-resource-lifetime-seconds: must be a whole number from 240 to 600',
    ],
    [
      ['--cors-origins', 'localhost,*'],
      '--cors-origins[1]: must be an origin such as https://viewer.example (scheme, host and port only), or localhost',
    ],
    [['--config', 'none.yaml'], 'none.yaml: no such file'],
  ])('%j', async (args, problem) => {
    expect(await problemsOf('demo', { args, folder: temporaryFolder() })).toEqual([problem]);
  });
});

describe('a variable is refused', () => {
  test.each([
    [{ DICOMWEB_GRAPHQL_GRAPHIQL: 'maybe' }, 'DICOMWEB_GRAPHQL_GRAPHIQL: must be true or false'],
    [
      { DICOMWEB_GRAPHQL_LINKS_KEYS: 'a:tooshort' },
      expect.stringMatching(/^DICOMWEB_GRAPHQL_LINKS_KEYS\[0\]: must be ID:SECRET.*at least 32 bytes/),
    ],
    [
      { DICOMWEB_GRAPHQL_LINKS_KEYS: `a:${linkSecret},a:${linkSecret}` },
      'DICOMWEB_GRAPHQL_LINKS_KEYS: two keys have one id',
    ],
    [{ DICOMWEB_GRAPHQL_: 'x' }, 'DICOMWEB_GRAPHQL_: no such setting'],
    [{ DICOMWEB_GRAPHQL_ORIGINS: 'x' }, expect.stringMatching(/^DICOMWEB_GRAPHQL_ORIGINS: no such setting/)],
  ])('%j', async (environment, problem) => {
    expect(await problemsOf('demo', { environment })).toEqual([problem]);
  });

  test('but not what Kubernetes makes for a Service of the same name, and not an empty one', async () => {
    const environment = {
      DICOMWEB_GRAPHQL_SERVICE_HOST: '10.0.0.7',
      DICOMWEB_GRAPHQL_SERVICE_PORT_HTTP: '80',
      DICOMWEB_GRAPHQL_PORT: 'tcp://10.0.0.7:80',
      DICOMWEB_GRAPHQL_PORT_80_TCP_ADDR: '10.0.0.7',
      DICOMWEB_GRAPHQL_HOST: '',
    };
    expect(await problemsOf('demo', { environment })).toEqual([]);
  });
});

describe('a file is refused', () => {
  test.each([
    ['not YAML', 'port: [1', 'conf.yaml, line 1: not YAML or JSON (BAD_INDENT)'],
    ['a key twice', 'port: 1\nport: 2\n', 'conf.yaml, line 2: not YAML or JSON (DUPLICATE_KEY)'],
    ['a list', '- port: 1\n', 'conf.yaml: must be names and values'],
    ['a name of another object', 'toString: 1\n', 'conf.yaml: toString: no such setting'],
    ['a file within the file', 'config: other.yaml\n', 'conf.yaml: config: no such setting'],
    ['a number as text', 'port: "4000"\n', 'conf.yaml: port: must be a whole number from 0 to 65535'],
    [
      'an origin without id',
      'origins: [{ url: "http://a" }]\n',
      'conf.yaml: origins[0].id: must be an id of letters, digits, "-" and "_"',
    ],
    ['no origin', 'origins: []\n', 'conf.yaml: origins: must name at least one origin'],
    [
      'an unknown key of an origin',
      'origins: [{ id: a, url: "http://a", bearrer: x }]\n',
      'conf.yaml: origins[0].bearrer: no such setting; did you mean bearer?',
    ],
    [
      'two origins of one id',
      'origins: [{ id: a, url: "http://a" }, { id: a, url: "http://b" }]\n',
      'conf.yaml: origins[1].id: is the id of another origin too',
    ],
    [
      'two credentials of one origin',
      'origins: [{ id: a, url: "http://a", basic: "u:p", bearer: t }]\n',
      'conf.yaml: origins[0].bearer: not together with conf.yaml: origins[0].basic',
    ],
    [
      'an unknown capability',
      'origins: [{ id: a, url: "http://a", capabilities: { ordring: true } }]\n',
      'conf.yaml: origins[0].capabilities.ordring: no such setting; did you mean ordering?',
    ],
    [
      'a transfer syntax by its name',
      'origins: [{ id: a, url: "http://a", capabilities: { nativeSyntaxes: [1.2.840.10008.1.2.5], frameSyntaxes: [RLE] } }]\n',
      'conf.yaml: origins[0].capabilities.frameSyntaxes[0]: must be a UID',
    ],
  ])('%s', async (_what, contents, problem) => {
    const folder = temporaryFolder({ 'conf.yaml': contents });
    expect(await problemsOf('demo', { args: ['--config', 'conf.yaml'], folder })).toEqual([problem]);
  });
});

describe('listening beyond loopback without access control', () => {
  test.each(['0.0.0.0', '::', '192.0.2.1', 'pacs.example', '::ffff:192.0.2.1'])('%s is a problem', async (host) => {
    expect(await problemsOf('demo', { args: ['--host', host] })).toEqual([
      expect.stringMatching(/^--host: whoever connects could do what --anonymous-scopes says/),
    ]);
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost'])('%s is loopback', async (host) => {
    expect(await problemsOf('demo', { args: ['--host', host] })).toEqual([]);
  });

  test('is no problem where it was asked for by name', async () => {
    expect(await problemsOf('demo', { args: ['--host', '0.0.0.0', '--allow-anonymous-network-access'] })).toEqual([]);
  });
});

test('serve without an archive, access control and a link key is told all three', async () => {
  expect(await problemsOf('serve', {})).toEqual([
    'serve: needs an archive: --origin URL, --folder DIR, or origins in a file',
    expect.stringMatching(/^serve: needs to know who asks.* or that anyone may ask, and what: --anonymous-scopes/),
    expect.stringMatching(/^serve: needs a link key/),
  ]);
});

test('no secret is in the text of a problem', async () => {
  const canary = 'canary-7f3a';
  const folder = temporaryFolder({
    'conf.yaml': `basic: ${canary}\nlinks: { keys: ["${canary}", {"${canary}": 1}] }\norigin: http://u:${canary}@a/\n`,
    'broken.yaml': `bearer: "${canary}\n`,
    'basic.txt': canary,
    'keys.txt': `a:${canary}\n`,
  });
  const problems = await Promise.all([
    problemsOf('serve', { args: ['--config', 'conf.yaml', canary, '--bearer', `${canary} ${canary}`], folder }),
    problemsOf('serve', { args: ['--config', 'broken.yaml'], folder }),
    problemsOf('serve', {
      args: ['--origin', 'http://a', '--basic-file', 'basic.txt', '--links-keys-file', 'keys.txt'],
      folder,
    }),
    problemsOf('serve', { environment: { DICOMWEB_GRAPHQL_BASIC: canary, DICOMWEB_GRAPHQL_LINKS_KEYS: canary } }),
  ]);
  expect(problems.map((list) => list.length > 0)).toEqual([true, true, true, true]);
  expect(JSON.stringify(problems)).not.toContain(canary);
});
