import { resolve } from 'node:path';
import { type AccessConfig, resolveAccess } from './access.ts';
import { type ArchiveConfig, originIdsOf, resolveArchive } from './archive.ts';
import { type AuditConfig, resolveAudit } from './audit-settings.ts';
import { type CheckedValues, checkValues } from './check-values.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Given, Source } from './given.ts';
import { type LinkKeyConfig, resolveLinkKeys } from './link-keys.ts';
import { isLoopback } from './loopback.ts';
import { type PayloadCacheConfig, resolvePayloadCache } from './payload-cache-settings.ts';
import { ConfigError, type Problem } from './problem.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { readSettingsFile } from './read-file.ts';
import { readFlags } from './read-flags.ts';
import { readTree } from './read-tree.ts';
import type { Command } from './setting.ts';
import type { SettingsInput, SettingValues } from './settings.ts';
import { defaultStateFolder } from './state-folder.ts';
import { type DocumentConfig, resolveDocuments } from './trusted-documents.ts';

type Section<Name extends keyof SettingValues> = SettingValues[Name];

/**
 * Everything that the program was told, checked: read once at start, frozen, and the only way settings travel. What each
 * setting means, its unit, its default and its bounds: the table in settings.ts.
 */
export interface Config {
  readonly command: Command;
  readonly archive: ArchiveConfig;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** What minted links begin with; null: http://HOST:PORT. */
  readonly publicUrl: string | null;
  readonly allowAnonymousNetworkAccess: boolean;
  readonly access: AccessConfig;
  readonly trustedProxies: Section<'trustedProxies'>;
  readonly cors: Section<'cors'>;
  readonly graphiql: boolean;
  readonly documents: DocumentConfig;
  readonly metrics: boolean;
  readonly explain: boolean;
  readonly links: LinkKeyConfig & {
    readonly opaque: boolean;
    readonly resourceLifetimeSeconds: number;
    readonly templateLifetimeSeconds: number;
    readonly uploadLifetimeSeconds: number;
    readonly opaqueTokenSeconds: number;
    readonly rootLifetimeSeconds: number;
  };
  readonly limits: Section<'limits'>;
  readonly rateLimits: Section<'rateLimits'>;
  /** null: none is kept. */
  readonly audit: AuditConfig | null;
  readonly rendering: Section<'rendering'>;
  readonly cache: Section<'cache'>;
  readonly payloadCache: PayloadCacheConfig;
  readonly timeouts: Section<'timeouts'>;
  readonly stateFolder: string;
  readonly logLevel: Section<'logLevel'>;
}

/** What a program is told when it is started. */
export interface Surroundings {
  /** After the command. */
  readonly args?: readonly string[];
  readonly environment?: Environment;
  /** What relative paths are relative to; absolute. Default: the working directory. */
  readonly folder?: string;
  /** As a file would hold them; outranked by environment and arguments. */
  readonly settings?: SettingsInput;
}

/**
 * Settings of a file, the environment and the arguments, the later outranking the earlier, as one Config.
 *
 * @throws {ConfigError} With every problem of every source.
 */
export async function loadConfig(command: Command, surroundings: Surroundings = {}): Promise<Config> {
  const checked = await readSettings(command, surroundings);
  const problems = [...checked.problems];
  const config = resolveConfig(command, checked, surroundings.environment ?? {}, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

/** The values of all settings, each checked by itself, with the problems that they have. */
export async function readSettings(command: Command, surroundings: Surroundings): Promise<CheckedValues> {
  const { args = [], environment = {}, folder = process.cwd(), settings = {} } = surroundings;
  const outer = [readEnvironment(environment, folder), readFlags(args, folder)];
  const file = await readNamedFile(outer);
  return checkValues(command, [readTree(settings, 'settings', folder), ...file, ...outer]);
}

/** The file that the strongest of these sources names. */
async function readNamedFile(sources: readonly Source[]): Promise<readonly Source[]> {
  const names = sources.flatMap(({ given }) => given.filter(({ name }) => name === 'config'));
  const last: Given | undefined = names.at(-1);
  if (typeof last?.value !== 'string' || last.value === '') return [];
  return [await readSettingsFile(resolve(last.folder, last.value), last.value)];
}

function resolveConfig(
  command: Command,
  checked: CheckedValues,
  environment: Environment,
  problems: Problem[],
): Config {
  const { values } = checked;
  const {
    host,
    port,
    publicUrl = null,
    allowAnonymousNetworkAccess,
    trustedProxies,
    cors,
    graphiql,
    metrics,
    explain,
    limits,
    rateLimits,
    rendering,
    cache,
    timeouts,
    logLevel,
  } = values;
  const archive = resolveArchive(command, checked, problems);
  const access = resolveAccess(command, checked, originIdsOf(archive), problems);
  if (!isLoopback(host) && !allowAnonymousNetworkAccess && access.anonymousScopes.length > 0) {
    problems.push({
      where: checked.sources.get('host')?.where ?? 'host',
      message:
        'whoever connects could do what --anonymous-scopes says; keep to loopback, say who is known (--access-issuer), ' +
        'or say --allow-anonymous-network-access',
    });
  }
  const stateFolder = values.stateFolder ?? defaultStateFolder(environment);
  const { keys: _keys, keysFile: _keysFile, ...lifetimes } = values.links;
  const keys = resolveLinkKeys(command, checked, stateFolder, problems);
  const audit = resolveAudit(checked, stateFolder, problems);
  return {
    command,
    archive,
    host,
    port,
    publicUrl,
    allowAnonymousNetworkAccess,
    access,
    trustedProxies,
    cors,
    graphiql,
    documents: resolveDocuments(checked, problems),
    metrics,
    explain,
    links: { ...keys, ...lifetimes },
    limits,
    rateLimits,
    audit,
    rendering,
    cache,
    payloadCache: resolvePayloadCache(values.payloadCache, stateFolder),
    timeouts,
    stateFolder,
    logLevel,
  };
}
