import type { Tag } from '../dicom/tag.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import { maxRowsPerStep } from './budget.ts';
import { type Criteria, type Criterion, meets } from './criterion.ts';
import type { Position } from './cursor.ts';
import type { Loaders } from './loaders.ts';
import { planSearches } from './plan.ts';
import { canBeIncluded, type Row } from './row.ts';
import { identityOf, keyTag, type RowSearch } from './search-runner.ts';

/** A root search, read page by page in the origin's own order. */
export interface RowScan {
  readonly level: Level;
  readonly scope?: RowSearch['scope'];
  readonly criteria: Criteria;
  /** Attributes that the answer reads of the rows. */
  readonly tags: ReadonlySet<Tag>;
  readonly after: (Position & { kind: 'offset' }) | null;
  /** Value of the origin's order parameter. */
  readonly orderBy?: string;
  /**
   * Rows to ask for in the next request, behind `offset` rows of its search; `page` is 0 for the first of a search.
   * Bounded by what the origin gives at a time, and by 20,000. Less than 1 stops the scan.
   */
  readonly nextLimit: (page: number, offset: number) => number;
  /**
   * A page that is shorter than asked for, and as long as a bound would make it that the origin does not tell, is not
   * taken for the last: for counts that are to be exact, at the price of a request.
   */
  readonly doubtsShortPages?: boolean;
}

export interface ScannedRow {
  readonly row: Row;
  /** Where the next page begins after this row. */
  readonly position: Position;
}

/** The answer to one request. */
export interface ScannedPage {
  /** Rows that came, with those that had come before. */
  readonly received: number;
  /** Rows of objects that came for the first time; not yet checked against the criteria: see {@link isMatch}. */
  readonly rows: readonly ScannedRow[];
}

/**
 * `whole`: every row was shown. `stopped`: by `take` or `nextLimit`; there may be more. `stuck`: the origin says that there
 * is more, and repeats itself instead of giving it.
 */
export type ScanEnd = 'whole' | 'stopped' | 'stuck';

/**
 * Shows the rows of a root search to `take`, one request after the other, until it returns false or the rows end. Rows
 * that come twice are shown once; a page of nothing but repeats ends its search.
 *
 * @throws {FacadeError} FUZZY_UNSUPPORTED. REQUEST_BUDGET, ROW_BUDGET. Those of the origin. What `take` throws.
 */
export async function scanRows(
  loaders: Loaders,
  scan: RowScan,
  take: (page: ScannedPage) => Promise<boolean>,
): Promise<ScanEnd> {
  const { capabilities } = loaders.origin;
  const { level, criteria } = scan;
  if (criteria.fuzzy && !capabilities.fuzzyMatching) {
    throw new FacadeError('FUZZY_UNSUPPORTED', 'This origin has no fuzzy matching of names', {
      origin: loaders.origin.id,
      argument: 'filter.fuzzy',
    });
  }
  const searches = planSearches(criteria, capabilities);
  const tags = new Set([...scan.tags, ...criteria.all.map(({ tag }) => tag)]);
  const shown = new Set<string>();
  let end: ScanEnd = 'whole';
  let { search, offset } = scan.after ?? { search: 0, offset: 0 };
  for (; search < searches.length; search++, offset = 0) {
    const planned = searches[search];
    if (!planned) break;
    const query: RowSearch = {
      level,
      ...(scan.scope ? { scope: scan.scope } : {}),
      matches: planned.matches,
      tags,
      ...(criteria.fuzzy ? { fuzzyMatching: true } : {}),
      ...(scan.orderBy ? { orderBy: scan.orderBy } : {}),
    };
    const seen = new Set<string>(); // in this search alone: another may have shown all that is on a page of this one
    for (let page = 0; ; page++) {
      const wanted = scan.nextLimit(page, offset);
      if (wanted < 1) return 'stopped';
      const limit = Math.min(wanted, capabilities.maxSearchLimit ?? maxRowsPerStep, maxRowsPerStep);
      const answer = await loaders.runner.searchPage(query, limit, offset);
      const received = answer.rows.length;
      const known = seen.size;
      const rows: ScannedRow[] = [];
      for (const [index, row] of answer.rows.entries()) {
        const identity = identityOf(row.dataSet, level);
        seen.add(identity);
        if (shown.has(identity) || planned.isRepeat(row.dataSet)) continue;
        shown.add(identity);
        if (!loaders.runner.isNamed(row, level)) continue;
        rows.push({ row, position: { kind: 'offset', search, offset: offset + index + 1 } });
      }
      offset += received;
      if (!(await take({ received, rows }))) return 'stopped';
      const mayBeCut = scan.doubtsShortPages === true && capabilities.maxSearchLimit === null && isRound(received);
      if (!answer.more && !mayBeCut) break;
      if (seen.size === known) {
        // No row at all, or everything once more since `limit` is ignored too: there was nothing left.
        if (answer.more && received > 0 && received <= limit) end = 'stuck';
        break;
      }
    }
  }
  return end;
}

/** Bounds that servers have on a page without telling are such numbers: 500, 1000, 5000. */
const isRound = (rows: number): boolean => rows >= 200 && rows % 100 === 0;

/**
 * Whether a row meets all criteria: an origin may ignore what it does not support (PS3.18 §8.3.4), so every row is checked.
 *
 * @throws {FacadeError} FILTER_UNSUPPORTED: the row does not tell, and cannot be made to.
 */
export async function isMatch(loaders: Loaders, criteria: Criteria, row: Row): Promise<boolean> {
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
