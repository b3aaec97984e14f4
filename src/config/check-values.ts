import { resolve } from 'node:path';
import type { core } from 'zod';
import { accessEntryKeys } from './access-settings.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Given, Source } from './given.ts';
import { allSettings } from './names.ts';
import { originEntryKeys } from './origin-entry.ts';
import type { Problem } from './problem.ts';
import type { Command, Setting } from './setting.ts';
import { isSetting, type Section, type SettingValues, settings, type Values } from './settings.ts';

/** What a source wrote of a setting, where no stronger one wrote it too. */
export interface Winner extends Given {
  /** Of the source: the highest is the strongest. */
  readonly rank: number;
}

/** Every setting's value, and where it was written: undefined for defaults. */
export interface CheckedValues {
  readonly values: SettingValues;
  readonly sources: ReadonlyMap<string, Winner>;
  /** Settings that have a problem: what leans on them is not judged. */
  readonly faulty: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/**
 * Checks what the sources hold, each value where it was written, then lets the later source win.
 *
 * @param sources - The weakest first. A value that is overridden must be right all the same.
 */
export function checkValues(command: Command, sources: readonly Source[]): CheckedValues {
  const schemas = new Map(allSettings.map(({ name, setting }) => [name, setting]));
  const problems: Problem[] = [];
  const winners = new Map<string, Winner>();
  const faulty = new Set<string>();
  for (const [rank, source] of sources.entries()) {
    problems.push(...source.problems);
    for (const given of source.given) {
      const setting = schemas.get(given.name);
      if (setting === undefined) continue;
      const result = setting.schema.safeParse(given.value);
      if (result.success) {
        const value =
          setting.isPath && typeof result.data === 'string' ? resolve(given.folder, result.data) : result.data;
        winners.set(given.name, { ...given, value, rank });
      } else {
        faulty.add(given.name);
        problems.push(...result.error.issues.flatMap((issue) => describe(issue, given, setting)));
      }
    }
  }
  const values = fill(settings, '', (name, setting) => winners.get(name)?.value ?? setting.defaults[command]);
  return { values, sources: winners, faulty, problems };
}

function describe(issue: core.$ZodIssue, given: Given, setting: Setting<unknown>): readonly Problem[] {
  const inside = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  // In a list written as one text, the place in it; in a file, the path below the key.
  const where = given.where + inside;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: `${where}.${key}`,
      message: `no such setting${didYouMean(key, issue.path.length > 0 && given.name.startsWith('access.') ? accessEntryKeys : originEntryKeys)}`,
    }));
  }
  const hint =
    issue.code === 'invalid_value' && typeof given.value === 'string' && setting.placeholder === 'LEVEL'
      ? didYouMean(given.value, issue.values.map(String))
      : '';
  return [{ where, message: issue.message + hint }];
}

function fill<S extends Section>(
  section: S,
  prefix: string,
  read: (name: string, setting: Setting<unknown>) => unknown,
): Values<S> {
  const entries = Object.entries(section).map(([key, entry]) => {
    const name = prefix + key;
    return [key, isSetting(entry) ? read(name, entry) : fill(entry, `${name}.`, read)];
  });
  // Each value was given by its own setting's schema, or is its default: that is what Values says.
  return Object.fromEntries(entries) as Values<S>;
}
