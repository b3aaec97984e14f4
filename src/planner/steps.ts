import type { DataSet } from '../dicom/data-set.ts';
import { entryOfTag } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Origin } from '../origin/origin.ts';
import type { Level } from '../origin/search.ts';
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
  if (step.by !== 'metadata') return runner.searchAll({ level, ...toQuery(step), tags });
  const { study, series } = step;
  const dataSets = await runner.metadata(series ? { study, series } : { study });
  return dataSets.map((dataSet) => ({ dataSet, asked: new Set(), metadataOf: series ? 'series' : 'study' }));
}

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
