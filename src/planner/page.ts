import { maxRowsPerStep } from './budget.ts';
import type { Loaders } from './loaders.ts';
import { isMatch, type RowScan, type ScannedRow, scanRows } from './scan.ts';
import { keyTag } from './search-runner.ts';

export interface Page {
  readonly items: readonly ScannedRow[];
  readonly hasNextPage: boolean;
  /** All matches; null unless exact. */
  readonly totalCount: number | null;
}

export interface PageRequest extends Omit<RowScan, 'nextLimit'> {
  readonly first: number;
}

/**
 * A page of a root search, in the origin's own order.
 *
 * Every row is checked again. More is fetched until the page is full, the matches end, or 20,000 rows were looked at: then
 * `hasNextPage` says that there may be more. An object that comes in two rows is taken once.
 *
 * @throws {FacadeError} FILTER_UNSUPPORTED: rows do not tell whether they match. FUZZY_UNSUPPORTED. Those of the origin.
 */
export async function searchRows(loaders: Loaders, request: PageRequest): Promise<Page> {
  const { criteria, first, level, after } = request;
  const items: ScannedRow[] = [];
  const taken = new Set<string>();
  let looked = 0;
  // Where rows had to be dropped, the origin ignores the filter: ever more of them are asked for at a time.
  const nextLimit: RowScan['nextLimit'] = (page) =>
    page > 0 && looked >= maxRowsPerStep ? 0 : (first + 1 - items.length) * 4 ** page;
  const end = await scanRows(loaders, { ...request, nextLimit }, async ({ received, rows }) => {
    looked += received;
    // Side by side: what a row does not tell is then asked for together.
    const isMet = await Promise.all(rows.map(({ row }) => isMatch(loaders, criteria, row)));
    for (const [index, item] of rows.entries()) {
      const uid = item.row.dataSet.uid(keyTag[level]) ?? '';
      if (taken.has(uid) || !isMet[index]) continue;
      if (items.length === first) return false;
      taken.add(uid);
      items.push(item);
    }
    return true;
  });
  return {
    items,
    hasNextPage: end === 'stopped',
    totalCount: end === 'whole' && after === null ? items.length : null,
  };
}
