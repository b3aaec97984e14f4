import DataLoader from 'dataloader';
import type { Tag } from '../dicom/tag.ts';
import { type Criteria, parseStudyFilter } from '../planner/criterion.ts';
import { questionHash } from '../planner/cursor.ts';
import type { StudyFilter } from '../planner/filter-input.ts';
import type { Loaders } from '../planner/loaders.ts';
import { groupBy } from '../planner/plan.ts';
import { settle } from '../planner/steps.ts';
import { countMatches } from './count-matches.ts';
import { type InvalidValueObserver, statisticsTags } from './counted-study.ts';
import { RowShares } from './row-shares.ts';
import { type ScannedStudies, type StudyScan, scanStudies } from './scan-studies.ts';

export interface StatisticsRequest {
  readonly filter: StudyFilter | null | undefined;
  /** Attributes that the selection reads of each study. */
  readonly tags: ReadonlySet<Tag>;
  readonly onInvalidValue: InvalidValueObserver;
}

interface Question {
  readonly hash: string;
  readonly criteria: Criteria;
  readonly request: StatisticsRequest;
}

/** One an operation and origin, for as long as the operation lasts. */
const loaderOf = new WeakMap<Loaders, DataLoader<Question, ScannedStudies>>();

/**
 * The studies that match, to be counted: by the origin, where it can and nothing else is asked of them; else here. What an operation asks in one tick about one filter is one scan, whatever each of
 * the fields reads; scans of different filters run side by side.
 *
 * @throws {FacadeError} BAD_USER_INPUT, FILTER_UNSUPPORTED: the filter. Those of {@link scanStudies}.
 */
export async function loadStudyStatistics(loaders: Loaders, request: StatisticsRequest): Promise<ScannedStudies> {
  const criteria = parseStudyFilter(request.filter);
  let loader = loaderOf.get(loaders);
  if (loader === undefined) {
    loader = new DataLoader((questions) => scanAll(loaders, questions), { cache: false, name: 'studyStatistics' });
    loaderOf.set(loaders, loader);
  }
  return loader.load({ hash: questionHash(request.filter ?? null), criteria, request });
}

async function scanAll(loaders: Loaders, questions: readonly Question[]): Promise<(ScannedStudies | Error)[]> {
  const shares = new RowShares(() => loaders.runner.rowsLeft);
  const groups = [...groupBy(questions, ({ hash }) => hash)].map(([hash, group]) => ({
    hash,
    group,
    share: shares.open(),
  }));
  const scans = new Map<string, Promise<ScannedStudies | Error>>();
  for (const { hash, group, share } of groups) {
    const [first] = group;
    if (!first) continue;
    const { criteria, request } = first;
    const tags = new Set(group.flatMap((question) => [...question.request.tags]));
    const scan = countOrScan(loaders, { criteria, tags, share, onInvalidValue: request.onInvalidValue });
    scans.set(hash, settle(scan.finally(() => share.close())));
  }
  return Promise.all(questions.map(async ({ hash }) => (await scans.get(hash)) ?? new Error('No scan was made')));
}

const ofStudies: readonly Tag[] = Object.values(statisticsTags);

async function countOrScan(loaders: Loaders, scan: StudyScan): Promise<ScannedStudies> {
  if (!ofStudies.some((tag) => scan.tags.has(tag))) {
    const asOf = new Date();
    const count = await countMatches(loaders, scan.criteria);
    if (count !== null) return { count, studies: [], exactness: 'EXACT', scanned: 0, asOf };
  }
  return scanStudies(loaders, scan);
}
