import dcmjsDictionary from 'dcmjs/dictionary';
import { attributeName } from './attribute-name.ts';
import { corrections, inUse, retired } from './dictionary-corrections.ts';
import { isPrivateTag, isTag, type Tag } from './tag.ts';

/** One row of PS3.6 (or PS3.7, for commands): what a tag means. */
export interface DictionaryEntry {
  readonly tag: Tag;
  readonly keyword: string;
  readonly name: string;
  /** One VR, or those that PS3.6 leaves open: `['US', 'SS']`. Empty for items and delimiters, which have none. */
  readonly vr: readonly string[];
  /** As PS3.6 writes it: `1`, `1-n`, `2-2n`. */
  readonly vm: string;
  readonly retired: boolean;
}

type Row = Omit<DictionaryEntry, 'name'>;

/** dcmjs takes these shorthands over from dcmtk. */
const openVrs: Readonly<Record<string, readonly string[]>> = {
  ox: ['OB', 'OW'],
  xs: ['US', 'SS'],
  lt: ['US', 'OW'],
  up: ['UL'],
  na: [],
};

const byTag = new Map<Tag, Row>();
const byKeyword = new Map<string, Row>();
/** Attributes of repeating groups and elements, by the digits that do not vary: `60xx0010`, `002031`. */
const repeating = new Map<string, Row>();

for (const [key, { name = '', vr = '', vm = '', version }] of Object.entries(dcmjsDictionary)) {
  if (version === 'PrivateTag') continue;
  // `(0010,0010)`, or a range: `(6000-60FF,0010)`. Ranges marked -o- and -u- are private creators and group lengths.
  const tag = key.replace(/-[0-9A-F]{4}/g, '').replace(/[(,)]/g, '');
  const keyword = name.replace(/^RETIRED_/, '');
  if (!isTag(tag) || keyword === 'undefined') continue;
  const isRetired = retired.has(tag) || (keyword !== name && !inUse.has(tag));
  const row = addRow({ tag, keyword, vr: openVrs[vr] ?? [vr], vm, retired: isRetired, ...corrections[tag] });
  if (key.includes('-')) repeating.set(repeatingKey(tag), row);
}

for (const [tag, { keyword, vr = [], vm = '1' }] of Object.entries(corrections)) {
  if (isTag(tag) && keyword !== undefined && !byTag.has(tag)) addRow({ tag, keyword, vr, vm, retired: false });
}

function addRow(row: Row): Row {
  byTag.set(row.tag, row);
  byKeyword.set(row.keyword, row);
  return row;
}

function repeatingKey(tag: Tag): string {
  return tag.startsWith('0020') ? tag.slice(0, 6) : `${tag.slice(0, 2)}xx${tag.slice(4)}`;
}

/**
 * The entry of a tag; undefined for private tags, and for those that PS3.6 does not have. An attribute of a repeating
 * group is found under each of its tags, by its own tag: 60020010 is an OverlayRows too.
 */
export function entryOfTag(tag: Tag): DictionaryEntry | undefined {
  const row = byTag.get(tag);
  if (row) return toEntry(row);
  const template = isPrivateTag(tag) ? undefined : repeating.get(repeatingKey(tag));
  return template && toEntry({ ...template, tag });
}

/** The entry of a keyword, in its own case. The keyword of a repeating group means its first: 60000010. */
export function entryOfKeyword(keyword: string): DictionaryEntry | undefined {
  const row = byKeyword.get(keyword);
  return row && toEntry(row);
}

/** The tag of a keyword written in code. An unknown keyword is a fault of ours and ends the program at start. */
export function tagOf(keyword: string): Tag {
  const row = byKeyword.get(keyword);
  if (!row) throw new TypeError(`No such keyword: ${keyword}`);
  return row.tag;
}

/** VRs of a tag without the rest of its entry, for decoding. Empty where the tag is not known. */
export function vrsOf(tag: Tag): readonly string[] {
  return (byTag.get(tag) ?? (isPrivateTag(tag) ? undefined : repeating.get(repeatingKey(tag))))?.vr ?? [];
}

/** Every row, by tag. */
export function dictionaryEntries(): DictionaryEntry[] {
  return [...byTag.values()].sort(byAscendingTag).map(toEntry);
}

function byAscendingTag(a: Row, b: Row): number {
  return a.tag < b.tag ? -1 : 1;
}

const entries = new Map<Row, DictionaryEntry>();

/** Names are spelled out when their entry is first asked for, once: at start nobody needs five thousand of them. */
function toEntry(row: Row): DictionaryEntry {
  const known = entries.get(row);
  if (known) return known;
  const entry = { ...row, name: attributeName(row.keyword) };
  if (byTag.get(row.tag) === row) entries.set(row, entry); // not one that was made for a tag of a repeating group
  return entry;
}

/**
 * Entries for what a person types: a tag or the start of one (`0018,0050`, `00180050`, `(0018`), or words of the name or
 * keyword in their order, each from anywhere in a word (`slice thick`, `SliceTh`, `patient's birth`).
 *
 * @param first - At most so many, at least 0. The best come first: the keyword itself, those that begin with the text,
 *   those that have it in one piece; retired ones last, shorter before longer.
 */
export function searchDictionary(text: string, first: number): DictionaryEntry[] {
  const words = text
    .toLowerCase()
    .replace(/['\u2019]s\b/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.join('');
  const digits = joined.toUpperCase();
  if (isTag(digits) && !isPrivateTag(digits)) {
    const entry = entryOfTag(digits);
    if (entry) return first > 0 ? [entry] : [];
  }
  if (/^(?=.*[0-9])[0-9A-F]{4,7}$/.test(digits)) {
    const rows = [...byTag.values()].filter(({ tag }) => tag.startsWith(digits)).sort(byAscendingTag);
    if (rows.length > 0) return rows.slice(0, Math.max(0, first)).map(toEntry);
  }
  const ranked: [rank: number, row: Row][] = [];
  for (const row of joined === '' ? [] : byTag.values()) {
    const rank = rankOf(row.keyword.toLowerCase(), words, joined);
    if (rank !== null) ranked.push([row.retired ? rank + 10 : rank, row]);
  }
  ranked.sort(([a, x], [b, y]) => a - b || x.keyword.length - y.keyword.length || byAscendingTag(x, y));
  return ranked.slice(0, Math.max(0, first)).map(([, row]) => toEntry(row));
}

function rankOf(keyword: string, words: readonly string[], joined: string): number | null {
  if (keyword === joined) return 0;
  const at = keyword.indexOf(joined);
  if (at >= 0) return at === 0 ? 1 : 2;
  let position = 0;
  for (const word of words) {
    const found = keyword.indexOf(word, position);
    if (found < 0) return null;
    position = found + word.length;
  }
  return 3;
}
