import type { DataSet } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import { retrieveMetadata } from '../origin/metadata.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import { type Level, type SearchQuery, type SearchResult, search } from '../origin/search.ts';
import type { AnswerCache } from './answer-cache.ts';
import { type Budget, maxRowsPerStep } from './budget.ts';
import { canBeIncluded, type Row, settledBy } from './row.ts';
import type { PlanStep, Trace } from './trace.ts';

/** The attribute that names an object of a level, and so a row. */
export const keyTag: Readonly<Record<Level, Tag>> = {
  study: tagOf('StudyInstanceUID'),
  series: tagOf('SeriesInstanceUID'),
  instance: tagOf('SOPInstanceUID'),
};

const levelsAbove: Readonly<Record<Level, readonly Level[]>> = {
  study: ['study'],
  series: ['study', 'series'],
  instance: ['study', 'series', 'instance'],
};

export interface RowSearch {
  readonly level: Level;
  readonly scope?: SearchQuery['scope'];
  readonly matches: ReadonlyMap<string, string>;
  /** Attributes to ask for beside the keys of the level and of those above it. */
  readonly tags: Iterable<Tag>;
  readonly fuzzyMatching?: boolean;
  readonly orderBy?: string;
}

export interface RowPage {
  readonly rows: readonly Row[];
  /** The origin has told that it has more (Warning 299), or gave as many as were asked for. */
  readonly more: boolean;
}

/** What everything that is asked for one operation has in common. */
export interface OperationScope {
  readonly budget: Budget;
  /** Breaks off what is under way when the client is gone. */
  readonly signal?: AbortSignal | undefined;
  /** Where the operation is to be explained. */
  readonly trace?: Trace | undefined;
  /** What origins answered a moment ago; absent: every question is asked. */
  readonly cache?: AnswerCache | undefined;
  /** Whose credentials origins are asked with, where they are the caller's own: caches are split by it. */
  readonly partition?: string | undefined;
  /** Told of each object that is left out since it cannot be named, with the key of it that is no UID. */
  readonly onUnnamed?: ((key: Tag) => void) | undefined;
}

/** Asks one origin for one operation: every request is counted against the operation's budget before it is sent. */
export class SearchRunner {
  readonly origin: Origin;
  readonly #budget: Budget;
  readonly #trace: Trace | undefined;
  readonly #options: RequestOptions;
  readonly #cache: AnswerCache | undefined;
  readonly #partition: string;
  readonly #onUnnamed: OperationScope['onUnnamed'];

  constructor(origin: Origin, { budget, signal, trace, cache, partition = '', onUnnamed }: OperationScope) {
    this.origin = origin;
    this.#budget = budget;
    this.#trace = trace;
    this.#cache = cache;
    this.#partition = partition;
    this.#onUnnamed = onUnnamed;
    this.#options = { ...(signal ? { signal } : {}), ...(trace ? { observer: trace.addRequest } : {}) };
  }

  /** Rows that the operation may still read, of any origin. */
  get rowsLeft(): number {
    return this.#budget.rowsLeft;
  }

  /**
   * Whether the object of a row can be named. Files hold what they like, also keys that are no UIDs: such an object is left
   * out, and told of, so that it does not take the others of its list with it.
   */
  isNamed({ dataSet }: Row, level: Level): boolean {
    const broken = levelsAbove[level]
      .map((above) => keyTag[above])
      .find((tag) => dataSet.has(tag) && !dataSet.uid(tag));
    if (broken !== undefined) this.#onUnnamed?.(broken);
    return broken === undefined;
  }

  /** One page, one request. */
  async searchPage(query: RowSearch, limit: number, offset: number): Promise<RowPage> {
    const { capabilities } = this.origin;
    const included = new Set([...query.tags].filter(canBeSent));
    for (const level of levelsAbove[query.level]) included.add(keyTag[level]);
    const settled = settledBy(query.level, included, capabilities);
    const includeFields = [...included].map((tag) => entryOfTag(tag)?.keyword ?? tag);
    const search: SearchQuery = {
      level: query.level,
      ...(query.scope ? { scope: query.scope } : {}),
      matches: query.matches,
      includeFields,
      limit,
      offset,
      ...(query.fuzzyMatching ? { fuzzyMatching: true } : {}),
      ...(query.orderBy ? { orderBy: query.orderBy } : {}),
    };
    const answer = await this.#search(search);
    this.#budget.spendRows(answer.dataSets.length);
    const rows = answer.dataSets.map((dataSet) => ({ dataSet, asked: settled }));
    return { rows, more: answer.more || rows.length >= limit };
  }

  /**
   * Every row of a search, page after page. A row that comes twice is taken once; a page without a new row ends it.
   *
   * @throws {FacadeError} ROW_BUDGET: more rows than one step may read.
   */
  async searchAll(query: RowSearch, maxRows = maxRowsPerStep): Promise<readonly Row[]> {
    const { maxSearchLimit } = this.origin.capabilities;
    const limit = Math.min(maxSearchLimit ?? maxRows + 1, maxRows + 1);
    const rows = new Map<string, Row>();
    for (let offset = 0; ; ) {
      const page = await this.searchPage(query, limit, offset);
      const before = rows.size;
      for (const row of page.rows) rows.set(identityOf(row.dataSet, query.level), row);
      if (rows.size > maxRows) {
        throw new FacadeError('ROW_BUDGET', `A search brought more than ${maxRows} rows`, {
          origin: this.origin.id,
          limit: maxRows,
        });
      }
      offset += page.rows.length;
      if (!page.more || rows.size === before) return [...rows.values()];
    }
  }

  /** From the cache where it may be had there, else by a request. */
  #search(query: SearchQuery): Promise<SearchResult> {
    const step = {
      origin: this.origin.id,
      transaction: searchOf[query.level],
      resource: query.scope?.series ? 'series' : query.scope ? 'study' : 'root',
      listedUIDs: listedUids(query.matches),
      includes: query.includeFields,
    } as const;
    const found = this.#cache?.findSearch(this.origin, query, this.#partition, this.#options.signal);
    this.#plan(step, found !== undefined);
    return (
      found ??
      this.#cache?.loadSearch(this.origin, query, this.#partition, this.#options) ??
      search(this.origin, query, this.#options)
    );
  }

  /** Counts a request before it is sent; what the cache has costs none. */
  #plan(step: Omit<PlanStep, 'cached'>, cached: boolean): void {
    if (!cached) this.#budget.spendRequests(1);
    this.#trace?.addStep({ ...step, cached });
  }

  async metadata(ref: { study: Uid; series?: Uid; instance?: Uid }): Promise<readonly DataSet[]> {
    const step = {
      origin: this.origin.id,
      transaction: 'retrieve metadata',
      resource: ref.instance ? 'instance' : ref.series ? 'series' : 'study',
      listedUIDs: null,
      includes: [],
    } as const;
    const found = this.#cache?.findMetadata(this.origin, ref, this.#partition, this.#options.signal);
    this.#plan(step, found !== undefined);
    const dataSets = await (found ??
      this.#cache?.loadMetadata(this.origin, ref, this.#partition, this.#options) ??
      retrieveMetadata(this.origin, ref, this.#options));
    this.#budget.spendRows(dataSets.length);
    return dataSets;
  }
}

/** What cannot come in a row is still worth asking for where it is a sequence: some origins give those. */
const canBeSent = (tag: Tag): boolean => canBeIncluded(tag) || entryOfTag(tag)?.vr.includes('SQ') === true;

const searchOf = { study: 'search studies', series: 'search series', instance: 'search instances' } as const;

const uidKeys = ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'];

/** How many objects one search serves. */
function listedUids(matches: ReadonlyMap<string, string>): number | null {
  const lists = uidKeys.flatMap((key) => matches.get(key)?.split(',').length ?? []);
  return lists.length === 0 ? null : Math.max(...lists);
}

const patientID = tagOf('PatientID');

/** One study UID may stand under two patients (Orthanc 1.10): those are two rows. */
export function identityOf(dataSet: DataSet, level: Level): string {
  const uids = levelsAbove[level].map((above) => dataSet.text(keyTag[above]) ?? '');
  return [dataSet.text(patientID) ?? '', ...uids].join(' ');
}
