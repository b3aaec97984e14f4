import type { GraphQLResolveInfo } from 'graphql';
import { parseStudyFilter } from '../planner/criterion.ts';
import { encodeCursor, parseCursor } from '../planner/cursor.ts';
import type { StudyFilter } from '../planner/filter-input.ts';
import { type Loaders, studyTags } from '../planner/loaders.ts';
import { readNeed } from '../planner/need.ts';
import { StudyNode } from '../planner/nodes.ts';
import { type StudyOrder, searchByStudyDate } from '../planner/order.ts';
import { type Page, searchRows } from '../planner/page.ts';
import { keyTag } from '../planner/search-runner.ts';
import type { ConnectionModel } from './connection.ts';

export interface StudySearch {
  readonly filter: StudyFilter | null | undefined;
  readonly orderBy: StudyOrder | null | undefined;
  readonly first: number;
  readonly after: string | null;
}

const orderValues: Readonly<Record<StudyOrder, string>> = {
  STUDY_DATE_DESC: '-StudyDate',
  STUDY_DATE_ASC: 'StudyDate',
};

/** A page of studies: `searchStudies`, and the studies of a patient. */
export async function searchStudies(
  loaders: Loaders,
  { filter, orderBy, first, after }: StudySearch,
  info: GraphQLResolveInfo,
): Promise<ConnectionModel<StudyNode>> {
  const { origin } = loaders;
  const criteria = parseStudyFilter(filter);
  const need = readNeed(info, 'study');
  const hash = loaders.questionHash('studies', filter ?? null, orderBy ?? null);
  const request = { criteria, tags: studyTags(need), first };
  const sliced = orderBy != null && !origin.capabilities.ordering;
  const position = after === null ? null : parseCursor(hash, after, sliced ? 'after' : 'offset', loaders.cursors);

  let page: Page;
  if (orderBy != null && sliced) {
    const from = position?.kind === 'after' ? position : null;
    page = await searchByStudyDate(loaders, { ...request, order: orderBy, after: from, now: new Date() });
  } else {
    const from = position?.kind === 'offset' ? position : null;
    const order = orderBy != null ? { orderBy: orderValues[orderBy] } : {};
    page = await searchRows(loaders, { ...request, level: 'study', after: from, ...order });
  }
  return {
    edges: page.items.flatMap(({ row, position: next }) => {
      const uid = row.dataSet.uid(keyTag.study);
      return uid
        ? [{ node: new StudyNode(loaders, uid, row, need), cursor: () => encodeCursor(hash, next, loaders.cursors) }]
        : [];
    }),
    hasNextPage: page.hasNextPage,
    hasPreviousPage: position !== null,
    totalCount: page.totalCount,
  };
}
