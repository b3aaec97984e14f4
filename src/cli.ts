#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type Config, loadConfig } from './config/config.ts';
import { didYouMean } from './config/did-you-mean.ts';
import { describeSettings } from './config/help.ts';
import { isWildcard } from './config/loopback.ts';
import { packageRoot } from './config/package-root.ts';
import { ConfigError } from './config/problem.ts';
import type { Command } from './config/setting.ts';
import type { Facade } from './facade.ts';

/** Exit codes: 1 it could not be done, 2 it was not asked for rightly. */
const failed = 1;
const misused = 2;

const commands = ['demo', 'serve', 'schema', 'probe', 'keys', 'api-key'] as const;

const usage = `Ask a DICOMweb archive in GraphQL; get pixels by short-lived signed URLs.

Usage: dicomweb-graphql [demo | serve] [SETTINGS]
       dicomweb-graphql schema [--out FILE]
       dicomweb-graphql probe [URL] [--json] [SETTINGS]
       dicomweb-graphql keys make [--id ID] [--sign] | list [--json] | sign ID | drop ID [SETTINGS]
       dicomweb-graphql api-key make --id ID [--name NAME] [--scopes SCOPE,...] [--expires DAY] [--json]

  demo      Computed phantom studies, a folder or an archive, for this machine; with GraphiQL. The default.
  serve     The same for others: needs an archive, a link key, and to know who may ask.
  schema    Print the GraphQL schema (SDL), or write it to FILE.
  probe     Ask an archive what it can do, with a few harmless requests, and print what it answers.
  keys      Make, list and change over the keys that sign links, in the file that --links-keys-file names.
  api-key   Make a key for a program, and the entry of the file by which the server knows it (access.apiKeys).`;

const examples = `Examples
  dicomweb-graphql
  dicomweb-graphql --folder ~/dicom
  DICOMWEB_GRAPHQL_BASIC=user:password dicomweb-graphql --origin https://pacs.example/dicom-web
  dicomweb-graphql serve --config dicomweb-graphql.yaml

Each setting is also a variable (--public-url: DICOMWEB_GRAPHQL_PUBLIC_URL) and a key of the YAML or JSON file that
--config names (publicUrl; --links-keys-file: links: { keysFile: ... }). Flags outrank variables, variables the file.`;

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(helpText(false));
  if (args.includes('--help-all')) return print(helpText(true));
  if (args.includes('--version')) return print(version());
  const [first = ''] = args;
  const command = commands.find((name) => name === first);
  if (command === 'schema') return await schema(args.slice(1));
  if (command === 'probe') return await probe(args.slice(1));
  if (command === 'keys') return await keys(args.slice(1));
  if (command === 'api-key') return await apiKey(args.slice(1));
  if (command !== undefined) return await run(command, args.slice(1));
  if (first === '' || first.startsWith('-')) return await run('demo', args);
  misuse(`No such command${didYouMean(first, commands)}`);
}

function helpText(all: boolean): string {
  const more = all ? [] : ['More settings (OAuth and AWS credentials, limits, timeouts): dicomweb-graphql --help-all'];
  return [usage, describeSettings(all), ...more, examples].join('\n\n');
}

function version(): string {
  const manifest: { version?: unknown } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  return String(manifest.version);
}

async function schema(args: readonly string[]): Promise<void> {
  const [option = '', file, ...rest] = args.flatMap((arg) =>
    arg.startsWith('--out=') ? ['--out', arg.slice(6)] : [arg],
  );
  if ((option !== '' && option !== '--out') || (option === '--out' && !file) || rest.length > 0) {
    return misuse('schema takes --out FILE and nothing else');
  }
  const { printSchemaSdl } = await import('./graphql/schema.ts');
  if (file === undefined) return print(printSchemaSdl().trimEnd());
  writeFileSync(file, `${printSchemaSdl().trimEnd()}\n`);
}

/** Of each archive that is configured, or of the one at the URL: exit code 1 where one of them does not answer. */
async function probe(args: readonly string[]): Promise<void> {
  const asJson = args.includes('--json');
  const [first = '', ...others] = args.filter((arg) => arg !== '--json');
  const settings = /^https?:/.test(first) ? ['--origin', first, ...others] : [first, ...others].filter(Boolean);
  const { archive } = await loadConfig('demo', { args: settings, environment: process.env, folder: process.cwd() });
  if (archive.kind !== 'origins') return misuse('probe needs an archive: probe URL, or origins in a file');
  const [{ createOrigin }, { probeCapabilities }, { capabilityTable, reportCapabilities }] = await Promise.all([
    import('./origin/origin.ts'),
    import('./origin/capabilities/probe.ts'),
    import('./origin/capabilities/capability-report.ts'),
  ]);
  const reports = await Promise.all(
    archive.origins.map(async (config) => {
      const origin = createOrigin(config);
      await probeCapabilities(origin);
      const report = reportCapabilities(origin);
      await origin.close();
      return report;
    }),
  );
  print(asJson ? JSON.stringify(reports, null, 2) : reports.map(capabilityTable).join('\n\n'));
  if (reports.some(({ answers }) => !answers)) process.exitCode = failed;
}

async function keys(args: readonly string[]): Promise<void> {
  const { KeysMisuse, runKeys } = await import('./keys-command.ts');
  try {
    const { text, hint } = await runKeys(args, { environment: process.env, folder: process.cwd() });
    print(text);
    if (hint !== undefined) process.stderr.write(`${hint}\n`);
  } catch (error) {
    if (error instanceof KeysMisuse) misuse(error.message);
    else if (error instanceof Error && 'syscall' in error) {
      const isBusy = 'code' in error && error.code === 'EEXIST';
      const advice = isBusy ? '. Another command is changing it, or was killed: remove that draft then' : '';
      fail(`The file of keys cannot be written: ${error.message}${advice}`);
    } else throw error;
  }
}

async function apiKey(args: readonly string[]): Promise<void> {
  const { ApiKeyMisuse, runApiKey } = await import('./api-key-command.ts');
  try {
    print(runApiKey(args));
  } catch (error) {
    if (error instanceof ApiKeyMisuse) misuse(error.message);
    else throw error;
  }
}

async function run(command: Command, args: readonly string[]): Promise<void> {
  const asked = stopRequest();
  // npm runs its scripts in the folder of the package, wherever the person is.
  const { npm_lifecycle_event: script, INIT_CWD: from } = process.env;
  const folder = script === 'start' && from !== undefined ? from : process.cwd();
  const config = await loadConfig(command, { args, environment: process.env, folder });
  // Else V8 decides, in about one run of four, that what streams allocate lives long, and its garbage grows to 170 MB before it
  // is looked at (Node 24.21, 50 downloads at once: bench/downloads.ts).
  setFlagsFromString('--no-allocation-site-pretenuring');
  const { startFacade } = await import('./facade.ts');
  const facade = await Promise.race([startFacade(config), asked.then(() => null)]);
  if (facade === null) process.exit(0); // nothing was under way yet
  // Daemons read their files again by SIGHUP; at a terminal it says that the terminal is gone.
  if (!process.stdout.isTTY) process.on('SIGHUP', () => facade.reloadLinkKeys());
  for (const line of announce(config, facade)) print(line);
  void facade.asked.then(() => {
    for (const { name, healthy } of facade.origins.values()) {
      if (healthy === false) print(`${name} does not answer yet. It is asked again until it does.`);
    }
  });
  await asked;
  // A process that is about to exit has no signal handlers any more: the second copy of a Ctrl-C, see below, would kill it.
  await Promise.all([facade.close(), wait(250)]);
  setTimeout(() => process.exit(0), 1_000).unref(); // should anything still hold the process
}

/** What a person at the terminal wants to know: what is served, and where to look. */
function announce(config: Config, { url, publicUrl, archive }: Facade): readonly string[] {
  const lines = [`${sourceOf(config, archive)}.`];
  lines.push(config.graphiql ? `GraphiQL: ${url}/graphql` : `GraphQL: ${url}/graphql`);
  if (isWildcard(config.host) && config.publicUrl === null) {
    lines.push(`Links begin with ${publicUrl}, which other machines cannot reach: set --public-url.`);
  }
  if (config.command === 'serve' && config.access.anonymousScopes.length > 0) {
    lines.push(`Whoever connects may: ${config.access.anonymousScopes.join(', ')}.`);
  }
  if (!config.links.kept) lines.push('Links end with this process: the state folder cannot be written.');
  return lines;
}

function sourceOf({ archive }: Config, found: Facade['archive']): string {
  const held = `${count(found?.instances ?? 0, 'instance')} of ${count(found?.studies ?? 0, 'study', 'studies')}`;
  switch (archive.kind) {
    case 'phantom':
      return `This is the demo: ${held}, computed, of nobody real`;
    case 'folder': {
      const skipped = found?.skipped ? `, ${count(found.skipped, 'file')} skipped` : '';
      return `Serving ${archive.folder}: ${held}${skipped}`;
    }
    case 'origins':
      return `In front of ${archive.origins.map(({ url }) => url).join(', ')}`;
  }
}

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/**
 * Resolves when the process is asked to stop. Asked again it stops at once; but not by the same Ctrl-C, which comes twice
 * under npm: from the terminal, and passed on by npm.
 */
function stopRequest(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let askedAt: number | null = null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (askedAt !== null && performance.now() - askedAt > 1_000) process.exit(failed);
      askedAt ??= performance.now();
      resolve();
    });
  }
  return promise;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function misuse(message: string): void {
  process.stderr.write(`${message}\nSee: dicomweb-graphql --help\n`);
  process.exitCode = misused;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = failed;
}

function explain(error: unknown): void {
  if (error instanceof ConfigError) {
    misuse(error.message);
    return;
  }
  const { code, port, address } = Object(error) as { code?: unknown; port?: unknown; address?: unknown };
  process.exitCode = failed;
  if (code === 'EADDRINUSE') {
    process.stderr.write(`Port ${port} is in use. Choose another with --port, or --port 0 for a free one.\n`);
  } else if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    process.stderr.write(`Cannot listen on ${address}:${port} (${code}). See --host and --port.\n`);
  } else if (code === 'TRUSTED_DOCUMENT') {
    process.stderr.write(`${Object(error).message}\n`);
  } else throw error;
}

process.stdout.on('error', () => {}); // a reader such as `head` may leave early
await main(process.argv.slice(2)).catch(explain);
