import type { DataSet } from '../dicom/data-set.ts';
import { entryOfTag } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Origin } from '../origin/origin.ts';
import type { Level } from '../origin/search.ts';
import { isPartialMetadata, isRefused } from './contradiction.ts';
import type { ChildSearch } from './plan.ts';
import type { Row } from './row.ts';
import { keyTag, type SearchRunner } from './search-runner.ts';

/** Runs planned searches side by side; gives the rows of each study, or the error of the search that covered it. */
export async function runSteps(
  runner: SearchRunner,
  steps: readonly ChildSearch[],
  level: Level,
  tags: Iterable<Tag>,
): Promise<ReadonlyMap<Uid, readonly Row[] | Error>> {
  runner.requireRequests(steps.length);
  const asked = [...tags];
  const results = await Promise.all(
    steps.map(async (step) => ({
      step,
      rows: await settle(runStep(runner, step, level, asked)),
    })),
  );
  const byStudy = new Map<Uid, Row[] | Error>();
  for (const { step, rows } of results) {
    if (rows instanceof Error) {
      for (const study of studiesOf(step)) byStudy.set(study, rows);
      continue;
    }
    for (const row of rows) {
      if (!runner.isNamed(row, level)) continue;
      const study = requiredUid(runner.origin, row.dataSet, keyTag.study);
      const group = byStudy.get(study);
      if (group === undefined) byStudy.set(study, [row]);
      else if (!(group instanceof Error)) group.push(row);
    }
  }
  return byStudy;
}

async function runStep(
  runner: SearchRunner,
  step: ChildSearch,
  level: Level,
  tags: readonly Tag[],
): Promise<readonly Row[]> {
  switch (step.by) {
    case 'metadata':
      return readMetadata(runner, step, tags);
    case 'studyList':
    case 'seriesList':
      return searchList(runner, step, level, tags);
    case 'study':
      return level === 'instance'
        ? searchStudy(runner, step, tags)
        : runner.searchAll({ level, ...toQuery(step), tags });
    case 'series':
      return runner.searchAll({ level, ...toQuery(step), tags });
  }
}

/** The metadata of all instances; where the origin has none, or only part of it, their rows. */
async function readMetadata(
  runner: SearchRunner,
  { study, series }: Step<'metadata'>,
  tags: readonly Tag[],
): Promise<readonly Row[]> {
  const dataSets = await settle(runner.metadata(series ? { study, series } : { study }));
  if (dataSets instanceof Error && !isRefused(dataSets)) throw dataSets;
  if (!(dataSets instanceof Error) && !isPartialMetadata(dataSets)) {
    return dataSets.map((dataSet) => ({ dataSet, asked: new Set(), metadataOf: series ? 'series' : 'study' }));
  }
  const rows = await (series
    ? runner.searchAll({ level: 'instance', scope: { study, series }, matches: new Map(), tags })
    : searchStudy(runner, { by: 'study', study, rows: null }, tags));
  if (rows.length > 0) {
    const what = series ? 'a series' : 'a study';
    runner.unlearn(
      series ? 'seriesMetadata' : 'studyMetadata',
      `The origin does not give the whole metadata of ${what}`,
    );
  } else if (dataSets instanceof Error) throw dataSets;
  return rows;
}

/** The instances of a study; where the origin has no such search, series by series. */
async function searchStudy(runner: SearchRunner, step: Step<'study'>, tags: readonly Tag[]): Promise<readonly Row[]> {
  const { studyInstanceSearch } = runner.origin.capabilities;
  if (studyInstanceSearch) {
    const rows = await settle(runner.searchAll({ level: 'instance', ...toQuery(step), tags }, step.rows));
    if (!(rows instanceof Error)) return rows;
    if (!isRefused(rows)) throw rows;
  }
  const { study } = step;
  const series = await runner.searchAll({ level: 'series', scope: { study }, matches: new Map(), tags: [] });
  if (studyInstanceSearch && series.length > 0) {
    runner.unlearn('studyInstanceSearch', 'The origin has no search of the instances of a study');
  }
  const groups = await Promise.all(
    series.map(({ dataSet }) => {
      const scope = { study, series: requiredUid(runner.origin, dataSet, keyTag.series) };
      return runner.searchAll({ level: 'instance', scope, matches: new Map(), tags });
    }),
  );
  return groups.flat();
}

/**
 * What is below several objects. That each of them has something below it is certain: where one has nothing, or rows of
 * others came, or the search was refused, the origin does not match lists after all, and is asked for each by itself.
 */
async function searchList(
  runner: SearchRunner,
  step: Step<'studyList' | 'seriesList'>,
  level: Level,
  tags: readonly Tag[],
): Promise<readonly Row[]> {
  const singles = singlesOf(step);
  const expected = step.by === 'studyList' ? step.rows : null;
  const listed = await settle(runner.searchAll({ level, ...toQuery(step), tags }, expected));
  if (listed instanceof Error && !isRefused(listed)) throw listed;
  const rows = listed instanceof Error ? [] : listed;
  const owned = singles.map((single) => rows.filter((row) => isBelow(row, single)));
  const missed = singles.filter((_, index) => owned[index]?.length === 0);
  if (missed.length === 0) return owned.flat();
  const others = (await Promise.all(missed.map((single) => runStep(runner, single, level, tags)))).flat();
  if (others.length > 0) runner.unlearn('uidListMatching', 'The origin does not match lists of UIDs');
  return [...owned.flat(), ...others];
}

type Step<By> = Extract<ChildSearch, { by: By }>;
type Single = Step<'study'> | Step<'series'>;

const singlesOf = (step: Step<'studyList' | 'seriesList'>): readonly Single[] =>
  step.by === 'studyList'
    ? step.studies.map((study) => ({ by: 'study', study, rows: null }))
    : step.series.map((key) => ({ by: 'series', ...key }));

const isBelow = ({ dataSet }: Row, single: Single): boolean =>
  dataSet.uid(keyTag.study) === single.study && (single.by === 'study' || dataSet.uid(keyTag.series) === single.series);

function toQuery(step: Exclude<ChildSearch, { by: 'metadata' }>): {
  scope?: { study: Uid; series?: Uid };
  matches: ReadonlyMap<string, string>;
} {
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

/** The value, or the error: a failed step is an error of what it covered, and of nothing else. */
export async function settle<T>(promise: Promise<T>): Promise<T | Error> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Error ? error : new Error('A loader threw what is not an error', { cause: error });
  }
}

/** @throws {FacadeError} ORIGIN_RESPONSE: a row without what names its object. */
export function requiredUid(origin: Origin, dataSet: DataSet, tag: Tag): Uid {
  const uid = dataSet.uid(tag);
  if (uid !== null) return uid;
  throw new FacadeError('ORIGIN_RESPONSE', `A row lacks ${entryOfTag(tag)?.keyword ?? tag}`, { origin: origin.id });
}

export const notFound = (origin: Origin, what: string): FacadeError =>
  new FacadeError('NOT_FOUND', `The origin has no such ${what}`, { origin: origin.id });
