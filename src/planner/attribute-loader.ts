import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Loaders } from './loaders.ts';
import { InstanceNode } from './nodes.ts';
import { canBeIncluded, type Row } from './row.ts';
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
    const { includeField } = this.#loaders.origin.capabilities;
    const searched = keys.filter(({ tag }) => includeField && canBeIncluded(tag));
    const tags = new Set(searched.map(({ tag }) => tag));
    return Promise.all(
      keys.map(async (key) => {
        const row = searched.includes(key) ? await settle(this.#search(key, tags)) : null;
        return row instanceof Error ? row : (row?.dataSet ?? settle(this.#sample(key)));
      }),
    );
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

  /** Two small requests, whatever the size of the study or series. */
  async #loadSample({ study, series }: AttributeKey): Promise<DataSet> {
    const { runner, origin } = this.#loaders;
    const scope = series ? { study, series } : { study };
    const { rows } = await runner.searchPage({ level: 'instance', scope, matches: new Map(), tags: [] }, 1, 0);
    const [row] = rows;
    if (!row) throw notFound(origin, series ? 'series' : 'study');
    const keys = {
      study,
      series: series ?? requiredUid(origin, row.dataSet, keyTag.series),
      instance: requiredUid(origin, row.dataSet, keyTag.instance),
    };
    return this.#loaders.metadata(new InstanceNode(this.#loaders, keys, row));
  }
}
