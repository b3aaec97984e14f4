import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Origin } from '../origin/origin.ts';
import type { Level } from '../origin/search.ts';
import { AttributeLoader } from './attribute-loader.ts';
import { Lookups } from './lookups.ts';
import { MetadataLoader } from './metadata-loader.ts';
import { type Need, readsOf } from './need.ts';
import { InstanceNode, SeriesNode, StudyNode, type StudyTree } from './nodes.ts';
import { groupBy, instancesCarrySeries, planSeriesChildren, planStudyChildren, type SeriesKey } from './plan.ts';
import type { Row } from './row.ts';
import { keyTag, type OperationScope, SearchRunner } from './search-runner.ts';
import { requiredUid, runSteps, settle } from './steps.ts';

const studyInstanceUID = keyTag.study;
const seriesInstanceUID = keyTag.series;
const sopInstanceUID = keyTag.instance;
/** Read with every list of studies whose instances are asked for: it bounds the searches below. */
export const numberOfStudyRelatedInstances = tagOf('NumberOfStudyRelatedInstances');

/**
 * What one operation reads of one origin: never shared between operations, since budget and principal are not.
 *
 * Everything asked for in one tick becomes the fewest requests that the origin's capabilities allow (plan.ts). A failed
 * request rejects only the objects that it covered.
 */
export class Loaders {
  readonly origin: Origin;
  readonly runner: SearchRunner;
  readonly #series = new Map<Need | null, DataLoader<StudyNode, readonly SeriesNode[], Uid>>();
  readonly #trees = new Map<Need | null, DataLoader<StudyNode, StudyTree, Uid>>();
  readonly #instances = new Map<Need | null, DataLoader<SeriesKey, readonly Row[], string>>();
  readonly lookups: Lookups;
  readonly #attributes = new AttributeLoader(this);
  readonly #metadata: MetadataLoader;

  constructor(origin: Origin, scope: OperationScope) {
    this.origin = origin;
    this.runner = new SearchRunner(origin, scope);
    this.lookups = new Lookups(this.runner);
    this.#metadata = new MetadataLoader(this.runner);
  }

  /** A study by its UID, with what the query asks of it. Null: the origin has none. */
  async study(study: Uid, need: Need): Promise<StudyNode | null> {
    if (instancesCarrySeries(need, 1, this.origin.capabilities)) {
      const tree = await this.#tree(new StudyNode(this, study, null, need));
      const [first] = tree.values();
      return first?.[0] ? new StudyNode(this, study, first[0], need, tree) : null;
    }
    const row = await this.lookups.study(study, studyTags(need));
    return row ? new StudyNode(this, study, row, need) : null;
  }

  /**
   * A series by its UIDs. Null: the origin has none.
   *
   * @throws {FacadeError} STUDY_UID_REQUIRED: no study is given, and the origin has no search at its root.
   */
  async singleSeries(series: Uid, study: Uid | null, need: Need): Promise<SeriesNode | null> {
    const { capabilities } = this.origin;
    const isFindable = study !== null || capabilities.rootInstanceSearch;
    if (!isFindable || !instancesCarrySeries({ ...need, series: null }, 1, capabilities)) {
      const row = await this.lookups.series({ study, series }, readsOf(need, 'series'));
      return row && this.seriesOfRow(row, need);
    }
    const rows = await this.runner.searchAll({
      level: 'instance',
      ...(study ? { scope: { study, series } } : {}),
      matches: study ? new Map() : new Map([['SeriesInstanceUID', series]]),
      tags: [...readsOf(need, 'series'), ...(need.instances ? readsOf(need.instances, 'instance') : [])],
    });
    const own = rows.filter((row) => row.dataSet.uid(seriesInstanceUID) === series);
    return own[0] ? this.seriesOfRow(own[0], need, own) : null;
  }

  /** An instance by its UIDs; the fewer of them are given, the more the origin must be able to search. */
  async singleInstance(instance: Uid, series: Uid | null, study: Uid | null, need: Need): Promise<InstanceNode | null> {
    const row = await this.lookups.instance({ study, series, instance }, readsOf(need, 'instance'));
    return row && this.instanceOfRow(row);
  }

  /** The series of a study, in no order. One search serves every study that is asked for in the same tick. */
  seriesOfStudy(study: StudyNode, need: Need): Promise<readonly SeriesNode[]> {
    const whole = study.need?.series ? study.need : null;
    return cached(this.#series, whole?.series ?? need, (seriesNeed) =>
      this.#createSeriesLoader(seriesNeed ?? need, whole),
    ).load(study);
  }

  /** The rows of all instances of a study, in no order. */
  async instancesOfStudy(study: StudyNode, need: Need): Promise<readonly Row[]> {
    const whole = study.need?.instances ? study : new StudyNode(this, study.study, null, wrapInstances(need));
    return [...(await this.#tree(whole)).values()].flat();
  }

  /** The rows of the instances of a series, in no order. */
  async instancesOfSeries(series: SeriesNode, need: Need): Promise<readonly Row[]> {
    if (series.instances) return series.instances;
    return cached(this.#instances, series.need?.instances ?? need, (asked) =>
      this.#createInstanceLoader(asked ?? need),
    ).load({ study: series.study, series: series.series });
  }

  /** One attribute that no row has settled yet; all that are asked for in a tick come together. */
  attributeOf(node: StudyNode | SeriesNode, tag: Tag): Promise<DataSet> {
    return this.#attributes.load({ study: node.study, series: node.level === 'series' ? node.series : null, tag });
  }

  metadata(node: InstanceNode): Promise<DataSet> {
    return this.#metadata.load(node);
  }

  /** Which resource gave the metadata of an instance: what relative URIs in it are relative to. */
  metadataSource(node: InstanceNode): Level {
    return this.#metadata.sourceOf(node);
  }

  instanceOfRow(row: Row, seriesSize: number | null = null): InstanceNode {
    const { dataSet } = row;
    const keys = {
      study: requiredUid(this.origin, dataSet, studyInstanceUID),
      series: requiredUid(this.origin, dataSet, seriesInstanceUID),
      instance: requiredUid(this.origin, dataSet, sopInstanceUID),
    };
    return new InstanceNode(this, keys, row, seriesSize);
  }

  seriesOfRow(row: Row, need: Need, instances: readonly Row[] | null = null): SeriesNode {
    const keys = {
      study: requiredUid(this.origin, row.dataSet, studyInstanceUID),
      series: requiredUid(this.origin, row.dataSet, seriesInstanceUID),
    };
    return new SeriesNode(this, keys, row, need, instances);
  }

  #tree(study: StudyNode): Promise<StudyTree> {
    if (study.tree) return Promise.resolve(study.tree);
    return cached(this.#trees, study.need, (need) => this.#createTreeLoader(need)).load(study);
  }

  #createTreeLoader(need: Need | null): DataLoader<StudyNode, StudyTree, Uid> {
    const tags = need === null ? [] : treeTags(need);
    return new DataLoader<StudyNode, StudyTree, Uid>(
      async (studies) => {
        const parents = studies.map(({ study, expectedInstances }) => ({ study, rows: expectedInstances }));
        const steps = planStudyChildren(parents, 'instance', this.origin.capabilities);
        const rows = await runSteps(this.runner, steps, 'instance', tags);
        return studies.map(({ study }) => {
          const found = rows.get(study);
          if (found instanceof Error) return found;
          return groupBy(found ?? [], (row) => requiredUid(this.origin, row.dataSet, seriesInstanceUID));
        });
      },
      { cacheKeyFn: ({ study }) => study, name: 'studyTrees' },
    );
  }

  #createSeriesLoader(need: Need, whole: Need | null): DataLoader<StudyNode, readonly SeriesNode[], Uid> {
    return new DataLoader<StudyNode, readonly SeriesNode[], Uid>(
      async (studies) => {
        if (instancesCarrySeries(whole, studies.length, this.origin.capabilities)) {
          return Promise.all(studies.map((study) => settle(this.#seriesOfTree(study, need))));
        }
        const parents = studies.map(({ study }) => ({ study, rows: null }));
        const steps = planStudyChildren(parents, 'series', this.origin.capabilities);
        const rows = await runSteps(this.runner, steps, 'series', readsOf(need, 'series'));
        return studies.map(({ study }) => {
          const found = rows.get(study);
          return found instanceof Error ? found : (found ?? []).map((row) => this.seriesOfRow(row, need));
        });
      },
      { cacheKeyFn: ({ study }) => study, name: 'seriesByStudy' },
    );
  }

  async #seriesOfTree(study: StudyNode, need: Need): Promise<readonly SeriesNode[]> {
    const tree = await this.#tree(study);
    return [...tree.values()].flatMap((rows) => (rows[0] ? [this.seriesOfRow(rows[0], need, rows)] : []));
  }

  #createInstanceLoader(need: Need): DataLoader<SeriesKey, readonly Row[], string> {
    return new DataLoader<SeriesKey, readonly Row[], string>(
      async (keys) => {
        const steps = planSeriesChildren(keys, this.origin.capabilities);
        const byStudy = await runSteps(this.runner, steps, 'instance', readsOf(need, 'instance'));
        return keys.map(({ study, series }) => {
          const found = byStudy.get(study);
          return found instanceof Error
            ? found
            : (found ?? []).filter((row) => row.dataSet.uid(seriesInstanceUID) === series);
        });
      },
      { cacheKeyFn: ({ study, series }) => `${study} ${series}`, name: 'instancesBySeries' },
    );
  }
}

/** What a search of studies asks for: what is read of them, and what bounds the searches below. */
export function studyTags(need: Need): ReadonlySet<Tag> {
  const tags = new Set(readsOf(need, 'study'));
  if (need.instances || need.series?.instances) tags.add(numberOfStudyRelatedInstances);
  return tags;
}

/** What one search of instances asks for in place of three: everything that is read at any level. */
function treeTags(need: Need): ReadonlySet<Tag> {
  const tags = new Set(readsOf(need, 'study'));
  if (tags.has(tagOf('ModalitiesInStudy'))) tags.add(tagOf('Modality'));
  for (const below of [need.series, need.series?.instances, need.instances]) {
    if (below) for (const tag of readsOf(below, below.level)) tags.add(tag);
  }
  return new Set([...tags].filter((tag) => !countedTags.has(tag)));
}

/** Counted by searches of their own level only; on a tree they are counted by us. */
const countedTags = new Set(
  [
    'NumberOfStudyRelatedSeries',
    'NumberOfStudyRelatedInstances',
    'NumberOfSeriesRelatedInstances',
    'ModalitiesInStudy',
  ].map(tagOf),
);

const wrapInstances = (instances: Need): Need => ({
  level: 'study',
  tags: { study: new Set(), series: new Set(), instance: new Set() },
  series: null,
  instances,
});

function cached<K, V>(map: Map<K, V>, key: K, create: (key: K) => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create(key);
  map.set(key, created);
  return created;
}
