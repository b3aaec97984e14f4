import type { DataSet } from '../dicom/data-set.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Capabilities } from '../origin/capabilities/capabilities.ts';
import type { Level } from '../origin/search.ts';
import { maxRowsPerStep } from './budget.ts';
import type { Alternative, Criteria, Criterion } from './criterion.ts';
import { meets } from './criterion.ts';
import { type MatchedSearch, toSentMatches } from './sent-match.ts';

/** One search resource asked once: its parent in the path, or the parents that it matches by a UID list. */
export type ChildSearch =
  | { readonly by: 'study'; readonly study: Uid; readonly rows: number | null }
  | { readonly by: 'series'; readonly study: Uid; readonly series: Uid }
  | { readonly by: 'studyList'; readonly studies: readonly Uid[]; readonly rows: number | null }
  | { readonly by: 'seriesList'; readonly series: readonly SeriesKey[] }
  /** No search: the metadata of all instances of a study or a series, which tells more than any search. */
  | { readonly by: 'metadata'; readonly study: Uid; readonly series?: Uid };

export interface SeriesKey {
  readonly study: Uid;
  readonly series: Uid;
}

export interface StudyParent {
  readonly study: Uid;
  /** Rows to expect below it; null: not known. */
  readonly rows: number | null;
}

/**
 * The fewest searches for what is below some studies: one for each UID list where the origin matches lists at its root,
 * else one a study. A list is bounded in UIDs, in bytes, and in the rows that it is known to bring.
 */
export function planStudyChildren(
  parents: readonly StudyParent[],
  level: 'series' | 'instance',
  capabilities: Capabilities,
): readonly ChildSearch[] {
  if (parents.length > 1 && matchesLists(level, capabilities)) {
    return chunkLists(parents, capabilities, ({ study, rows }) => weightOf(study, rows ?? 0)).map((part) =>
      part.length === 1 && part[0]
        ? { by: 'study', ...part[0] }
        : { by: 'studyList', studies: part.map((parent) => parent.study), rows: sumOfRows(part) },
    );
  }
  return parents.map((parent) => ({ by: 'study', ...parent }));
}

const sumOfRows = (parents: readonly StudyParent[]): number | null =>
  parents.reduce<number | null>((sum, { rows }) => (sum === null || rows === null ? null : sum + rows), 0);

/**
 * The fewest requests for all instances of some studies. Where something is read of them that only metadata tells, their
 * metadata comes at once, without a search before it: but for a study that is known to be too large for one body.
 */
export function planTrees(
  parents: readonly StudyParent[],
  readsMetadata: boolean,
  capabilities: Capabilities,
): readonly ChildSearch[] {
  const isReadable = readsMetadata && capabilities.studyMetadata;
  const whole = isReadable ? parents.filter(({ rows }) => (rows ?? 0) <= maxInstancesPerMetadata) : [];
  const searched = parents.filter((parent) => !whole.includes(parent));
  return [
    ...whole.map(({ study }) => ({ by: 'metadata', study }) as const),
    ...planStudyChildren(searched, 'instance', capabilities),
  ];
}

/** The fewest requests for the instances of some series: by UID list, else by study where that serves several, else one each. */
export function planSeriesChildren(
  keys: readonly SeriesKey[],
  readsMetadata: boolean,
  capabilities: Capabilities,
): readonly ChildSearch[] {
  const [only] = keys;
  if (readsMetadata && capabilities.seriesMetadata)
    return keys.map(({ study, series }) => ({ by: 'metadata', study, series }));
  if (keys.length === 1 && only) return [{ by: 'series', ...only }];
  if (matchesLists('instance', capabilities)) {
    return chunkLists(keys, capabilities, ({ series }) => weightOf(series)).map((series) => ({
      by: 'seriesList',
      series,
    }));
  }
  return [...groupBy(keys, (key) => key.study)].flatMap(([study, group]): readonly ChildSearch[] => {
    const [single] = group;
    if (group.length === 1 && single) return [{ by: 'series', ...single }];
    // Without such a resource a search of the study would cost one of its series and one of each of those.
    if (!capabilities.studyInstanceSearch) return group.map((key) => ({ by: 'series', ...key }) as const);
    return [{ by: 'study', study, rows: null }];
  });
}

/** How what is below some studies is read where both their series and their instances are asked for. */
export type TreeStrategy =
  /** One search of instances stands for both: `includefield` brings the upper levels' attributes (PS3.18 §10.6.1.2). */
  | 'instances'
  /** Metadata stands for both, and tells what no search does. */
  | 'metadata'
  /** Series and instances are searched each for themselves. */
  | 'levels';

/** What is to be read below studies, and whether rows tell it. */
export interface TreeDemand {
  /** The rows of one instance search would settle everything. */
  readonly byInstances: boolean;
  /** Rows of series and rows of instances, each of their own search, would settle everything. */
  readonly byLevels: boolean;
}

/** The strategy of the fewest requests; among equals, the one that moves the fewest bytes. */
export function planTree(demand: TreeDemand, studies: readonly Uid[], capabilities: Capabilities): TreeStrategy {
  const cost = (level: 'series' | 'instance'): number =>
    matchesLists(level, capabilities)
      ? chunkLists(studies, capabilities, (uid) => weightOf(uid)).length
      : studies.length;
  const isOneSearch =
    capabilities.studyInstanceSearch || (studies.length > 1 && matchesLists('instance', capabilities));
  const costs: readonly (readonly [TreeStrategy, number])[] = [
    ['instances', demand.byInstances && isOneSearch ? cost('instance') : Number.POSITIVE_INFINITY],
    ['levels', demand.byLevels ? cost('series') + cost('instance') : Number.POSITIVE_INFINITY],
    ['metadata', capabilities.studyMetadata ? studies.length : Number.POSITIVE_INFINITY],
  ];
  const [strategy, requests] = costs.reduce((best, next) => (next[1] < best[1] ? next : best));
  return requests === Number.POSITIVE_INFINITY ? 'levels' : strategy; // and what its rows do not tell is looked up
}

export interface LookupStep<Key> {
  /** Where all of them are; absent: at the root. */
  readonly scope: { readonly study: Uid; readonly series?: Uid } | null;
  readonly covers: readonly Key[];
}

/** The fewest searches that find objects by their UIDs: by list where the origin matches lists, else one each. */
export function planLookups<Key extends Readonly<Record<Level, Uid | null>>>(
  level: Level,
  keys: readonly Key[],
  capabilities: Capabilities,
): readonly LookupStep<Key>[] {
  const listed = level === 'study' ? capabilities.uidListMatching : matchesLists(level, capabilities);
  if (keys.length > 1 && listed) {
    return chunkLists(keys, capabilities, (key) => weightOf(key[level] ?? '')).map((covers) => ({
      scope: null,
      covers,
    }));
  }
  return keys.map((key) => ({ scope: level === 'study' ? null : scopeOf(level, key), covers: [key] }));
}

function scopeOf(level: 'series' | 'instance', { study, series }: { study: Uid | null; series: Uid | null }) {
  if (study === null) return null;
  return level === 'instance' && series !== null ? { study, series } : { study };
}

export interface MetadataKey extends SeriesKey {
  readonly instance: Uid;
  /** Instances of the series; null: not known. */
  readonly seriesSize: number | null;
}

export type MetadataStep = { readonly study: Uid; readonly series?: Uid; readonly instance?: Uid };

/** Metadata of that many instances comes as one body at the most. */
const maxInstancesPerMetadata = 1000;

/**
 * The fewest metadata requests that do not read much more than was asked: an instance's own for a few of many, a series'
 * where a quarter of it or more is asked for, a study's for several whole series.
 */
export function planMetadata(keys: readonly MetadataKey[], capabilities: Capabilities): readonly MetadataStep[] {
  const { studyMetadata, seriesMetadata, instanceMetadata } = capabilities;
  const wantsWhole = (group: readonly MetadataKey[]): boolean =>
    (seriesMetadata || !instanceMetadata) && (wantsWholeSeries(group) || !instanceMetadata);
  return [...groupBy(keys, (key) => key.study)].flatMap(([study, ofStudy]) => {
    const groups = [...groupBy(ofStudy, (key) => key.series)];
    const whole = groups.filter(([, group]) => wantsWhole(group));
    const rest = groups.filter(([, group]) => !wantsWhole(group));
    const size = whole.reduce((sum, [, group]) => sum + Math.max(group.length, group[0]?.seriesSize ?? 0), 0);
    const wide: MetadataStep[] =
      studyMetadata && whole.length > 1 && rest.length === 0 && size <= maxInstancesPerMetadata
        ? [{ study }]
        : whole.map(([series]) => ({ study, series }));
    const narrow = rest.flatMap(([series, group]) => group.map(({ instance }) => ({ study, series, instance })));
    return [...wide, ...narrow];
  });
}

function wantsWholeSeries(group: readonly MetadataKey[]): boolean {
  const size = group[0]?.seriesSize ?? null;
  if (group.length === 1) return size === 1;
  return group.length >= (size ?? 0) / 4;
}

/** One search at the root, and which of its rows an earlier search of the same plan has brought already. */
export interface PlannedSearch {
  readonly matches: ReadonlyMap<string, string>;
  readonly isRepeat: (row: DataSet) => boolean;
}

/**
 * The searches whose answers together hold every match of the criteria, one after the other.
 *
 * Of the attributes that may have one of several values, UIDs go as lists where the origin matches them; of the others the
 * one that needs the fewest searches is asked value by value, and what remains is left to the check of the rows; as is what
 * the origin does not match.
 */
export function planSearches(
  criteria: Criteria,
  search: MatchedSearch,
  capabilities: Capabilities,
): readonly PlannedSearch[] {
  if (criteria.never) return [];
  const fixed = new Map<string, string>();
  let split: { criterion: Criterion; groups: readonly (readonly Alternative[])[] } | null = null;
  for (const criterion of criteria.all) {
    const sent = toSentMatches(criterion, search, capabilities);
    if (sent === null) continue; // left to the check of the rows
    const groups = alternativeGroups(criterion, sent, capabilities);
    const [only] = groups;
    if (groups.length === 1 && only) fixed.set(criterion.key, toValue(only));
    else if (split === null || groups.length < split.groups.length) split = { criterion, groups };
  }
  if (split === null) return [{ matches: fixed, isRepeat: () => false }];
  const { criterion, groups } = split;
  return groups.map((group, index) => {
    const earlier = { ...criterion, alternatives: groups.slice(0, index).flat() };
    return {
      matches: new Map([...fixed, [criterion.key, toValue(group)]]),
      isRepeat: (row) => meets(earlier, row) === true,
    };
  });
}

const toValue = (group: readonly Alternative[]): string => group.map(({ query }) => query).join(',');

function alternativeGroups(
  criterion: Criterion,
  sent: readonly Alternative[],
  capabilities: Capabilities,
): readonly (readonly Alternative[])[] {
  const listed = criterion.uidList && capabilities.uidListMatching;
  return listed
    ? chunkLists(sent, capabilities, ({ query }) => weightOf(query))
    : sent.map((alternative) => [alternative]);
}

const matchesLists = (level: 'series' | 'instance', capabilities: Capabilities): boolean =>
  capabilities.uidListMatching &&
  (level === 'series' ? capabilities.rootSeriesSearch : capabilities.rootInstanceSearch);

/** What stands beside a list in the query: the attributes to include, and the limit. */
const reservedQueryBytes = 1_000;

interface Weight {
  /** Of a UID with its comma. */
  readonly bytes: number;
  /** Rows that it is known to bring. */
  readonly rows: number;
}

/** Lists of as many UIDs as one request takes: bounded in number, in bytes, and in the rows that they bring. */
function chunkLists<T>(
  values: readonly T[],
  { maxUidsPerList, maxQueryBytes }: Capabilities,
  weigh: (value: T) => Weight,
): readonly (readonly T[])[] {
  const maxBytes = Math.max(65, maxQueryBytes - reservedQueryBytes);
  const chunks: T[][] = [];
  let current: T[] = [];
  let [bytes, rows] = [0, 0];
  for (const value of values) {
    const weight = weigh(value);
    const isFull =
      current.length >= maxUidsPerList || bytes + weight.bytes > maxBytes || rows + weight.rows > maxRowsPerStep;
    if (current.length > 0 && isFull) {
      chunks.push(current);
      current = [];
      [bytes, rows] = [0, 0];
    }
    current.push(value);
    bytes += weight.bytes;
    rows += weight.rows;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}

const weightOf = (uid: string, rows = 0): Weight => ({ bytes: uid.length + 1, rows });

export function groupBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
