import dcmjsDictionary from 'dcmjs/dictionary';
import { isTag, type Tag, tag } from './tag.ts';

/** One row of PS3.6: what a tag means. */
export interface DictionaryEntry {
  readonly tag: Tag;
  readonly keyword: string;
  readonly name: string;
  /** One VR, or those PS3.6 leaves open: `['US', 'SS']`. Empty for items and delimiters, which have none. */
  readonly vr: readonly string[];
  readonly vm: string;
  readonly retired: boolean;
}

/** dcmjs takes these shorthands over from dcmtk. */
const openVrs: Readonly<Record<string, readonly string[]>> = {
  ox: ['OB', 'OW'],
  xs: ['US', 'SS'],
  lt: ['US', 'OW'],
  up: ['UL'],
  na: [],
};

const byTag = new Map<Tag, DictionaryEntry>();
const byKeyword = new Map<string, DictionaryEntry>();
/** Repeating groups, by the digits that stay: `6000-60FF,0010` is under `60` and `0010`. */
const repeating = new Map<string, DictionaryEntry>();

for (const [key, { name = '', vr = '', vm = '', version = '' }] of Object.entries(dcmjsDictionary)) {
  if (version === 'PrivateTag' || key.includes('-o-') || key.includes('-u-')) continue;
  const retired = name.startsWith('RETIRED_');
  const keyword = retired ? name.slice('RETIRED_'.length) : name;
  const first = key
    .replace(/-[0-9A-F]{4}/g, '')
    .slice(1, -1)
    .replace(',', '');
  if (!isTag(first) || !/^[A-Za-z][A-Za-z0-9]*$/.test(keyword) || keyword === 'undefined') continue;
  const entry: DictionaryEntry = {
    tag: first,
    keyword,
    name: spelledOut(keyword),
    vr: openVrs[vr] ?? [vr],
    vm,
    retired,
  };
  if (key.includes('-')) repeating.set(repeatingKey(first), entry);
  byTag.set(first, entry);
  byKeyword.set(keyword, entry);
}

function repeatingKey(tag: Tag): string {
  return tag.startsWith('0020') ? tag.slice(0, 6) : `${tag.slice(0, 2)}xx${tag.slice(4)}`;
}

function spelledOut(keyword: string): string {
  return keyword.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
}

/** The entry of a tag. An attribute of a repeating group (60xx,0010) is found under each of its tags. */
export function entryOfTag(tag: Tag): DictionaryEntry | undefined {
  const entry = byTag.get(tag);
  if (entry) return entry;
  const template = repeating.get(repeatingKey(tag));
  return template && { ...template, tag };
}

export function entryOfKeyword(keyword: string): DictionaryEntry | undefined {
  return byKeyword.get(keyword);
}

/** The tag of a keyword written in code. An unknown keyword is a fault of ours and ends the program at start. */
export function tagOf(keyword: string): Tag {
  const entry = byKeyword.get(keyword);
  if (!entry) throw new TypeError(`No such keyword: ${keyword}`);
  return entry.tag;
}

/** Entries for what a person types: the start of a tag, or words of a name in their order. */
export function searchDictionary(text: string, first: number): DictionaryEntry[] {
  const digits = text.replace(/[(),\s]/g, '').toUpperCase();
  const letters = text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  const found: DictionaryEntry[] = [];
  if (letters === '') return found;
  if (isTag(digits)) {
    const entry = entryOfTag(tag(digits));
    return entry ? [entry] : found;
  }
  for (const entry of byKeyword.values()) {
    if (entry.keyword.toLowerCase().includes(letters) || entry.tag.startsWith(digits)) found.push(entry);
  }
  const rank = (e: DictionaryEntry): number =>
    (e.keyword.toLowerCase().startsWith(letters) ? 0 : 1) + (e.retired ? 2 : 0);
  return found.sort((a, b) => rank(a) - rank(b) || a.keyword.length - b.keyword.length).slice(0, first);
}
