import type { CheckedValues } from './check-values.ts';
import { chooseOne } from './choose-one.ts';
import { keptLinkKeys } from './kept-link-key.ts';
import { type LinkKey, linesOfKeys, linkKey } from './link-key.ts';
import type { Problem } from './problem.ts';
import type { Command } from './setting.ts';
import { readSmallFile } from './small-file.ts';

/** The keys that links are signed with: the first signs, all verify. */
export interface LinkKeyConfig {
  readonly keys: readonly LinkKey[];
  /** False: they are gone when the process ends, and every link with them. */
  readonly kept: boolean;
}

/**
 * From `links.keys` or `links.keysFile`; the demo without either has one of its own in the state folder. `serve` does not
 * make one: several processes would not agree, and a container would forget it.
 */
export function resolveLinkKeys(
  command: Command,
  checked: CheckedValues,
  stateFolder: string,
  problems: Problem[],
): LinkKeyConfig {
  const chosen = chooseOne(['links.keys', 'links.keysFile'], checked, problems);
  if (chosen?.name === 'links.keys') {
    return { keys: unique(checked.values.links.keys, chosen.where, problems), kept: true };
  }
  const file = checked.values.links.keysFile;
  if (chosen !== null && file !== undefined) {
    const { contents, problem } = readSmallFile(file);
    if (contents === null) {
      problems.push({ where: chosen.where, message: problem });
      return { keys: [], kept: true };
    }
    return { keys: readLines(contents, chosen.where, problems), kept: true };
  }
  if (checked.faulty.has('links.keys') || checked.faulty.has('links.keysFile')) return { keys: [], kept: true };
  if (command === 'serve') {
    problems.push({
      where: 'serve',
      message:
        'needs a link key: DICOMWEB_GRAPHQL_LINKS_KEYS or --links-keys-file, ID:SECRET; a secret: openssl rand -hex 32',
    });
    return { keys: [], kept: true };
  }
  if (problems.length > 0) return { keys: [], kept: true }; // nothing is started, so nothing is made either
  const kept = keptLinkKeys(stateFolder);
  const where = kept.file ?? 'link key';
  return { keys: readLines(kept.contents, where, problems), kept: kept.file !== null };
}

function readLines(contents: string, where: string, problems: Problem[]): readonly LinkKey[] {
  const lines = linesOfKeys(contents);
  if (lines.length === 0) problems.push({ where, message: 'the file holds no key' });
  const keys = lines.flatMap((line, index) => {
    const { data, error } = linkKey.safeParse(line);
    for (const issue of error?.issues ?? [])
      problems.push({ where: `${where}, key ${index + 1}`, message: issue.message });
    return data === undefined ? [] : [data];
  });
  return unique(keys, where, problems);
}

function unique(keys: readonly LinkKey[], where: string, problems: Problem[]): readonly LinkKey[] {
  if (new Set(keys.map(({ id }) => id)).size < keys.length) problems.push({ where, message: 'two keys have one id' });
  return keys;
}
