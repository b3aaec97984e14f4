import DataLoader from 'dataloader';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import { planLookups } from './plan.ts';
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
    const answers = await Promise.all(
      steps.map(async ({ covers, scope }) => {
        const uids = [...new Set(covers.map((key) => key[level]))];
        const query = {
          level,
          ...(scope ? { scope } : {}),
          matches: new Map([[keywords[level], uids.join(',')]]),
          tags,
        };
        const rows = await settle(this.#runner.searchAll(query));
        return { covers: new Set(covers), rows };
      }),
    );
    return keys.map((key) => {
      const rows = answers.find(({ covers }) => covers.has(key))?.rows ?? [];
      return rows instanceof Error ? rows : (rows.find((row) => isOf(row, key)) ?? null);
    });
  }
}

/** Whether a row is the object looked up: an origin may have ignored what it was asked for. */
function isOf({ dataSet }: Row, key: LookupKey): boolean {
  return (['study', 'series', 'instance'] as const).every((level) => {
    const wanted = key[level];
    return wanted === null || dataSet.uid(keyTag[level]) === wanted;
  });
}
