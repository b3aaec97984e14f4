import { entryOfKeyword, entryOfTag, tagOf } from '../dicom/dictionary.ts';
import { isPrivateTag, isTag, type Tag } from '../dicom/tag.ts';
import { isAbove, type Level, levelOf } from './attribute-level.ts';
import { compileDataSetTest, type DataSetTest, type MatchKey } from './data-set-test.ts';
import { compileElementTest, parseUidList } from './element-test.ts';
import { badRequest } from './problem.ts';
import type { Parameter } from './query-string.ts';

/** One search, taken apart and checked. */
export interface SearchQuery {
  readonly level: Level;
  /** What the row of each level must satisfy; null where nothing is asked of it. */
  readonly tests: Readonly<Record<Level, DataSetTest | null>>;
  /** Attributes of instances that keys or the order ask for. */
  readonly instanceTags: ReadonlySet<Tag>;
  /** UIDs that the path or a key names at each level: what the index can narrow the search down by. */
  readonly uids: Readonly<Partial<Record<Level, readonly string[]>>>;
  readonly scope: SearchScope;
  readonly include: 'all' | ReadonlySet<Tag>;
  readonly limit: number | null;
  readonly offset: number;
  readonly orderBy: readonly { readonly tag: Tag; readonly descending: boolean }[];
  /** Parameters that were asked for and are not supported (PS3.18 §8.3.4.2, §8.3.4.5, §8.3.4.6). */
  readonly unsupported: readonly string[];
}

export interface SearchScope {
  readonly study?: string;
  readonly series?: string;
}

const unsupportedSwitches = new Set(['fuzzymatching', 'emptyvaluematching', 'multiplevaluematching']);
const uidTags: Readonly<Record<Level, Tag>> = {
  study: tagOf('StudyInstanceUID'),
  series: tagOf('SeriesInstanceUID'),
  instance: tagOf('SOPInstanceUID'),
};
const characterSet = tagOf('SpecificCharacterSet');

/**
 * Reads the parameters of a search.
 *
 * A key may name any attribute of the dictionary, by keyword or tag, within sequences by dots, and private attributes by
 * tag. It is asked of the level it belongs to: a study is found by `Modality=CT` when one of its series is CT, and by
 * `Rows=512` when one of its instances is. Lower-level keys of a search are asked of one and the same instance.
 *
 * Extension: `orderby=StudyDate` or `orderby=-StudyDate,PatientName`, as dcm4chee-arc has it.
 *
 * @throws {ArchiveError} BAD_USER_INPUT: an unknown or repeated key, a value its VR cannot have, a bad limit or offset.
 * @see PS3.18 §8.3.4, §10.6.1
 */
export function parseSearchQuery(level: Level, scope: SearchScope, parameters: readonly Parameter[]): SearchQuery {
  const keys: Record<Level, MatchKey[]> = { study: [], series: [], instance: [] };
  const uids: Partial<Record<Level, readonly string[]>> = {};
  const include = new Set<Tag>();
  const fields = new Set<string>();
  const seen = new Set<string>();
  const unsupported: string[] = [];
  let limit: number | null = null;
  let offset = 0;
  let orderBy: SearchQuery['orderBy'] = [];

  for (const [name, value] of parameters) {
    if (name === 'includefield') {
      for (const field of value.split(',')) if (field.trim() !== '') fields.add(field.trim());
      continue;
    }
    const path = parameterNames.has(name) ? null : parsePath(name);
    const identity = path?.join('.') ?? name;
    if (seen.has(identity)) throw badRequest('A parameter or attribute is given twice');
    seen.add(identity);
    if (path) {
      const key: MatchKey = { path, test: compileTest(path, value) };
      const keyLevel = levelOf(path[0]);
      keys[keyLevel].push(key);
      if (!isAbove(level, keyLevel)) include.add(path[0]);
      if (key.test && path[0] === uidTags[keyLevel]) uids[keyLevel] = parseUidList(value);
    } else if (name === 'limit') limit = parseCount(value);
    else if (name === 'offset') offset = parseCount(value);
    else if (name === 'orderby') orderBy = parseOrder(value, level);
    else if (unsupportedSwitches.has(name) && parseSwitch(value)) unsupported.push(name);
  }
  const all = fields.has('all');
  if (all && fields.size > 1) throw badRequest('includefield=all stands alone');
  if (!all) for (const field of fields) include.add(parsePath(field)[0]);
  if (scope.study !== undefined) uids.study = narrowed(uids.study, scope.study);
  if (scope.series !== undefined) uids.series = narrowed(uids.series, scope.series);
  return {
    level,
    tests: {
      study: compileDataSetTest(keys.study),
      series: compileDataSetTest(keys.series),
      instance: compileDataSetTest(keys.instance),
    },
    instanceTags: new Set([
      ...keys.instance.map(({ path }) => path[0]),
      ...orderBy.map(({ tag }) => tag).filter((tag) => levelOf(tag) === 'instance'),
    ]),
    uids,
    scope,
    include: all ? 'all' : include,
    limit,
    offset,
    orderBy,
    unsupported,
  };
}

const parameterNames = new Set(['limit', 'offset', 'orderby', 'accept', ...unsupportedSwitches]);

/** The path names one: what a key asks besides can only be the same, or nothing is found. */
const narrowed = (asked: readonly string[] | undefined, uid: string): readonly string[] =>
  asked === undefined || asked.includes(uid) ? [uid] : [];

function parsePath(text: string): [Tag, ...Tag[]] {
  const [first, ...rest] = text.split('.').map(parseAttribute);
  if (first === undefined) throw badRequest('A key is empty');
  const path: [Tag, ...Tag[]] = [first, ...rest];
  for (const tag of path.slice(0, -1)) {
    const entry = entryOfTag(tag);
    if (entry && !entry.vr.includes('SQ')) throw badRequest('A path goes through an attribute that is not a sequence');
  }
  return path;
}

function parseAttribute(text: string): Tag {
  const digits = text.toUpperCase();
  if (isTag(digits)) {
    if (isPrivateTag(digits) || entryOfTag(digits)) return digits;
  } else {
    const entry = entryOfKeyword(text);
    if (entry) return entry.tag;
  }
  throw badRequest('A key is neither a parameter nor an attribute of the dictionary');
}

function compileTest(path: readonly Tag[], value: string): MatchKey['test'] {
  const tag = path.at(-1);
  if (tag === undefined || tag === characterSet) return null; // never matched: it tells an encoding (PS3.4 §C.2.2.2)
  return compileElementTest(entryOfTag(tag)?.vr[0] ?? null, value);
}

function parseCount(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw badRequest('limit and offset are whole numbers, 0 or more');
  return Number(value);
}

function parseSwitch(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw badRequest('A switch is true or false');
  return value === 'true';
}

function parseOrder(value: string, level: Level): SearchQuery['orderBy'] {
  return value.split(',').map((written) => {
    const descending = written.startsWith('-');
    const tag = parseAttribute(descending ? written.slice(1) : written);
    if (isAbove(level, levelOf(tag))) throw badRequest('An order is by an attribute of a lower level than the search');
    return { tag, descending };
  });
}
