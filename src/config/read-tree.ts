import { didYouMean } from './did-you-mean.ts';
import type { Given, Source } from './given.ts';
import type { Problem } from './problem.ts';
import { isSetting, type Section, settings } from './settings.ts';

/**
 * Settings from names and values in sections, as a file or a program holds them. Unknown names are problems, at every depth.
 *
 * @param shown - What holds them, for messages: `conf.yaml`.
 * @param folder - What relative paths are relative to.
 */
export function readTree(tree: unknown, shown: string, folder: string): Source {
  const given: Given[] = [];
  const problems: Problem[] = [];
  walk(tree, settings, '');
  return { given, problems };

  function walk(node: unknown, section: Section, prefix: string): void {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) {
      const where = prefix === '' ? shown : `${shown}: ${prefix.slice(0, -1)}`;
      problems.push({ where, message: 'must be names and values' });
      return;
    }
    for (const [key, value] of Object.entries(node)) {
      if (value === undefined) continue;
      const name = prefix + key;
      const where = `${shown}: ${name}`;
      const entry = Object.hasOwn(section, key) && name !== 'config' ? section[key] : undefined;
      if (entry === undefined) {
        const known = Object.keys(section).filter((other) => prefix + other !== 'config');
        problems.push({ where, message: `no such setting${didYouMean(key, known)}` });
      } else if (isSetting(entry)) {
        given.push({ name, value, where, folder });
      } else {
        walk(value, entry, `${name}.`);
      }
    }
  }
}
