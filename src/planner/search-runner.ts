import { formatAttributePath } from '../dicom/attribute-path.ts';
import { DataSet } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import { probeAgainLater } from '../origin/capabilities/probe.ts';
import { countStudies } from '../origin/count-studies.ts';
import { retrieveMetadata } from '../origin/metadata.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import { type Level, type SearchQuery, type SearchResult, search } from '../origin/search.ts';
import type { AnswerCache } from './answer-cache.ts';
import { type Budget, maxRowsPerStep } from './budget.ts';
import { isBadRequest } from './contradiction.ts';
import type { Criteria } from './criterion.ts';
import type { CursorCodec } from './cursor.ts';
import type { Note, NoteCode } from './note.ts';
import { Pager, type Switchable } from './pager.ts';
import { canBeIncluded, type Row, settledBy } from './row.ts';
import type { RowGuard } from './row-guard.ts';
import type { MatchedSearch } from './sent-match.ts';
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
  /** Told of each object that is left out since it cannot be named, with the key of it that is no UID. */
  readonly onUnnamed?: ((key: Tag) => void) | undefined;
  /** Told of what an answer lacks, or has only by a way round. */
  readonly onNote?: ((note: Note) => void) | undefined;
  /** What may be seen of an origin, by its id; null: everything. Absent: everything of all. */
  readonly guardOf?: ((origin: string) => RowGuard | null) | undefined;
  /** Writes the cursors of searches of which not all rows may be seen: where they are tells of those. */
  readonly sealedCursors?: CursorCodec | undefined;
}

/** Asks one origin for one operation: every request is counted against the operation's budget before it is sent. */
export class SearchRunner {
  readonly origin: Origin;
  readonly #budget: Budget;
  readonly #trace: Trace | undefined;
  readonly #options: RequestOptions;
  readonly #cache: AnswerCache | undefined;
  readonly #onUnnamed: OperationScope['onUnnamed'];
  readonly #onNote: OperationScope['onNote'];

  constructor(origin: Origin, { budget, signal, trace, cache, onUnnamed, onNote }: OperationScope) {
    this.origin = origin;
    this.#budget = budget;
    this.#trace = trace;
    this.#cache = cache;
    this.#onUnnamed = onUnnamed;
    this.#onNote = onNote;
    this.#options = { ...(signal ? { signal } : {}), ...(trace ? { observer: trace.addRequest } : {}) };
  }

  /** @throws {FacadeError} REQUEST_BUDGET: a step of so many requests would pass the bound, and is not begun. */
  requireRequests(count: number): void {
    this.#budget.requireRequests(count);
  }

  /** Not everything that the origin has may be seen. */
  get isGuarded(): boolean {
    return false;
  }

  /** Whether what the origin counts by this attribute would count what may not be seen. */
  hidesCount(_tag: Tag): boolean {
    return false;
  }

  /**
   * The rows that may be seen, each in its place; null for those that may not.
   *
   * @throws {FacadeError} It takes more searches to know, and they fail.
   */
  admit(rows: readonly Row[], _level: Level): readonly (Row | null)[] | Promise<readonly (Row | null)[]> {
    return rows;
  }

  /** The criteria, with what everything that may be seen meets: an origin then gives less of what may not. */
  narrow(criteria: Criteria, _search: MatchedSearch): Criteria {
    return criteria;
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

  note(code: NoteCode, about: string, message: string): void {
    this.#onNote?.({ code, about, message, origin: this.origin.id });
  }

  /** An answer has shown that the origin cannot do what it was thought to do: for all operations, until it is probed again. */
  unlearn(capability: Switchable, message: string): void {
    this.origin.learn([{ capability, supported: false, set: { [capability]: false } }]);
    probeAgainLater(this.origin);
    this.note('CAPABILITY_WORKED_AROUND', capability, message);
  }

  /**
   * One page, by one request; where the origin ignores `offset`, together with all pages before it. Everything that the
   * origin gave: see {@link admit}.
   */
  async searchPage(query: RowSearch, limit: number, offset: number): Promise<RowPage> {
    const { searchOffset, searchLimit, maxSearchLimit } = this.origin.capabilities;
    if (searchOffset || offset === 0) return this.#askPage(query, limit, offset);
    const wanted = searchLimit ? Math.min(offset + limit, maxSearchLimit ?? maxRowsPerStep) : limit;
    if (searchLimit && wanted <= offset) {
      throw new FacadeError('ORIGIN_RESPONSE', `The origin ignores offset, and gives at most ${offset} rows`, {
        origin: this.origin.id,
      });
    }
    const { rows, more } = await this.#askPage(query, wanted, 0);
    return { rows: rows.slice(offset), more };
  }

  /** A limit that an origin refuses, whose bound is not known, is lowered step by step. */
  async #askPage(query: RowSearch, limit: number, offset: number): Promise<RowPage> {
    try {
      return await this.#requestPage(query, limit, offset);
    } catch (error) {
      if (!isBadRequest(error) || this.origin.capabilities.maxSearchLimit !== null) throw error;
      for (const lower of lowerLimits.filter((known) => known < limit)) {
        const page = await this.#requestPage(query, lower, offset).catch((again: unknown) => {
          if (!isBadRequest(again)) throw again;
          return null;
        });
        if (page === null) continue;
        this.#learnMaxLimit(lower);
        return page;
      }
      throw error;
    }
  }

  #learnMaxLimit(rows: number): void {
    this.origin.learn([{ capability: 'maxSearchLimit', supported: true, set: { maxSearchLimit: rows } }]);
    this.note('CAPABILITY_WORKED_AROUND', 'maxSearchLimit', `The origin gives at most ${rows} rows at a time`);
  }

  async #requestPage(query: RowSearch, limit: number, offset: number): Promise<RowPage> {
    const { includeField, searchLimit, searchOffset } = this.origin.capabilities;
    const included = new Set([...query.tags].filter(canBeSent));
    for (const level of levelsAbove[query.level]) included.add(keyTag[level]);
    const includeFields = [...included].map((tag) => formatAttributePath([{ tag }]));
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
    if (answer.limitIgnored && searchLimit) this.unlearn('searchLimit', 'The origin ignores limit');
    const isIncluded = includeField && !lacksIncluded(answer.dataSets, query.level);
    if (includeField && !isIncluded)
      this.unlearn('includeField', 'The origin leaves out attributes that it was asked for');
    const asked = settledBy(included, { includeField: isIncluded });
    const rows = answer.dataSets.map((dataSet) => ({ dataSet: withKeysOf(query.scope, dataSet), asked }));
    const isWhole = !searchLimit && !searchOffset; // the origin has no pages
    return { rows, more: answer.more || (!isWhole && rows.length >= limit) };
  }

  /**
   * Every row of a search that may be seen, page after page. A row that comes twice is taken once.
   *
   * @param expected - Rows that the origin has counted; null: not known.
   * @throws {FacadeError} ROW_BUDGET: more rows than one step may read, or than the origin shows of one search.
   *   ORIGIN_RESPONSE: the origin says that it has more, and repeats itself instead of giving it.
   */
  async searchAll(query: RowSearch, expected: number | null = null): Promise<readonly Row[]> {
    const rows = new Map<string, Row>();
    const pager = new Pager(this, query.level, maxRowsPerStep + 1);
    for (;;) {
      const page = await this.searchPage(query, pager.limit, pager.offset);
      const before = rows.size;
      for (const row of page.rows) rows.set(identityOf(row.dataSet, query.level), row);
      if (rows.size > maxRowsPerStep) throw this.#tooMany(maxRowsPerStep);
      const isLacking = expected === null ? null : rows.size < expected;
      const next = pager.next(page, rows.size - before, isLacking);
      if (next === 'end') return this.#admitted([...rows.values()], query.level);
      if (next === 'stuck') {
        throw new FacadeError('ORIGIN_RESPONSE', 'The origin repeats a page instead of giving the next', {
          origin: this.origin.id,
        });
      }
      if (next === 'bound') throw this.#tooMany(pager.offset);
    }
  }

  async #admitted(rows: readonly Row[], level: Level): Promise<readonly Row[]> {
    return this.isGuarded ? (await this.admit(rows, level)).filter((row) => row !== null) : rows;
  }

  /** The first row of a search that may be seen. */
  async searchFirst(query: RowSearch): Promise<Row | undefined> {
    const { rows } = this.isGuarded ? { rows: await this.searchAll(query) } : await this.searchPage(query, 1, 0);
    return rows[0];
  }

  #tooMany(limit: number): FacadeError {
    return new FacadeError('ROW_BUDGET', `A search brought more than ${limit} rows`, { origin: this.origin.id, limit });
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
    const found = this.#cache?.findSearch(this.origin, query, this.origin.partition, this.#options.signal);
    this.#plan(step, found !== undefined);
    return (
      found ??
      this.#cache?.loadSearch(this.origin, query, this.origin.partition, this.#options) ??
      search(this.origin, query, this.#options)
    );
  }

  /** Counts a request before it is sent; what the cache has costs none. */
  #plan(step: Omit<PlanStep, 'cached'>, cached: boolean): void {
    if (!cached) this.#budget.spendRequests(1);
    this.#trace?.addStep({ ...step, cached });
  }

  /** How many studies match, by one request, of an origin that counts. */
  async countStudies(matches: ReadonlyMap<string, string>): Promise<number> {
    const listedUIDs = listedUids(matches);
    const step = {
      origin: this.origin.id,
      transaction: 'count studies',
      resource: 'root',
      listedUIDs,
      includes: [],
    } as const;
    this.#plan(step, false);
    return countStudies(this.origin, matches, this.#options);
  }

  /** Of the instances that may be seen. */
  async metadata(ref: { study: Uid; series?: Uid; instance?: Uid }): Promise<readonly DataSet[]> {
    const step = {
      origin: this.origin.id,
      transaction: 'retrieve metadata',
      resource: ref.instance ? 'instance' : ref.series ? 'series' : 'study',
      listedUIDs: null,
      includes: [],
    } as const;
    const found = this.#cache?.findMetadata(this.origin, ref, this.origin.partition, this.#options.signal);
    this.#plan(step, found !== undefined);
    const dataSets = await (found ??
      this.#cache?.loadMetadata(this.origin, ref, this.origin.partition, this.#options) ??
      retrieveMetadata(this.origin, ref, this.#options));
    this.#budget.spendRows(dataSets.length);
    return dataSets;
  }
}

/** Limits that origins are known to allow. */
const lowerLimits = [1_000, 200, 100];

/** A row was asked for the UIDs above it, which every object has: without them `includefield` was ignored. */
const lacksIncluded = (rows: readonly DataSet[], level: Level): boolean =>
  level !== 'study' && rows.length > 0 && rows.every((row) => !row.has(keyTag.study));

/** The path of a search names what its rows belong to, whether they repeat it or not. */
function withKeysOf(scope: RowSearch['scope'], dataSet: DataSet): DataSet {
  if (!scope) return dataSet;
  const { study, series } = scope;
  const lacksStudy = !dataSet.has(keyTag.study);
  const lacksSeries = series !== undefined && !dataSet.has(keyTag.series);
  if (!lacksStudy && !lacksSeries) return dataSet;
  return DataSet.parse({
    ...dataSet.json,
    ...(lacksStudy ? { [keyTag.study]: { vr: 'UI', Value: [study] } } : {}),
    ...(lacksSeries ? { [keyTag.series]: { vr: 'UI', Value: [series] } } : {}),
  });
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
