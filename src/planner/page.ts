import type { Tag } from '../dicom/tag.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import { maxRowsPerStep } from './budget.ts';
import { type Criteria, type Criterion, meets } from './criterion.ts';
import type { Position } from './cursor.ts';
import type { Loaders } from './loaders.ts';
import { planSearches } from './plan.ts';
import { canBeIncluded, type Row } from './row.ts';
import { keyTag, type RowSearch } from './search-runner.ts';

export interface PageItem {
  readonly row: Row;
  /** Where the next page begins after this row. */
  readonly position: Position;
}

export interface Page {
  readonly items: readonly PageItem[];
  readonly hasNextPage: boolean;
  /** All matches; null unless exact. */
  readonly totalCount: number | null;
}

export interface PageRequest {
  readonly level: Level;
  readonly scope?: RowSearch['scope'];
  readonly criteria: Criteria;
  /** Attributes that the answer reads of the rows. */
  readonly tags: ReadonlySet<Tag>;
  readonly first: number;
  readonly after: (Position & { kind: 'offset' }) | null;
  /** Value of the origin's order parameter. */
  readonly orderBy?: string;
}

/**
 * A page of a root search, in the origin's own order.
 *
 * Every row is checked again: an origin may ignore what it does not support (PS3.18 §8.3.4). More is fetched until the
 * page is full, the matches end, or 20,000 rows were looked at: then `hasNextPage` says that there may be more. Rows that
 * come twice are taken once; a page of nothing but repeats ends the search.
 *
 * @throws {FacadeError} FILTER_UNSUPPORTED: rows do not tell whether they match. FUZZY_UNSUPPORTED. Those of the origin.
 */
export async function searchRows(loaders: Loaders, request: PageRequest): Promise<Page> {
  const { capabilities } = loaders.origin;
  if (request.criteria.fuzzy && !capabilities.fuzzyMatching) {
    throw new FacadeError('FUZZY_UNSUPPORTED', 'This origin has no fuzzy matching of names', {
      origin: loaders.origin.id,
      argument: 'filter.fuzzy',
    });
  }
  const searches = planSearches(request.criteria, capabilities);
  const tags = new Set([...request.tags, ...request.criteria.all.map(({ tag }) => tag)]);
  const items: PageItem[] = [];
  const seen = new Set<string>();
  let looked = 0;
  let { search, offset } = request.after ?? { search: 0, offset: 0 };
  for (; search < searches.length; search++, offset = 0) {
    const planned = searches[search];
    if (!planned) break;
    const query: RowSearch = {
      level: request.level,
      ...(request.scope ? { scope: request.scope } : {}),
      matches: planned.matches,
      tags,
      ...(request.criteria.fuzzy ? { fuzzyMatching: true } : {}),
      ...(request.orderBy ? { orderBy: request.orderBy } : {}),
    };
    let growth = 1;
    for (;;) {
      const wanted = (request.first + 1 - items.length) * growth;
      const limit = Math.min(wanted, capabilities.maxSearchLimit ?? maxRowsPerStep, maxRowsPerStep);
      const page = await loaders.runner.searchPage(query, limit, offset);
      let fresh = 0;
      for (const [index, row] of page.rows.entries()) {
        const uid = row.dataSet.uid(keyTag[request.level]) ?? '';
        if (seen.has(uid)) continue;
        seen.add(uid);
        fresh++;
        if (planned.isRepeat(row.dataSet) || !(await isMatch(loaders, request.criteria, row))) continue;
        if (items.length === request.first) return { items, hasNextPage: true, totalCount: null };
        items.push({ row, position: { kind: 'offset', search, offset: offset + index + 1 } });
      }
      offset += page.rows.length;
      looked += page.rows.length;
      if (!page.more || fresh === 0) break;
      if (looked >= maxRowsPerStep) return { items, hasNextPage: true, totalCount: null };
      growth *= 4; // rows that the origin should not have sent: ask for more of them at a time
    }
  }
  return { items, hasNextPage: false, totalCount: request.after === null ? items.length : null };
}

async function isMatch(loaders: Loaders, criteria: Criteria, row: Row): Promise<boolean> {
  for (const criterion of criteria.all) {
    const told = meets(criterion, row.dataSet) ?? (await resolveGap(loaders, criterion, row));
    if (!told) return false;
  }
  return true;
}

/** A row that lacks the attribute: settled by having asked for it, else by the metadata of the instance, else refused. */
async function resolveGap(loaders: Loaders, criterion: Criterion, row: Row): Promise<boolean> {
  if (loaders.origin.capabilities.includeField && canBeIncluded(criterion.tag)) return false;
  if (row.dataSet.has(keyTag.instance)) {
    const metadata = await loaders.metadata(loaders.instanceOfRow(row));
    return meets(criterion, metadata) ?? false;
  }
  throw new FacadeError('FILTER_UNSUPPORTED', 'The rows of this origin do not tell whether they match', {
    origin: loaders.origin.id,
    argument: criterion.argument,
  });
}
