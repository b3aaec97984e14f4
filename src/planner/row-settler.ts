import DataLoader from 'dataloader';
import { levelDepth, levelOfAttribute } from '../dicom/attribute-level.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { isCodedError } from '../errors.ts';
import type { Level, SearchQuery } from '../origin/search.ts';
import { groupBy, planLookups, planMetadata, planSeriesChildren, planStudyChildren } from './plan.ts';
import type { Row } from './row.ts';
import { depthOf, type RowGuard, toldBy, toldByMetadata } from './row-guard.ts';
import { keyTag, type SearchRunner } from './search-runner.ts';
import { runSteps, settle } from './steps.ts';

const patientId = tagOf('PatientID');

/** Attributes of the guard that a search of a level can be asked for. */
export const tagsFor = ({ tags }: RowGuard, level: Level): readonly Tag[] =>
  [...tags].filter((tag) => levelDepth[levelOfAttribute(tag)] <= levelDepth[level]);

/**
 * Judges rows, and finds out what they do not tell: attributes of the levels above by looking up their studies, those of the
 * levels below by what is below. A study or series may be seen where something below it may. What cannot be found out is not
 * seen.
 */
export class RowSettler {
  readonly #runner: SearchRunner;
  readonly #guard: RowGuard;
  readonly #depth: Level;
  readonly #studies: DataLoader<Uid, readonly Row[]>;

  /** @param runner - Asks for everything, whoever may see it. */
  constructor(runner: SearchRunner, guard: RowGuard) {
    this.#runner = runner;
    this.#guard = guard;
    this.#depth = depthOf(guard);
    this.#studies = new DataLoader((uids) => this.#lookUp(uids), { name: 'studies of rows' });
  }

  /** @throws {FacadeError} Those of the searches that it takes: then nothing is known. */
  async judge(rows: readonly Row[], level: Level): Promise<readonly boolean[]> {
    const verdicts = rows.map((row) => this.#guard.judge(toldBy(row, level)));
    const settleEach = async (settleSome: (open: readonly Row[]) => Promise<readonly (boolean | null)[]>) => {
      const places = verdicts.flatMap((verdict, place) => (verdict === null ? [place] : []));
      if (places.length === 0) return;
      const settled = await settleSome(places.flatMap((place) => rows[place] ?? []));
      for (const [index, place] of places.entries()) verdicts[place] = settled[index] ?? null;
    };
    if (level !== 'study') await settleEach((open) => this.#judgeWithStudies(open, level));
    await settleEach((open) => this.#judgeBelow(open, level));
    return verdicts.map((verdict) => verdict === true);
  }

  /** By what the rows tell, and the rows of their studies: of all of them that it can be, as a UID may be of two patients. */
  async #judgeWithStudies(rows: readonly Row[], level: Level): Promise<readonly (boolean | null)[]> {
    const isLacking = (row: Row): boolean =>
      tagsFor(this.#guard, 'study').some((tag) => toldBy(row, level)(tag) === null);
    return Promise.all(
      rows.map(async (row) => {
        const uid = row.dataSet.uid(keyTag.study);
        if (uid === null || !isLacking(row)) return null;
        const studies = (await this.#studies.load(uid)).filter((study) => isOfOnePatient(study, row));
        const verdicts = studies.map((study) =>
          this.#guard.judge((tag) => toldBy(row, level)(tag) ?? toldBy(study, 'study')(tag)),
        );
        const [first = null, ...others] = verdicts;
        return others.every((verdict) => verdict === first) ? first : null;
      }),
    );
  }

  async #lookUp(uids: readonly Uid[]): Promise<(readonly Row[] | Error)[]> {
    const keys = uids.map((study) => ({ study, series: null, instance: null }));
    const steps = planLookups('study', keys, this.#runner.origin.capabilities);
    this.#runner.requireRequests(steps.length);
    const answers = await Promise.all(
      steps.map(async ({ covers }) => {
        const matches = new Map([['StudyInstanceUID', covers.map(({ study }) => study).join(',')]]);
        const rows = await settle(
          this.#runner.searchAll({ level: 'study', matches, tags: tagsFor(this.#guard, 'study') }),
        );
        return { covered: new Set<string | null>(covers.map(({ study }) => study)), rows };
      }),
    );
    return uids.map((uid) => {
      const rows = answers.find(({ covered }) => covered.has(uid))?.rows ?? [];
      return rows instanceof Error ? rows : rows.filter(({ dataSet }) => dataSet.uid(keyTag.study) === uid);
    });
  }

  async #judgeBelow(rows: readonly Row[], level: Level): Promise<readonly boolean[]> {
    if (level === 'instance') return this.#judgeByMetadata(rows);
    const isDeeper = levelDepth[this.#depth] > levelDepth[level];
    if (!isDeeper) return Promise.all(rows.map((row) => this.#judgeBySample(row)));
    return level === 'study' ? this.#judgeBySeries(rows) : this.#judgeByInstances(rows);
  }

  async #judgeBySeries(studies: readonly Row[]): Promise<readonly boolean[]> {
    const uids = distinct(studies.flatMap(({ dataSet }) => dataSet.uid(keyTag.study) ?? []));
    const { capabilities } = this.#runner.origin;
    const parents = uids.map((study) => ({ study, rows: null }));
    const steps = planStudyChildren(parents, 'series', capabilities);
    const tags = [patientId, ...tagsFor(this.#guard, 'series')];
    const below = await this.#visible(await runSteps(this.#runner, steps, 'series', tags), 'series');
    return studies.map((study) => below.some((row) => isSame(row, study, keyTag.study) && isOfOnePatient(study, row)));
  }

  async #judgeByInstances(series: readonly Row[]): Promise<readonly boolean[]> {
    const keys = series.flatMap(({ dataSet }) => {
      const [study, uid] = [dataSet.uid(keyTag.study), dataSet.uid(keyTag.series)];
      return study && uid ? [{ study, series: uid }] : [];
    });
    const steps = planSeriesChildren(
      distinctBy(keys, (key) => `${key.study} ${key.series}`),
      false,
      this.#runner.origin.capabilities,
    );
    const tags = [patientId, ...tagsFor(this.#guard, 'instance')];
    const below = await this.#visible(await runSteps(this.#runner, steps, 'instance', tags), 'instance');
    return series.map((one) =>
      below.some(
        (row) => isSame(row, one, keyTag.study) && isSame(row, one, keyTag.series) && isOfOnePatient(one, row),
      ),
    );
  }

  /** @throws The error of a search: that nothing was found would be a wrong word. */
  async #visible(found: ReadonlyMap<Uid, readonly Row[] | Error>, level: Level): Promise<readonly Row[]> {
    const rows = [...found.values()].flatMap((group) => {
      if (group instanceof Error) throw group;
      return group;
    });
    const verdicts = await this.judge(rows, level);
    return rows.filter((_, index) => verdicts[index]);
  }

  /** Its own level tells it, and no row does: the metadata of one instance, which has what all of them have. */
  async #judgeBySample({ dataSet }: Row): Promise<boolean> {
    const [study, series] = [dataSet.uid(keyTag.study), dataSet.uid(keyTag.series)];
    if (study === null) return false;
    const instance = await this.#firstInstance(series === null ? { study } : { study, series });
    if (instance === null) return false;
    const [verdict = false] = await this.#judgeByMetadata([instance]);
    return verdict;
  }

  async #firstInstance(scope: NonNullable<SearchQuery['scope']>): Promise<Row | null> {
    const first = async (level: Level, within: typeof scope): Promise<Row | null> => {
      const query = { level, scope: within, matches: new Map<string, string>(), tags: [] };
      return (await this.#runner.searchPage(query, 1, 0)).rows[0] ?? null;
    };
    if (scope.series !== undefined || this.#runner.origin.capabilities.studyInstanceSearch) {
      return first('instance', scope);
    }
    const series = (await first('series', scope))?.dataSet.uid(keyTag.series);
    return series ? first('instance', { ...scope, series }) : null;
  }

  async #judgeByMetadata(rows: readonly Row[]): Promise<readonly boolean[]> {
    const keys = rows.flatMap(({ dataSet }) => {
      const [study, series, instance] = [keyTag.study, keyTag.series, keyTag.instance].map((tag) => dataSet.uid(tag));
      return study && series && instance ? [{ study, series, instance, seriesSize: null }] : [];
    });
    const steps = planMetadata(keys, this.#runner.origin.capabilities);
    this.#runner.requireRequests(steps.length);
    const found = new Map<Uid | null, DataSet>();
    const read = async (step: (typeof steps)[number]): Promise<void> => {
      for (const dataSet of await this.#runner.metadata(step)) found.set(dataSet.uid(keyTag.instance), dataSet);
    };
    for (const outcome of await Promise.all(steps.map((step) => settle(read(step))))) {
      if (outcome instanceof Error && !(isCodedError(outcome) && outcome.code === 'NOT_FOUND')) throw outcome;
    }
    return rows.map(({ dataSet }) => {
      const metadata = found.get(dataSet.uid(keyTag.instance));
      return metadata !== undefined && this.#guard.judge(toldByMetadata(metadata)) === true;
    });
  }
}

const isSame = (one: Row, other: Row, tag: Tag): boolean => one.dataSet.uid(tag) === other.dataSet.uid(tag);

/** Two rows of one study UID are of two objects where they name two patients. */
function isOfOnePatient(one: Row, other: Row): boolean {
  const [id, otherId] = [one.dataSet.text(patientId), other.dataSet.text(patientId)];
  return id === null || otherId === null || id === otherId;
}

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

const distinctBy = <T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] =>
  [...groupBy(values, keyOf).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
