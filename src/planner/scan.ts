import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tag } from '../dicom/tag.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import { maxRowsPerStep } from './budget.ts';
import { isBadRequest } from './contradiction.ts';
import { type Criteria, type Criterion, meets } from './criterion.ts';
import type { Position } from './cursor.ts';
import type { Loaders } from './loaders.ts';
import { SeriesNode, StudyNode } from './nodes.ts';
import { Pager, type PagerState } from './pager.ts';
import { planSearches } from './plan.ts';
import { canBeIncluded, countedTags, type Row } from './row.ts';
import { identityOf, keyTag, type RowPage, type RowSearch, type SearchRunner } from './search-runner.ts';
import { type MatchedSearch, toSentMatches } from './sent-match.ts';
import { requiredUid } from './steps.ts';

/** Rows that are looked at in one turn of the event loop. */
export const rowsPerTurn = 500;

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
  /** There is another way to what lies behind the rows that the origin shows of one search: they are not told of. */
  readonly hasWayRound?: boolean;
}

export interface ScannedRow {
  readonly row: Row;
  /** Where the next page begins after this row. */
  readonly position: Position;
}

/** The answer to one request. */
export interface ScannedPage {
  /** Rows that came, with those that had come before. Some of them may not be seen: it is not to be told. */
  readonly received: number;
  /** Rows of objects that came for the first time and may be seen; not yet checked against the criteria: see {@link isMatch}. */
  readonly rows: readonly ScannedRow[];
}

/**
 * `whole`: every row was shown. `stopped`: by `take` or `nextLimit`; there may be more. `stuck`: the origin says that there
 * is more, and repeats itself instead of giving it. `bound`: the origin shows no further rows of this search; there may be.
 */
export type ScanEnd = 'whole' | 'stopped' | 'stuck' | 'bound';

/**
 * Shows the rows of a root search to `take`, one request after the other, until it returns false or the rows end. Rows
 * that come twice are shown once; a page of nothing but repeats ends its search. What the origin does not match is not sent.
 *
 * @throws {FacadeError} FUZZY_UNSUPPORTED. REQUEST_BUDGET, ROW_BUDGET. Those of the origin. What `take` throws.
 */
export async function scanRows(
  loaders: Loaders,
  scan: RowScan,
  take: (page: ScannedPage) => Promise<boolean>,
): Promise<ScanEnd> {
  const { level, criteria } = scan;
  if (criteria.fuzzy) requireFuzzy(loaders, criteria, scan);
  const matched = { level, isScoped: scan.scope !== undefined };
  const { runner } = loaders;
  const searches = planSearches(runner.narrow(criteria, matched), matched, loaders.origin.capabilities);
  noteChecks(loaders, criteria, matched);
  const tags = new Set([...scan.tags, ...criteria.all.map(({ tag }) => tag)]);
  const shown = new Set<string>();
  let end: ScanEnd = 'whole';
  let { search, offset } = scan.after ?? { search: 0, offset: 0 };
  for (; search < searches.length; search++, offset = 0) {
    const planned = searches[search];
    if (!planned) break;
    const asker = new Asker(runner, criteria, {
      level,
      ...(scan.scope ? { scope: scan.scope } : {}),
      matches: planned.matches,
      tags,
      ...(criteria.fuzzy ? { fuzzyMatching: true } : {}),
      ...(scan.orderBy ? { orderBy: scan.orderBy } : {}),
    });
    const pager = new Pager(runner, level, maxRowsPerStep, offset);
    const seen = new Set<string>(); // in this search alone: another may have shown all that is on a page of this one
    let state: PagerState = 'more';
    for (let page = 0; state === 'more'; page++) {
      const wanted = Math.min(scan.nextLimit(page, pager.offset), maxRowsPerStep);
      if (wanted < 1) return 'stopped';
      const answer = await asker.ask(pager.limitOf(wanted), pager.offset);
      const received = answer.rows.length;
      const known = seen.size;
      const fresh: ScannedRow[] = [];
      for (const [index, row] of answer.rows.entries()) {
        if (index % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
        const identity = identityOf(row.dataSet, level);
        seen.add(identity);
        if (shown.has(identity) || planned.isRepeat(row.dataSet)) continue;
        shown.add(identity);
        fresh.push({ row, position: { kind: 'offset', search, offset: pager.offset + index + 1 } });
      }
      const rows = (await admitted(runner, fresh, level)).filter(({ row }) => runner.isNamed(row, level));
      if (!(await take({ received, rows }))) return 'stopped';
      state = pager.next(answer, seen.size - known, null, pager.limitOf(wanted));
    }
    if (state === 'end') continue;
    if (end !== 'stuck') end = state;
    if (state === 'bound' && scan.hasWayRound) continue;
    runner.note('SEARCH_INCOMPLETE', 'maxSearchRows', 'The origin has more rows than it shows');
  }
  return end;
}

/** Those of the rows that may be seen, in their order. */
async function admitted(
  runner: SearchRunner,
  scanned: readonly ScannedRow[],
  level: Level,
): Promise<readonly ScannedRow[]> {
  if (!runner.isGuarded) return scanned;
  const rows = await runner.admit(
    scanned.map(({ row }) => row),
    level,
  );
  return scanned.flatMap(({ position }, index) => {
    const row = rows[index];
    return row ? [{ row, position }] : [];
  });
}

/** Asks for the pages of one search; where the origin refuses what it is to match, without that: rows are checked anyway. */
class Asker {
  readonly #runner: SearchRunner;
  readonly #asked: ReadonlySet<string>;
  #query: RowSearch;

  /** @param criteria - What was asked for: of what else is matched nothing is told. */
  constructor(runner: SearchRunner, { all }: Criteria, query: RowSearch) {
    this.#runner = runner;
    this.#asked = new Set(all.map(({ key }) => key));
    this.#query = query;
  }

  async ask(limit: number, offset: number): Promise<RowPage> {
    try {
      return await this.#runner.searchPage(this.#query, limit, offset);
    } catch (error) {
      const { matches, fuzzyMatching } = this.#query;
      const kept = new Map([...matches].filter(([key, value]) => uidKeys.has(key) && !value.includes(',')));
      if (!isBadRequest(error) || fuzzyMatching || kept.size === matches.size) throw error;
      const page = await this.#runner.searchPage({ ...this.#query, matches: kept }, limit, offset);
      for (const key of matches.keys()) {
        if (!kept.has(key) && this.#asked.has(key))
          this.#runner.note('FILTER_CHECKED_HERE', key, 'The origin refuses to match this');
      }
      this.#query = { ...this.#query, matches: kept };
      return page;
    }
  }
}

const uidKeys: ReadonlySet<string> = new Set(['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID']);

function requireFuzzy({ origin }: Loaders, criteria: Criteria, { level, scope }: RowScan): void {
  const isAsked = criteria.all.every(
    (criterion) =>
      !criterion.fuzzy || toSentMatches(criterion, { level, isScoped: scope !== undefined }, origin.capabilities),
  );
  if (origin.capabilities.fuzzyMatching && isAsked) return;
  throw new FacadeError('FUZZY_UNSUPPORTED', 'This origin has no fuzzy matching of names', {
    origin: origin.id,
    argument: 'filter.fuzzy',
  });
}

function noteChecks({ origin, runner }: Loaders, criteria: Criteria, search: MatchedSearch): void {
  for (const criterion of criteria.never ? [] : criteria.all) {
    if (toSentMatches(criterion, search, origin.capabilities) === null) {
      runner.note('FILTER_CHECKED_HERE', criterion.key, 'The origin does not match this as it is meant');
    }
  }
}

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

/**
 * A row that lacks the attribute: settled by counting below, where it is a count; by having asked for it; by the metadata of
 * the instance; else refused.
 */
async function resolveGap(loaders: Loaders, criterion: Criterion, row: Row): Promise<boolean> {
  if (countedTags.has(criterion.tag)) {
    return meets(criterion, await counterOf(loaders, criterion, row).read(criterion.tag)) ?? false;
  }
  const isHidden = loaders.runner.hidesCount(criterion.tag);
  if (!isHidden && loaders.origin.capabilities.includeField && canBeIncluded(criterion.tag)) return false;
  if (!isHidden && row.dataSet.has(keyTag.instance)) {
    const metadata = await loaders.metadata(loaders.instanceOfRow(row));
    return meets(criterion, metadata) ?? false;
  }
  throw new FacadeError('FILTER_UNSUPPORTED', 'The rows of this origin do not tell whether they match', {
    origin: loaders.origin.id,
    argument: criterion.argument,
  });
}

/** What a count in a row is of: its study, or its series. */
function counterOf(loaders: Loaders, { level }: Criterion, row: Row): StudyNode | SeriesNode {
  const study = requiredUid(loaders.origin, row.dataSet, keyTag.study);
  if (level === 'study') return new StudyNode(loaders, study, row);
  return new SeriesNode(loaders, { study, series: requiredUid(loaders.origin, row.dataSet, keyTag.series) }, row);
}
