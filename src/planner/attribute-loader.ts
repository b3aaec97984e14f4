import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { countBelow } from './count-below.ts';
import type { Loaders } from './loaders.ts';
import { InstanceNode } from './nodes.ts';
import { canBeIncluded, countedTags, type Row } from './row.ts';
import { keyTag } from './search-runner.ts';
import { notFound, requiredUid, settle } from './steps.ts';

/** One attribute of a study, or of a series of it, that no row has settled. */
interface AttributeKey {
  readonly study: Uid;
  readonly series: Uid | null;
  readonly tag: Tag;
}

/**
 * Loads attributes of studies and series that were not planned, or that no search of their level gives: what a search can
 * give by one search for all that is asked for in a tick, the rest from the metadata of one instance, which is the same in
 * all of them.
 */
export class AttributeLoader {
  readonly #loaders: Loaders;
  readonly #samples = new Map<string, Promise<DataSet>>();
  readonly #loader = new DataLoader<AttributeKey, DataSet, string>((keys) => this.#load(keys), {
    cacheKeyFn: ({ study, series, tag }) => `${study} ${series ?? ''} ${tag}`,
    name: 'attributes',
  });

  constructor(loaders: Loaders) {
    this.#loaders = loaders;
  }

  load(key: AttributeKey): Promise<DataSet> {
    return this.#loader.load(key);
  }

  async #load(keys: readonly AttributeKey[]): Promise<(DataSet | Error)[]> {
    const { origin, runner } = this.#loaders;
    const { includeField, relatedCounts } = origin.capabilities;
    const isSearched = ({ tag }: AttributeKey): boolean =>
      countedTags.has(tag) ? relatedCounts && !runner.hidesCount(tag) : includeField && canBeIncluded(tag);
    const searched = keys.filter(isSearched);
    const tags = new Set(searched.map(({ tag }) => tag));
    return Promise.all(
      keys.map(async (key) => {
        const row = searched.includes(key) ? await settle(this.#search(key, tags)) : null;
        if (row instanceof Error) return row;
        if (countedTags.has(key.tag) && !row?.dataSet.has(key.tag)) return settle(this.#count(key));
        return row?.dataSet ?? settle(this.#sample(key));
      }),
    );
  }

  #count({ study, series, tag }: AttributeKey): Promise<DataSet> {
    const { origin, runner } = this.#loaders;
    const message = 'The origin does not count: what is below was counted';
    if (runner.hidesCount(tag)) return countBelow(this.#loaders, study, series, tag);
    if (origin.capabilities.relatedCounts) runner.unlearn('relatedCounts', message);
    else runner.note('CAPABILITY_WORKED_AROUND', 'relatedCounts', message);
    return countBelow(this.#loaders, study, series, tag);
  }

  /** Lookups of one tick become one search where the origin matches lists. */
  async #search({ study, series }: AttributeKey, tags: ReadonlySet<Tag>): Promise<Row> {
    const row = series
      ? await this.#loaders.lookups.series({ study, series }, tags)
      : await this.#loaders.lookups.study(study, tags);
    if (row === null) throw notFound(this.#loaders.origin, series ? 'series' : 'study');
    return row;
  }

  #sample(key: AttributeKey): Promise<DataSet> {
    const name = `${key.study} ${key.series ?? ''}`;
    const known = this.#samples.get(name);
    if (known) return known;
    const sample = this.#loadSample(key);
    this.#samples.set(name, sample);
    return sample;
  }

  /** Two small requests, or three, whatever the size of the study or series. */
  async #loadSample({ study, series }: AttributeKey): Promise<DataSet> {
    const { runner, origin } = this.#loaders;
    const firstOf = async (level: 'series' | 'instance', scope: { study: Uid; series?: Uid }): Promise<Row> => {
      const row = await runner.searchFirst({ level, scope, matches: new Map(), tags: [] });
      if (!row) throw notFound(origin, series ? 'series' : 'study');
      return row;
    };
    const isFound = series !== null || origin.capabilities.studyInstanceSearch;
    const within = series ?? (isFound ? null : (await firstOf('series', { study })).dataSet.uid(keyTag.series));
    const row = await firstOf('instance', within ? { study, series: within } : { study });
    const keys = {
      study,
      series: series ?? requiredUid(origin, row.dataSet, keyTag.series),
      instance: requiredUid(origin, row.dataSet, keyTag.instance),
    };
    return this.#loaders.metadata(new InstanceNode(this.#loaders, keys, row));
  }
}
