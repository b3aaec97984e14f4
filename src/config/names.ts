import type { Setting } from './setting.ts';
import { isSetting, type Section, settings } from './settings.ts';

/** A setting with the name that its place in the table gives it: `links.keysFile`. */
export interface NamedSetting {
  readonly name: string;
  readonly setting: Setting<unknown>;
}

/** Every setting, in the order of the table. */
export const allSettings: readonly NamedSetting[] = named(settings, '');

function named(section: Section, prefix: string): readonly NamedSetting[] {
  return Object.entries(section).flatMap(([key, entry]) => {
    const name = prefix + key;
    return isSetting(entry) ? [{ name, setting: entry }] : named(entry, `${name}.`);
  });
}

/** `links.keysFile` as a flag, without its dashes: `links-keys-file`. */
export const flagOf = (name: string): string => words(name).join('-').toLowerCase();

export const variablePrefix = 'DICOMWEB_GRAPHQL_';

/** `links.keysFile` in the environment: `DICOMWEB_GRAPHQL_LINKS_KEYS_FILE`. */
export const variableOf = (name: string): string => variablePrefix + words(name).join('_').toUpperCase();

const words = (name: string): readonly string[] => name.replace(/([a-z])([A-Z])/g, '$1.$2').split('.');
