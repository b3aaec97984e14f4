import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { isCodedError } from '../errors.ts';
import type { Capabilities } from '../origin/capabilities/capabilities.ts';
import type { Origin } from '../origin/origin.ts';
import type { Level } from '../origin/search.ts';
import { AttributeLoader } from './attribute-loader.ts';
import { type CursorCodec, plainCursors, questionHash } from './cursor.ts';
import { GuardedRunner } from './guarded-runner.ts';
import { Lookups } from './lookups.ts';
import { MetadataLoader } from './metadata-loader.ts';
import { emptyNeed, type Need, readsOf } from './need.ts';
import { InstanceNode, SeriesNode, StudyNode, type StudyTree } from './nodes.ts';
import {
  groupBy,
  planSeriesChildren,
  planStudyChildren,
  planTree,
  planTrees,
  type SeriesKey,
  type TreeStrategy,
} from './plan.ts';
import { canBeIncluded, countedTags, type Row, settlesAll } from './row.ts';
import type { RowGuard } from './row-guard.ts';
import { keyTag, type OperationScope, SearchRunner } from './search-runner.ts';
import { requiredUid, runSteps, settle } from './steps.ts';

const studyInstanceUID = keyTag.study;
const seriesInstanceUID = keyTag.series;
const sopInstanceUID = keyTag.instance;
/** Read with every list of studies whose instances are asked for: it bounds the searches below. */
export const numberOfStudyRelatedInstances = tagOf('NumberOfStudyRelatedInstances');
const modalitiesInStudy = tagOf('ModalitiesInStudy');
const modality = tagOf('Modality');
/** Attributes of a study that all of its series tell. */
const countedOnSeries: ReadonlySet<Tag> = new Set([modalitiesInStudy, tagOf('NumberOfStudyRelatedSeries')]);

/**
 * What one operation reads of one origin: never shared between operations, since budget and principal are not.
 *
 * Everything asked for in one tick becomes the fewest requests that the origin's capabilities allow (plan.ts). A failed
 * request rejects only the objects that it covered.
 */
export class Loaders {
  readonly origin: Origin;
  readonly runner: SearchRunner;
  readonly #guard: RowGuard | null;
  /** Of searches. */
  readonly cursors: CursorCodec;
  readonly #series = new Map<Need | null, DataLoader<StudyNode, readonly SeriesNode[], Uid>>();
  readonly #trees = new Map<Need | null, DataLoader<StudyNode, StudyTree, Uid>>();
  readonly #instances = new Map<Need | null, DataLoader<SeriesKey, readonly Row[], string>>();
  readonly #wholes = new Map<Need, DataLoader<SeriesKey, readonly Row[], string>>();
  readonly lookups: Lookups;
  readonly #attributes = new AttributeLoader(this);
  readonly #metadata: MetadataLoader;

  constructor(origin: Origin, scope: OperationScope) {
    this.origin = origin;
    const guard = scope.guardOf?.(origin.id) ?? null;
    this.#guard = guard;
    this.runner = guard === null ? new SearchRunner(origin, scope) : new GuardedRunner(origin, scope, guard);
    this.cursors = (guard && scope.sealedCursors) ?? plainCursors;
    this.lookups = new Lookups(this.runner);
    this.#metadata = new MetadataLoader(this.runner);
  }

  /** What a cursor is good for: what is asked, of this origin, and what the origin is asked because of whom. */
  questionHash(...question: readonly unknown[]): string {
    const required = this.#guard?.required.map(({ tag, values }) => [tag, [...values]]);
    return questionHash([
      ...question.slice(0, 1),
      this.origin.id,
      ...question.slice(1),
      ...(required ? [required] : []),
    ]);
  }

  /**
   * A study by its UID, with what the query asks of it. Null: the origin has none.
   *
   * Where its series are asked for and can tell what is read of the study, they are loaded for both: one request less.
   */
  async study(study: Uid, need: Need): Promise<StudyNode | null> {
    if (this.#isToldByBelow(study, need)) {
      const series = await this.seriesOfStudy(
        new StudyNode(this, study, null, need),
        need.series ?? emptyNeed('series'),
      );
      const row = series[0]?.row ?? null;
      return row && new StudyNode(this, study, row, need, series);
    }
    const row = await this.lookups.study(study, studyTags(need));
    return row ? new StudyNode(this, study, row, need) : null;
  }

  /** Whether the rows below a study settle what is read of it, or count it. */
  #isToldByBelow(study: Uid, need: Need): boolean {
    const { capabilities } = this.origin;
    const isTree = need.instances !== null || need.series?.instances != null;
    if (isTree && this.#strategy(need, [study]) !== 'levels') return true;
    if (need.series === null || isTree) return false;
    const read = [...need.tags.study].filter((tag) => !countedOnSeries.has(tag));
    const isRead = read.every((tag) => tag === studyInstanceUID || (capabilities.includeField && canBeIncluded(tag)));
    const isModalityTold = capabilities.includeField || settlesAll('series', [modality], capabilities);
    return isRead && isModalityTold && !need.tags.study.has(numberOfStudyRelatedInstances);
  }

  #strategy(need: Need, studies: readonly Uid[]): TreeStrategy {
    return treeStrategy(need, studies, this.origin.capabilities);
  }

  /**
   * A series by its UIDs. Null: the origin has none.
   *
   * @throws {FacadeError} STUDY_UID_REQUIRED: no study is given, and the origin has no search at its root.
   */
  async singleSeries(series: Uid, study: Uid | null, need: Need): Promise<SeriesNode | null> {
    const { capabilities } = this.origin;
    const isFindable = study !== null || (capabilities.rootInstanceSearch && capabilities.includeField);
    if (!need.instances || !isFindable) {
      const row = await this.lookups.series({ study, series }, readsOf(need, 'series'));
      return row && this.seriesOfRow(row, need);
    }
    const rows = await (study ? this.#wholeSeries({ study, series }, need) : this.#findSeries(series, need));
    return rows[0] ? this.seriesOfRow(rows[0], need, rows) : null;
  }

  #wholeSeries(key: SeriesKey, need: Need): Promise<readonly Row[]> {
    return cached(this.#wholes, need, () => this.#createInstanceLoader(seriesTags(need))).load(key);
  }

  /** All instances of a series whose study is not known. */
  async #findSeries(series: Uid, need: Need): Promise<readonly Row[]> {
    const matches = new Map([['SeriesInstanceUID', series]]);
    const rows = await this.runner.searchAll({ level: 'instance', matches, tags: seriesTags(need) });
    return rows.filter((row) => row.dataSet.uid(seriesInstanceUID) === series);
  }

  /** An instance by its UIDs; the fewer of them are given, the more the origin must be able to search. */
  async singleInstance(instance: Uid, series: Uid | null, study: Uid | null, need: Need): Promise<InstanceNode | null> {
    const tags = readsOf(need, 'instance');
    if (study && series && !settlesAll('instance', tags, this.origin.capabilities)) {
      const keys = { study, series, instance };
      const dataSet = await settle(this.metadata(new InstanceNode(this, keys, null)));
      if (!(dataSet instanceof Error)) {
        return new InstanceNode(this, keys, { dataSet, asked: new Set(), metadataOf: 'instance' });
      }
      if (isCodedError(dataSet) && dataSet.code === 'NOT_FOUND') return null;
      throw dataSet;
    }
    const row = await this.lookups.instance({ study, series, instance }, tags);
    return row && this.instanceOfRow(row);
  }

  /** The series of a study, in no order. One request serves every study that is asked for in the same tick. */
  async seriesOfStudy(study: StudyNode, need: Need): Promise<readonly SeriesNode[]> {
    if (study.series) return study.series;
    return cached(this.#series, study.need ?? need, () => this.#createSeriesLoader(need, study.need)).load(study);
  }

  /** The rows of all instances of a study, in no order. */
  async instancesOfStudy(study: StudyNode, need: Need): Promise<readonly Row[]> {
    const whole = study.need?.instances ? study : new StudyNode(this, study.study, null, wrapInstances(need));
    if (whole.series?.every(({ instances }) => instances))
      return whole.series.flatMap(({ instances }) => instances ?? []);
    return [...(await this.#tree(whole)).values()].flat();
  }

  /** The rows of the instances of a series, in no order. */
  async instancesOfSeries(series: SeriesNode, need: Need): Promise<readonly Row[]> {
    if (series.instances) return series.instances;
    return cached(this.#instances, series.need?.instances ?? need, (asked) =>
      this.#createInstanceLoader(readsOf(asked ?? need, 'instance')),
    ).load({ study: series.study, series: series.series });
  }

  /** One attribute that no row has settled yet; all that are asked for in a tick come together. */
  attributeOf(node: StudyNode | SeriesNode, tag: Tag): Promise<DataSet> {
    return this.#attributes.load({ study: node.study, series: node.level === 'series' ? node.series : null, tag });
  }

  metadata(node: InstanceNode): Promise<DataSet> {
    return node.row?.metadataOf ? Promise.resolve(node.row.dataSet) : this.#metadata.load(node);
  }

  /** Which resource gave the metadata of an instance: what relative URIs in it are relative to. */
  metadataSource(node: InstanceNode): Level {
    return node.row?.metadataOf ?? this.#metadata.sourceOf(node);
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
    return cached(this.#trees, study.need, (need) => this.#createTreeLoader(need)).load(study);
  }

  #createTreeLoader(need: Need | null): DataLoader<StudyNode, StudyTree, Uid> {
    return new DataLoader<StudyNode, StudyTree, Uid>(
      async (studies) => {
        const strategy =
          need === null
            ? 'levels'
            : this.#strategy(
                need,
                studies.map(({ study }) => study),
              );
        const tags = need === null ? [] : strategy === 'levels' ? instanceTagsOf(need) : treeTags(need);
        const parents = studies.map(({ study, expectedInstances }) => ({ study, rows: expectedInstances }));
        const steps = planTrees(parents, strategy === 'metadata', this.origin.capabilities);
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

  /** @param whole - What is asked of the studies with their series; null: nothing is known but the series' need. */
  #createSeriesLoader(need: Need, whole: Need | null): DataLoader<StudyNode, readonly SeriesNode[], Uid> {
    const below = whole?.series ?? need;
    const isTree = whole !== null && (whole.instances !== null || whole.series?.instances != null);
    return new DataLoader<StudyNode, readonly SeriesNode[], Uid>(
      async (studies) => {
        if (
          isTree &&
          this.#strategy(
            whole,
            studies.map(({ study }) => study),
          ) !== 'levels'
        ) {
          return Promise.all(studies.map((study) => settle(this.#seriesOfTree(study, below))));
        }
        const parents = studies.map(({ study }) => ({ study, rows: null }));
        const steps = planStudyChildren(parents, 'series', this.origin.capabilities);
        const isLookup = studies.some((study) => study.isBare);
        const tags = isLookup && whole ? seriesAndStudyTags(below, whole) : readsOf(below, 'series');
        const rows = await runSteps(this.runner, steps, 'series', tags);
        return studies.map(({ study }) => {
          const found = rows.get(study);
          return found instanceof Error ? found : (found ?? []).map((row) => this.seriesOfRow(row, below));
        });
      },
      { cacheKeyFn: ({ study }) => study, name: 'seriesByStudy' },
    );
  }

  async #seriesOfTree(study: StudyNode, need: Need): Promise<readonly SeriesNode[]> {
    const tree = await this.#tree(study);
    return [...tree.values()].flatMap((rows) => (rows[0] ? [this.seriesOfRow(rows[0], need, rows)] : []));
  }

  #createInstanceLoader(tags: ReadonlySet<Tag>): DataLoader<SeriesKey, readonly Row[], string> {
    return new DataLoader<SeriesKey, readonly Row[], string>(
      async (keys) => {
        const steps = planSeriesChildren(
          keys,
          !settlesAll('instance', tags, this.origin.capabilities), // their metadata then stands for the search too
          this.origin.capabilities,
        );
        const byStudy = await runSteps(this.runner, steps, 'instance', tags);
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

/** How a tree is read: what is asked of some studies, of their series and instances. */
export function treeStrategy(need: Need, studies: readonly Uid[], capabilities: Capabilities): TreeStrategy {
  const instanceTags = instanceTagsOf(need);
  const seriesTags = need.series ? [...readsOf(need.series, 'series')] : [];
  const demand = {
    byInstances: settlesAll('instance', treeTags(need), capabilities),
    byLevels: settlesAll('series', seriesTags, capabilities) && settlesAll('instance', instanceTags, capabilities),
  };
  return planTree(demand, studies, capabilities);
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
  if (tags.has(modalitiesInStudy)) tags.add(modality);
  for (const below of [need.series, need.series?.instances, need.instances]) {
    if (below) for (const tag of readsOf(below, below.level)) tags.add(tag);
  }
  return new Set([...tags].filter((tag) => !countedTags.has(tag)));
}

const instanceTagsOf = (need: Need): ReadonlySet<Tag> => {
  const tags = new Set<Tag>();
  for (const below of [need.series?.instances, need.instances]) {
    if (below) for (const tag of readsOf(below, 'instance')) tags.add(tag);
  }
  return tags;
};

/** What one search of series asks for where it stands for a search of studies too. */
function seriesAndStudyTags(series: Need, study: Need): ReadonlySet<Tag> {
  const tags = new Set([...readsOf(series, 'series'), ...study.tags.study]);
  if (tags.has(modalitiesInStudy)) tags.add(modality);
  return new Set([...tags].filter((tag) => !countedOnSeries.has(tag)));
}

/** What one request for the instances of a series asks for in place of two. */
const seriesTags = (need: Need): ReadonlySet<Tag> =>
  new Set(
    [...readsOf(need, 'series'), ...(need.instances ? readsOf(need.instances, 'instance') : [])].filter(
      (tag) => !countedTags.has(tag),
    ),
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
