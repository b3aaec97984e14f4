import type { CheckedValues } from './check-values.ts';
import { chooseOne } from './choose-one.ts';
import { keptLinkKeys } from './kept-link-key.ts';
import type { LinkKey } from './link-key.ts';
import { readKeyLines, uniqueKeys } from './link-key-lines.ts';
import type { Problem } from './problem.ts';
import type { Command } from './setting.ts';
import { readSmallFile } from './small-file.ts';

/** The keys that links are signed with: the first signs, all verify. */
export interface LinkKeyConfig {
  readonly keys: readonly LinkKey[];
  /** False: they are gone when the process ends, and every link with them. */
  readonly kept: boolean;
  /** Where they were read, to be read again when it changes; null: they cannot change. */
  readonly file: string | null;
}

const none: LinkKeyConfig = { keys: [], kept: true, file: null };

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
    return { ...none, keys: uniqueKeys(checked.values.links.keys, chosen.where, problems) };
  }
  const file = checked.values.links.keysFile;
  if (chosen !== null && file !== undefined) {
    const { contents, problem } = readSmallFile(file);
    if (contents === null) {
      problems.push({ where: chosen.where, message: problem });
      return none;
    }
    return { ...none, keys: readKeyLines(contents, chosen.where, problems), file };
  }
  if (checked.faulty.has('links.keys') || checked.faulty.has('links.keysFile')) return none;
  if (command === 'serve') {
    problems.push({
      where: 'serve',
      message:
        'needs a link key: DICOMWEB_GRAPHQL_LINKS_KEYS or --links-keys-file, ID:SECRET; to make one: dicomweb-graphql keys make',
    });
    return none;
  }
  if (problems.length > 0) return none; // nothing is started, so nothing is made either
  const kept = keptLinkKeys(stateFolder);
  const where = kept.file ?? 'link key';
  return { keys: readKeyLines(kept.contents, where, problems), kept: kept.file !== null, file: kept.file };
}
