import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Origin } from '../origin/origin.ts';
import type { Level } from '../origin/search.ts';
import type { Budget } from './budget.ts';
import { type Need, readsOf } from './need.ts';
import { InstanceNode, SeriesNode, StudyNode, type StudyTree } from './nodes.ts';
import {
  type ChildSearch,
  groupBy,
  instancesCarrySeries,
  type MetadataStep,
  planMetadata,
  planSeriesChildren,
  planStudyChildren,
  type SeriesKey,
} from './plan.ts';
import { canBeIncluded, type Row } from './row.ts';
import { keyTag, SearchRunner } from './search-runner.ts';

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
  readonly #studyRows = new DataLoader<{ study: Uid; tag: Tag }, DataSet, string>(
    (keys) => this.#loadStudyAttributes(keys),
    { cacheKeyFn: ({ study, tag }) => `${study} ${tag}`, name: 'studyAttributes' },
  );
  readonly #seriesRows = new DataLoader<{ series: SeriesNode; tag: Tag }, DataSet, string>(
    (keys) => this.#loadSeriesAttributes(keys),
    { cacheKeyFn: ({ series, tag }) => `${series.study} ${series.series} ${tag}`, name: 'seriesAttributes' },
  );
  readonly #metadata = new DataLoader<InstanceNode, DataSet, string>((nodes) => this.#loadMetadata(nodes), {
    cacheKeyFn: ({ study, series, instance }) => `${study} ${series} ${instance}`,
    name: 'metadata',
  });

  readonly #metadataSources = new Map<Uid, Level>();

  constructor(origin: Origin, budget: Budget, signal?: AbortSignal) {
    this.origin = origin;
    this.runner = new SearchRunner(origin, budget, signal);
  }

  /** A study by its UID, with what the query asks of it. Null: the origin has none. */
  async study(study: Uid, need: Need): Promise<StudyNode | null> {
    if (instancesCarrySeries(need, 1, this.origin.capabilities)) {
      const tree = await this.#tree(new StudyNode(this, study, null, need));
      const [first] = tree.values();
      return first?.[0] ? new StudyNode(this, study, first[0], need, tree) : null;
    }
    const [row] = await this.runner.searchAll({
      level: 'study',
      matches: new Map([['StudyInstanceUID', study]]),
      tags: studyTags(need),
    });
    return row && row.dataSet.uid(studyInstanceUID) === study ? new StudyNode(this, study, row, need) : null;
  }

  /**
   * A series by its UIDs. Null: the origin has none.
   *
   * @throws {FacadeError} STUDY_UID_REQUIRED: no study is given, and the origin has no search at its root.
   */
  async singleSeries(series: Uid, study: Uid | null, need: Need): Promise<SeriesNode | null> {
    this.#requireStudy(study, 'series');
    const { rootInstanceSearch } = this.origin.capabilities;
    const joint =
      instancesCarrySeries(needOfSeries(need), 1, this.origin.capabilities) && (study !== null || rootInstanceSearch);
    if (!joint) {
      const [row] = await this.runner.searchAll({
        level: 'series',
        ...(study ? { scope: { study } } : {}),
        matches: new Map([['SeriesInstanceUID', series]]),
        tags: readsOf(need, 'series'),
      });
      if (row?.dataSet.uid(seriesInstanceUID) !== series) return null;
      return this.#seriesOfRow(row, need);
    }
    const rows = await this.runner.searchAll({
      level: 'instance',
      ...(study ? { scope: { study, series } } : {}),
      matches: study ? new Map() : new Map([['SeriesInstanceUID', series]]),
      tags: [...readsOf(need, 'series'), ...(need.instances ? readsOf(need.instances, 'instance') : [])],
    });
    const own = rows.filter((row) => row.dataSet.uid(seriesInstanceUID) === series);
    return own[0] ? this.#seriesOfRow(own[0], need, own) : null;
  }

  /** An instance by its UIDs; the fewer of them are given, the more the origin must be able to search. */
  async singleInstance(instance: Uid, series: Uid | null, study: Uid | null, need: Need): Promise<InstanceNode | null> {
    this.#requireStudy(study, 'instance');
    const matches = new Map<string, string>([['SOPInstanceUID', instance]]);
    if (series && !study) matches.set('SeriesInstanceUID', series);
    const [row] = await this.runner.searchAll({
      level: 'instance',
      ...(study ? { scope: series ? { study, series } : { study } } : {}),
      matches,
      tags: readsOf(need, 'instance'),
    });
    if (row?.dataSet.uid(sopInstanceUID) !== instance) return null;
    const node = this.instanceOfRow(row);
    return (study && node.study !== study) || (series && node.series !== series) ? null : node;
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

  /** One attribute of a study that no row has settled yet; all that are asked for in a tick come together. */
  studyAttributes(study: Uid, tag: Tag): Promise<DataSet> {
    return this.#studyRows.load({ study, tag });
  }

  seriesAttributes(series: SeriesNode, tag: Tag): Promise<DataSet> {
    return this.#seriesRows.load({ series, tag });
  }

  metadata(node: InstanceNode): Promise<DataSet> {
    return this.#metadata.load(node);
  }

  /** Which resource gave the metadata of an instance: what relative URIs in it are relative to. */
  metadataSource({ instance }: InstanceNode): Level {
    return this.#metadataSources.get(instance) ?? 'instance';
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

  seriesOfRow(row: Row, need: Need): SeriesNode {
    return this.#seriesOfRow(row, need);
  }

  #seriesOfRow(row: Row, need: Need, instances: readonly Row[] | null = null): SeriesNode {
    const keys = {
      study: requiredUid(this.origin, row.dataSet, studyInstanceUID),
      series: requiredUid(this.origin, row.dataSet, seriesInstanceUID),
    };
    return new SeriesNode(this, keys, row, need, instances);
  }

  #requireStudy(study: Uid | null, what: 'series' | 'instance'): void {
    const { rootSeriesSearch, rootInstanceSearch } = this.origin.capabilities;
    if (study !== null || (what === 'series' ? rootSeriesSearch : rootInstanceSearch)) return;
    throw new FacadeError(
      'STUDY_UID_REQUIRED',
      `This origin finds ${what === 'series' ? 'a series' : 'an instance'} only in a known study`,
      {
        origin: this.origin.id,
        argument: 'studyInstanceUID',
      },
    );
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
        const rows = await this.#runSteps(steps, 'instance', tags);
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
        const rows = await this.#runSteps(steps, 'series', readsOf(need, 'series'));
        return studies.map(({ study }) => {
          const found = rows.get(study);
          return found instanceof Error ? found : (found ?? []).map((row) => this.#seriesOfRow(row, need));
        });
      },
      { cacheKeyFn: ({ study }) => study, name: 'seriesByStudy' },
    );
  }

  async #seriesOfTree(study: StudyNode, need: Need): Promise<readonly SeriesNode[]> {
    const tree = await this.#tree(study);
    return [...tree.values()].flatMap((rows) => (rows[0] ? [this.#seriesOfRow(rows[0], need, rows)] : []));
  }

  #createInstanceLoader(need: Need): DataLoader<SeriesKey, readonly Row[], string> {
    return new DataLoader<SeriesKey, readonly Row[], string>(
      async (keys) => {
        const steps = planSeriesChildren(keys, this.origin.capabilities);
        const byStudy = await this.#runSteps(steps, 'instance', readsOf(need, 'instance'));
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

  /** Runs searches side by side; gives the rows of each study, or the error of the search that covered it. */
  async #runSteps(
    steps: readonly ChildSearch[],
    level: Level,
    tags: Iterable<Tag>,
  ): Promise<ReadonlyMap<Uid, readonly Row[] | Error>> {
    const asked = [...tags];
    const results = await Promise.all(
      steps.map(async (step) => ({
        step,
        rows: await settle(this.runner.searchAll({ level, ...toQuery(step), tags: asked })),
      })),
    );
    const byStudy = new Map<Uid, Row[] | Error>();
    for (const { step, rows } of results) {
      if (rows instanceof Error) {
        for (const study of studiesOf(step)) byStudy.set(study, rows);
        continue;
      }
      for (const row of rows) {
        const study = requiredUid(this.origin, row.dataSet, studyInstanceUID);
        const group = byStudy.get(study);
        if (group === undefined) byStudy.set(study, [row]);
        else if (!(group instanceof Error)) group.push(row);
      }
    }
    return byStudy;
  }

  async #loadStudyAttributes(keys: readonly { study: Uid; tag: Tag }[]): Promise<(DataSet | Error)[]> {
    const { capabilities } = this.origin;
    const searchable = keys.filter(({ tag }) => capabilities.includeField && canBeIncluded(tag));
    const studies = [...new Set(searchable.map(({ study }) => study))];
    const tags = new Set(searchable.map(({ tag }) => tag));
    const rows = new Map<Uid, DataSet | Error>();
    const lists = capabilities.uidListMatching ? [studies] : studies.map((study) => [study]);
    await Promise.all(
      lists.map(async (list) => {
        if (list.length === 0) return;
        const found = await settle(
          this.runner.searchAll({ level: 'study', matches: new Map([['StudyInstanceUID', list.join(',')]]), tags }),
        );
        for (const study of list) {
          const row =
            found instanceof Error ? found : found.find((r) => r.dataSet.uid(studyInstanceUID) === study)?.dataSet;
          rows.set(study, row ?? notFound(this.origin, 'study'));
        }
      }),
    );
    return Promise.all(
      keys.map(
        (key) => (searchable.includes(key) ? rows.get(key.study) : undefined) ?? settle(this.#sample(key.study)),
      ),
    ).then((found) => found.map((value) => value ?? notFound(this.origin, 'study')));
  }

  async #loadSeriesAttributes(keys: readonly { series: SeriesNode; tag: Tag }[]): Promise<(DataSet | Error)[]> {
    const { capabilities } = this.origin;
    const searchable = keys.filter(({ series, tag }) => capabilities.includeField && canBeIncluded(tag) && !series.row);
    const tags = new Set(searchable.map(({ tag }) => tag));
    const studies = [...groupBy(searchable, ({ series }) => series.study).keys()];
    const steps = planStudyChildren(
      studies.map((study) => ({ study, rows: null })),
      'series',
      capabilities,
    );
    const rows = await this.#runSteps(steps, 'series', tags);
    return Promise.all(
      keys.map((key) => {
        const { study, series } = key.series;
        if (!searchable.includes(key)) return settle(this.#sample(study, series));
        const found = rows.get(study);
        if (found instanceof Error) return found;
        return (
          found?.find((row) => row.dataSet.uid(seriesInstanceUID) === series)?.dataSet ??
          notFound(this.origin, 'series')
        );
      }),
    );
  }

  readonly #samples = new Map<string, Promise<DataSet>>();

  /** The metadata of one instance: it settles what is the same in all of a study or a series. Two small requests. */
  #sample(study: Uid, series?: Uid): Promise<DataSet> {
    const key = `${study} ${series ?? ''}`;
    const known = this.#samples.get(key);
    if (known) return known;
    const sample = this.#loadSample(study, series);
    this.#samples.set(key, sample);
    return sample;
  }

  async #loadSample(study: Uid, series?: Uid): Promise<DataSet> {
    const { rows } = await this.runner.searchPage(
      { level: 'instance', scope: series ? { study, series } : { study }, matches: new Map(), tags: [] },
      1,
      0,
    );
    const [row] = rows;
    if (!row) throw notFound(this.origin, series ? 'series' : 'study');
    const found = row.dataSet;
    return this.metadata(
      new InstanceNode(
        this,
        {
          study,
          series: series ?? requiredUid(this.origin, found, seriesInstanceUID),
          instance: requiredUid(this.origin, found, sopInstanceUID),
        },
        row,
      ),
    );
  }

  async #loadMetadata(nodes: readonly InstanceNode[]): Promise<(DataSet | Error)[]> {
    const found = new Map<Uid, DataSet>();
    const failed: { step: MetadataStep; error: Error }[] = [];
    await Promise.all(
      planMetadata(nodes).map(async (step) => {
        const dataSets = await settle(this.runner.metadata(step));
        if (dataSets instanceof Error) failed.push({ step, error: dataSets });
        else {
          for (const dataSet of dataSets) {
            const instance = requiredUid(this.origin, dataSet, sopInstanceUID);
            found.set(instance, dataSet);
            this.#metadataSources.set(instance, step.instance ? 'instance' : step.series ? 'series' : 'study');
          }
        }
      }),
    );
    return nodes.map((node) => {
      const covers = ({ step }: { step: MetadataStep }): boolean =>
        step.study === node.study &&
        (step.series ?? node.series) === node.series &&
        (step.instance ?? node.instance) === node.instance;
      return found.get(node.instance) ?? failed.find(covers)?.error ?? notFound(this.origin, 'instance');
    });
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

const needOfSeries = (need: Need): Need => ({ ...need, series: null });

const wrapInstances = (instances: Need): Need => ({
  level: 'study',
  tags: { study: new Set(), series: new Set(), instance: new Set() },
  series: null,
  instances,
});

function toQuery(step: ChildSearch): { scope?: { study: Uid; series?: Uid }; matches: ReadonlyMap<string, string> } {
  switch (step.by) {
    case 'study':
      return { scope: { study: step.study }, matches: new Map() };
    case 'series':
      return { scope: { study: step.study, series: step.series }, matches: new Map() };
    case 'studyList':
      return { matches: new Map([['StudyInstanceUID', step.studies.join(',')]]) };
    case 'seriesList':
      return { matches: new Map([['SeriesInstanceUID', step.series.map(({ series }) => series).join(',')]]) };
  }
}

function studiesOf(step: ChildSearch): readonly Uid[] {
  if (step.by === 'studyList') return step.studies;
  return step.by === 'seriesList' ? step.series.map(({ study }) => study) : [step.study];
}

function cached<K, V>(map: Map<K, V>, key: K, create: (key: K) => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create(key);
  map.set(key, created);
  return created;
}

async function settle<T>(promise: Promise<T>): Promise<T | Error> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Error ? error : new Error('A loader threw what is not an error', { cause: error });
  }
}

function requiredUid(origin: Origin, dataSet: DataSet, tag: Tag): Uid {
  const uid = dataSet.uid(tag);
  if (uid !== null) return uid;
  throw new FacadeError('ORIGIN_RESPONSE', `A row lacks ${entryOfTag(tag)?.keyword ?? tag}`, { origin: origin.id });
}

const notFound = (origin: Origin, what: string): FacadeError =>
  new FacadeError('NOT_FOUND', `The origin has no such ${what}`, { origin: origin.id });
