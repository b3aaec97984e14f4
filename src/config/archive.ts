import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCertificates } from './certificates.ts';
import type { CheckedValues } from './check-values.ts';
import { chooseOne } from './choose-one.ts';
import { credentialNames, type OriginCredentials, resolveCredentials } from './credentials.ts';
import type { OriginEntry } from './origin-entry.ts';
import type { OriginRequestBounds } from './origin-requests.ts';
import type { Problem } from './problem.ts';
import type { Command } from './setting.ts';

/** Where the studies come from. */
export type ArchiveConfig =
  | { readonly kind: 'phantom'; readonly requests: OriginRequestBounds }
  | {
      readonly kind: 'folder';
      readonly folder: string;
      /** Whether uploads may be stored in it. */
      readonly isWritable: boolean;
      readonly requests: OriginRequestBounds;
    }
  | { readonly kind: 'origins'; readonly origins: readonly [OriginSettings, ...OriginSettings[]] };

/** A DICOMweb server to front. */
export interface OriginSettings extends OriginRequestBounds {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly credentials: OriginCredentials;
  /** PEM. */
  readonly tlsCa?: string;
  readonly bulkDataPrefixes?: readonly string[];
  /** Documented behaviour to begin with. */
  readonly profile?: NonNullable<OriginEntry['profile']>;
  readonly capabilities?: NonNullable<OriginEntry['capabilities']>;
}

/** `folder`, `origin` or `origins`, with what belongs to it; the demo without any has phantom studies. */
export function resolveArchive(command: Command, checked: CheckedValues, problems: Problem[]): ArchiveConfig {
  const { values } = checked;
  const requests = values.originRequests;
  const chosen = chooseOne(['folder', 'origin', 'origins'], checked, problems);
  if (chosen?.name !== 'origin') refuseOriginSettings(checked, problems);
  if (chosen?.name !== 'folder') refuseFolderSettings(checked, problems);
  if (chosen === null || values[chosen.name] === undefined) {
    const isFaulty = ['folder', 'origin', 'origins'].some((name) => checked.faulty.has(name));
    if (command === 'serve' && !isFaulty) {
      problems.push({ where: 'serve', message: 'needs an archive: --origin URL, --folder DIR, or origins in a file' });
    }
    return { kind: 'phantom', requests };
  }
  if (chosen.name === 'folder') {
    const { folder = '' } = values;
    const problem = folderProblem(folder);
    if (problem !== null) problems.push({ where: chosen.where, message: problem });
    return { kind: 'folder', folder, isWritable: values.folderWritable, requests };
  }
  const origins = chosen.name === 'origin' ? [singleOrigin(checked, problems)] : severalOrigins(checked, problems);
  const [first, ...others] = origins;
  if (first === undefined) {
    problems.push({ where: chosen.where, message: 'must name at least one origin' });
    return { kind: 'phantom', requests };
  }
  return { kind: 'origins', origins: [first, ...others] };
}

function singleOrigin(checked: CheckedValues, problems: Problem[]): OriginSettings {
  const { values, sources } = checked;
  const { origin: url = '', caFile } = values;
  return {
    ...values.originRequests,
    ...readCertificates(caFile, sources.get('caFile')?.where ?? 'caFile', problems),
    id: 'origin',
    name: URL.parse(url)?.host ?? 'origin',
    url,
    profile: values.profile,
    credentials: resolveCredentials(checked, problems),
  };
}

function severalOrigins({ values, sources }: CheckedValues, problems: Problem[]): readonly OriginSettings[] {
  const { where: list = 'origins', folder = '' } = sources.get('origins') ?? {};
  const ids = new Set<string>();
  return values.origins.map((entry, index) => {
    const where = `${list}[${index}]`;
    if (ids.has(entry.id)) problems.push({ where: `${where}.id`, message: 'is the id of another origin too' });
    ids.add(entry.id);
    const { basic, basicFile, bearer, bearerFile, forwardToken, oauth, aws, caFile, ...rest } = entry;
    const written = writtenIn({ basic, basicFile, bearer, bearerFile, forwardToken, oauth, aws }, where, folder);
    const credentials = resolveCredentials({ sources: written, faulty: new Set() }, problems);
    return {
      ...values.originRequests,
      ...readCertificates(caFile && resolve(folder, caFile), `${where}.caFile`, problems),
      name: entry.id,
      ...rest,
      credentials,
    };
  });
}

/** What an entry says, by the names of the settings that are the same for a single origin. */
function writtenIn(section: object, where: string, folder: string): CheckedValues['sources'] {
  const entries = Object.entries(section).flatMap(([key, value]): readonly (readonly [string, unknown])[] =>
    typeof value === 'object'
      ? Object.entries(value).map(([name, inner]) => [`${key}.${name}`, inner])
      : [[key, value]],
  );
  return new Map(
    entries.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { name, value, where: `${where}.${name}`, folder, rank: 0 }]],
    ),
  );
}

/** What is only for `origin` must not be taken for something else that it was meant to protect. */
function refuseOriginSettings({ sources, faulty }: CheckedValues, problems: Problem[]): void {
  if (faulty.has('origin')) return;
  for (const name of [...credentialNames, 'caFile', 'profile']) {
    const winner = sources.get(name);
    if (winner === undefined || winner.value === false) continue;
    problems.push({ where: winner.where, message: 'is for --origin, which is not set' });
  }
}

function refuseFolderSettings({ values, sources, faulty }: CheckedValues, problems: Problem[]): void {
  const winner = sources.get('folderWritable');
  if (winner === undefined || !values.folderWritable || faulty.has('folder')) return;
  problems.push({ where: winner.where, message: 'is for --folder, which is not set' });
}

function folderProblem(folder: string): string | null {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return `no such folder: ${folder}`;
  return stats.isDirectory() ? null : `not a folder: ${folder}`;
}

/** What the origins of an archive are called, in global ids and in rules. */
export const originIdsOf = (archive: ArchiveConfig): readonly string[] =>
  archive.kind === 'origins' ? archive.origins.map(({ id }) => id) : [archive.kind === 'phantom' ? 'demo' : 'folder'];
