import { type LinkKey, linkKey } from './link-key.ts';
import type { Problem } from './problem.ts';

/** Most keys at one time: each is tried when links of a principal are revoked. */
export const maxLinkKeys = 16;

/** A file of link keys: one a line, the first signs; empty lines and those that begin with `#` are skipped. */
export const linesOfKeys = (contents: string): readonly string[] =>
  contents
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/**
 * The keys of a file, in its order.
 *
 * @param where - The file or setting, for problems, which hold nothing of what is in it.
 * @returns Whatever could be read; all of it is of use only without problems.
 */
export function readKeyLines(contents: string, where: string, problems: Problem[]): readonly LinkKey[] {
  const lines = linesOfKeys(contents);
  if (lines.length === 0) problems.push({ where, message: 'the file holds no key' });
  if (lines.length > maxLinkKeys) {
    problems.push({ where, message: `the file holds more than ${maxLinkKeys} keys` });
    return [];
  }
  const keys = lines.flatMap((line, index) => {
    const { data, error } = linkKey.safeParse(line);
    for (const issue of error?.issues ?? []) {
      problems.push({ where: `${where}, key ${index + 1}`, message: issue.message });
    }
    return data === undefined ? [] : [data];
  });
  return uniqueKeys(keys, where, problems);
}

export function uniqueKeys(keys: readonly LinkKey[], where: string, problems: Problem[]): readonly LinkKey[] {
  if (new Set(keys.map(({ id }) => id)).size < keys.length) problems.push({ where, message: 'two keys have one id' });
  return keys;
}
