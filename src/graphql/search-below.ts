import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import { OriginNotFoundError } from '../origin/origin-errors.ts';
import type { Criteria, Criterion } from '../planner/criterion.ts';
import { encodeCursor, parseCursor } from '../planner/cursor.ts';
import type { Loaders } from '../planner/loaders.ts';
import { type Need, readsOf } from '../planner/need.ts';
import { StudyNode } from '../planner/nodes.ts';
import { searchRows } from '../planner/page.ts';
import type { Row } from '../planner/row.ts';
import { isMatch } from '../planner/scan.ts';
import type { RowSearch } from '../planner/search-runner.ts';
import { type ConnectionModel, pageOfAll } from './connection.ts';

interface SearchBelow {
  readonly level: 'series' | 'instance';
  readonly criteria: Criteria;
  readonly need: Need;
  readonly first: number;
  readonly after: string | null;
  /** The filters as they were asked: a cursor is good for the same ones only. */
  readonly question: readonly unknown[];
}

/**
 * A page of series or of instances of the whole archive.
 *
 * @throws {FacadeError} STUDY_UID_REQUIRED: the origin searches below its studies only, and the filter names no single one.
 */
export async function searchBelow<Node>(
  loaders: Loaders,
  { level, criteria, need, first, after, question }: SearchBelow,
  toNode: (row: Row) => Node,
): Promise<ConnectionModel<Node>> {
  const { origin } = loaders;
  const { rootSeriesSearch, rootInstanceSearch } = origin.capabilities;
  const scope = scopeOf(criteria);
  if (!scope && !(level === 'series' ? rootSeriesSearch : rootInstanceSearch) && !criteria.never) {
    throw new FacadeError('STUDY_UID_REQUIRED', 'This origin searches series and instances only in a known study', {
      origin: origin.id,
      argument: 'study.studyInstanceUIDs',
    });
  }
  if (scope && level === 'instance' && !origin.capabilities.studyInstanceSearch && !criteria.never) {
    return searchListed(loaders, scope.study, { criteria, need, first, after, question }, toNode);
  }
  const hash = loaders.questionHash(level, ...question);
  const position = after === null ? null : parseCursor(hash, after, 'offset', loaders.cursors);
  const page = await searchRows(loaders, {
    level,
    ...(scope ? { scope } : {}),
    criteria: { ...criteria, all: criteria.all.filter(({ key }) => !scope || !isInPath(key, scope)) },
    tags: readsOf(need, level),
    first,
    after: position?.kind === 'offset' ? position : null,
  });
  return {
    edges: page.items.map(({ row, position: next }) => ({
      node: toNode(row),
      cursor: () => encodeCursor(hash, next, loaders.cursors),
    })),
    hasNextPage: page.hasNextPage,
    hasPreviousPage: position !== null,
    totalCount: page.totalCount,
  };
}

/** Where an origin searches instances in known series only, all of the study are read, and checked here. */
async function searchListed<Node>(
  loaders: Loaders,
  study: Uid,
  { criteria, need, first, after, question }: Omit<SearchBelow, 'level'>,
  toNode: (row: Row) => Node,
): Promise<ConnectionModel<Node>> {
  const rows = await instancesOf(loaders, study, need);
  const isMet = await Promise.all(rows.map((row) => isMatch(loaders, criteria, row)));
  const found = rows.filter((_, index) => isMet[index]);
  return pageOfAll(found.map(toNode), ['instances of a study', loaders.origin.id, ...question], first, after);
}

/** A study that is not there, or may not be seen, has none: a search finds nothing in it. */
async function instancesOf(loaders: Loaders, study: Uid, need: Need): Promise<readonly Row[]> {
  try {
    return await loaders.instancesOfStudy(new StudyNode(loaders, study, null), need);
  } catch (error) {
    if (error instanceof OriginNotFoundError) return [];
    throw error;
  }
}

type Scope = NonNullable<RowSearch['scope']>;

/** One known study, and one known series of it, go into the path: every origin can search there. */
function scopeOf({ all }: Criteria): Scope | null {
  const study = onlyUid(all, 'StudyInstanceUID');
  return study === null ? null : { study };
}

function onlyUid(criteria: readonly Criterion[], key: string): Uid | null {
  const values = criteria.find((criterion) => criterion.key === key)?.alternatives;
  return values?.length === 1 ? ((values[0]?.query as Uid | undefined) ?? null) : null;
}

const isInPath = (key: string, scope: Scope): boolean => key === 'StudyInstanceUID' && scope.study !== undefined;
