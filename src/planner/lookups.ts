import DataLoader from 'dataloader';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import { isBadRequest } from './contradiction.ts';
import { type LookupStep, planLookups } from './plan.ts';
import type { Row } from './row.ts';
import { keyTag, type SearchRunner } from './search-runner.ts';
import { settle } from './steps.ts';

/** The UIDs by which one object is looked up, as far as they are known. */
export interface LookupKey {
  readonly study: Uid | null;
  readonly series: Uid | null;
  readonly instance: Uid | null;
}

const keywords: Readonly<Record<Level, string>> = {
  study: 'StudyInstanceUID',
  series: 'SeriesInstanceUID',
  instance: 'SOPInstanceUID',
};

/**
 * Finds objects by their UIDs: those that are looked up in one tick by the fewest searches that the origin allows. Null:
 * the origin has none.
 */
export class Lookups {
  readonly #runner: SearchRunner;
  readonly #loaders = new Map<string, DataLoader<LookupKey, Row | null, string>>();

  constructor(runner: SearchRunner) {
    this.#runner = runner;
  }

  study(study: Uid, tags: ReadonlySet<Tag>): Promise<Row | null> {
    return this.#loader('study', tags).load({ study, series: null, instance: null });
  }

  /** @throws {FacadeError} STUDY_UID_REQUIRED: no study is given, and the origin has no search of series at its root. */
  async series(key: { study: Uid | null; series: Uid }, tags: ReadonlySet<Tag>): Promise<Row | null> {
    this.#requireStudy(key.study, 'series');
    return this.#loader('series', tags).load({ ...key, instance: null });
  }

  /** @throws {FacadeError} STUDY_UID_REQUIRED: as for series. */
  async instance(
    key: { study: Uid | null; series: Uid | null; instance: Uid },
    tags: ReadonlySet<Tag>,
  ): Promise<Row | null> {
    this.#requireStudy(key.study, 'instance');
    return this.#loader('instance', tags).load(key);
  }

  #requireStudy(study: Uid | null, level: 'series' | 'instance'): void {
    const { origin } = this.#runner;
    const { rootSeriesSearch, rootInstanceSearch } = origin.capabilities;
    if (study !== null || (level === 'series' ? rootSeriesSearch : rootInstanceSearch)) return;
    const what = level === 'series' ? 'a series' : 'an instance';
    throw new FacadeError('STUDY_UID_REQUIRED', `This origin finds ${what} only in a known study`, {
      origin: origin.id,
      argument: 'studyInstanceUID',
    });
  }

  #loader(level: Level, tags: ReadonlySet<Tag>): DataLoader<LookupKey, Row | null, string> {
    const name = `${level} ${[...tags].sort().join(' ')}`;
    const known = this.#loaders.get(name);
    if (known) return known;
    const loader = new DataLoader<LookupKey, Row | null, string>((keys) => this.#load(level, tags, keys), {
      cacheKeyFn: ({ study, series, instance }) => `${study} ${series} ${instance}`,
      name: `lookup ${level}`,
    });
    this.#loaders.set(name, loader);
    return loader;
  }

  async #load(level: Level, tags: ReadonlySet<Tag>, keys: readonly LookupKey[]): Promise<(Row | null | Error)[]> {
    const steps = planLookups(level, keys, this.#runner.origin.capabilities);
    this.#runner.requireRequests(steps.length);
    const answers = await Promise.all(
      steps.map(async (step) => ({ covers: new Set(step.covers), rows: await settle(this.#find(level, tags, step)) })),
    );
    return keys.map((key) => {
      const rows = answers.find(({ covers }) => covers.has(key))?.rows ?? [];
      return rows instanceof Error ? rows : (rows.find((row) => isOf(row, key)) ?? null);
    });
  }

  async #find(level: Level, tags: ReadonlySet<Tag>, { covers, scope }: LookupStep<LookupKey>): Promise<readonly Row[]> {
    const key = keywords[level];
    const uids = [...new Set(covers.map((covered) => covered[level]))];
    const query = { level, ...(scope ? { scope } : {}), tags };
    const { matchableKeys } = this.#runner.origin.capabilities;
    const isMatched = scope === null || matchableKeys[level] === null || matchableKeys[level].includes(key);
    if (!isMatched) return this.#runner.searchAll({ ...query, matches: new Map() });
    const rows = await settle(this.#runner.searchAll({ ...query, matches: new Map([[key, uids.join(',')]]) }));
    const isRefusedKey = isBadRequest(rows) && scope !== null;
    if (isRefusedKey) return this.#runner.searchAll({ ...query, matches: new Map() });
    const [first, ...others] = covers;
    const isDoubted = isBadRequest(rows) || (!(rows instanceof Error) && rows.length === 0);
    if (first && others.length > 0 && isDoubted) {
      return this.#findEach(level, tags, first, others, isBadRequest(rows));
    }
    if (rows instanceof Error) throw rows;
    return rows;
  }

  /**
   * A list of UIDs was refused, or found nothing: then either there is nothing, as the first of them shows, or the origin
   * does not match lists after all.
   */
  async #findEach(
    level: Level,
    tags: ReadonlySet<Tag>,
    first: LookupKey,
    others: readonly LookupKey[],
    isRefused: boolean,
  ): Promise<readonly Row[]> {
    const find = (covered: LookupKey): Promise<readonly Row[]> =>
      this.#find(level, tags, { scope: null, covers: [covered] });
    const found = await find(first);
    if (!isRefused && !found.some((row) => isOf(row, first))) return [];
    this.#runner.unlearn('uidListMatching', 'The origin does not match lists of UIDs');
    return [...found, ...(await Promise.all(others.map(find))).flat()];
  }
}

/** Whether a row is the object looked up: an origin may have ignored what it was asked for. */
function isOf({ dataSet }: Row, key: LookupKey): boolean {
  return (['study', 'series', 'instance'] as const).every((level) => {
    const wanted = key[level];
    return wanted === null || dataSet.uid(keyTag[level]) === wanted;
  });
}
