import { setImmediate as nextTurn } from 'node:timers/promises';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Criteria } from '../planner/criterion.ts';
import type { Loaders } from '../planner/loaders.ts';
import { isMatch, rowsPerTurn, type ScanEnd, type ScannedPage, type ScannedRow, scanRows } from '../planner/scan.ts';
import { identityOf, keyTag } from '../planner/search-runner.ts';
import { toSentMatches } from '../planner/sent-match.ts';
import { type CountedStudy, countStudy, type InvalidValueObserver, mergeStudies } from './counted-study.ts';
import { cutRange, type DateSlice, isWithin, rangeOf, withinSlice } from './date-slices.ts';
import type { RowShare } from './row-shares.ts';

export interface StudyScan {
  readonly criteria: Criteria;
  /** Attributes that the statistics read of each study. */
  readonly tags: ReadonlySet<Tag>;
  /** Rows that the operation may still read, shared with the scans beside this one. */
  readonly share: RowShare;
  readonly onInvalidValue: InvalidValueObserver;
}

export interface ScannedStudies {
  /** How many there are. */
  readonly count: number;
  /** Every study once; none where the origin has counted them. */
  readonly studies: readonly CountedStudy[];
  /** LOWER_BOUND: a budget of the operation or a limit of the origin ended the scan before the matches did. */
  readonly exactness: 'EXACT' | 'LOWER_BOUND';
  /**
   * Rows that the origin gave; to those who may not see everything, the matches among them: the origin gives other rows also
   * for what may not be seen.
   */
  readonly scanned: number;
  /** When the scan began. */
  readonly asOf: Date;
}

/** Room for one row in an answer of bounded size: study rows take about 1 kB, 4 kB where an origin adds all that it has. */
const bytesPerRow = 4_096;
/** More at once are parsed in one turn of the event loop, which others wait for. */
const maxRowsPerPage = 5_000;

const studyDate = tagOf('StudyDate');

/**
 * Reads every study that matches, in as few searches as the origin and the budgets allow.
 *
 * Where an origin pages, and all matches have a date, those of several ranges of dates are paged through side by side. So
 * they are too where the origin shows no more rows of one search: what lies behind them is found by its date.
 *
 * @throws {FacadeError} REQUEST_BUDGET, ROW_BUDGET: nothing could be read. ORIGIN_RESPONSE: a row without Study Instance
 *   UID. Those of the search.
 */
export const scanStudies = (loaders: Loaders, scan: StudyScan): Promise<ScannedStudies> =>
  new StudyScanner(loaders, scan).run();

/** How far one search got: `sliceable` when it was left since the rest is had by slices. */
interface Reading {
  readonly end: ScanEnd | 'sliceable';
  /** Study Dates of what came, each as often as it came. */
  readonly days: readonly string[];
}

class StudyScanner {
  readonly #loaders: Loaders;
  readonly #scan: StudyScan;
  readonly #studies = new Map<Uid, CountedStudy>();
  /** Rows that were counted: slices bring what was read before they were cut again. */
  readonly #counted = new Set<string>();
  #received = 0;
  #scanned = 0;

  constructor(loaders: Loaders, scan: StudyScan) {
    this.#loaders = loaders;
    this.#scan = scan;
  }

  async run(): Promise<ScannedStudies> {
    const asOf = new Date();
    const isWhole = await this.#readRange();
    return {
      count: this.#studies.size,
      studies: [...this.#studies.values()],
      exactness: isWhole ? 'EXACT' : 'LOWER_BOUND',
      scanned: this.#scanned,
      asOf,
    };
  }

  /** @returns Whether every match was read. */
  async #readRange(): Promise<boolean> {
    const { criteria } = this.#scan;
    const range = criteria.never ? null : rangeOf(criteria);
    const isDated = range !== null && (range.from !== null || range.to !== null);
    const isSliceable = range !== null && this.#matchesDates();
    const { share } = this.#scan;
    const { end, days } = await this.#read(criteria, share, isSliceable, isSliceable && isDated ? range : null);
    if (end === 'sliceable' || (end === 'bound' && isSliceable)) {
      const isWhole = await this.#readSlices(range ?? { from: null, to: null }, days);
      if (isWhole && isDated) return true;
      // Of the studies without a date there may be more than were among the rows that the origin shows.
      if (end === 'bound') this.#noteBound();
      return false;
    }
    return end === 'whole';
  }

  /** Whether the origin finds the studies of a range of dates. */
  #matchesDates(): boolean {
    const { capabilities } = this.#loaders.origin;
    const [criterion] = withinSlice({ all: [], never: false, fuzzy: false }, { from: '2000-01-01', to: null }).all;
    const sent = criterion && toSentMatches(criterion, { level: 'study', isScoped: false }, capabilities);
    return sent != null && capabilities.searchLimit;
  }

  /** @returns Whether every study of the range was read. */
  async #readSlices(range: DateSlice, days: readonly string[]): Promise<boolean> {
    const slices = cutRange(range, days);
    if (slices.length < 2) {
      this.#noteBound();
      return false;
    }
    const areWhole = await Promise.all(
      this.#scan.share.split(slices).map(async ([slice, share]) => {
        const reading = await this.#read(withinSlice(this.#scan.criteria, slice), share, true, null);
        return reading.end === 'bound' ? this.#readSlices(slice, reading.days) : reading.end === 'whole';
      }),
    );
    return areWhole.every((isWhole) => isWhole);
  }

  #noteBound(): void {
    this.#loaders.runner.note('SEARCH_INCOMPLETE', 'maxSearchRows', 'The origin has more rows than it shows');
  }

  /**
   * Pages through the matches of some criteria.
   *
   * @param share - Is closed in the end.
   * @param hasWayRound - What the origin does not show can be had by its date.
   * @param range - Left after the first page where more follow and the range can be cut by that page; null: never.
   */
  async #read(criteria: Criteria, share: RowShare, hasWayRound: boolean, range: DateSlice | null): Promise<Reading> {
    const days: string[] = [];
    const atOnce = this.#rowsAtOnce();
    let isLeft = false;
    const nextLimit = (page: number, offset: number): number => {
      const { maxSearchRows } = this.#loaders.origin.capabilities;
      const reachable = maxSearchRows === null ? atOnce : maxSearchRows - offset;
      isLeft = range !== null && page === 1 && offset >= atOnce && isCuttable(range, days);
      if (isLeft) return 0;
      const rows = share.take(Math.min(atOnce, reachable));
      // One row at the least for the first page: where none is left, that request fails with the budget's own error.
      return Math.max(rows, page === 0 && this.#received === 0 ? 1 : 0);
    };
    try {
      const rows = { level: 'study', criteria, tags: this.#scan.tags, after: null, nextLimit, hasWayRound } as const;
      const end = await scanRows(this.#loaders, rows, async (page) => {
        await this.#addPage(page, criteria, days);
        return true;
      });
      return { end: isLeft ? 'sliceable' : end, days };
    } catch (error) {
      if (this.#received === 0 || !isBudget(error)) throw error;
      return { end: 'stopped', days };
    } finally {
      share.close();
    }
  }

  /** Rows to ask for at a time: as many as the origin and its answers' bound allow. */
  #rowsAtOnce(): number {
    const { config, capabilities } = this.#loaders.origin;
    const fitting = Math.max(1, Math.min(maxRowsPerPage, Math.floor(config.maxMetadataBytes / bytesPerRow)));
    return Math.min(fitting, capabilities.maxSearchLimit ?? fitting);
  }

  async #addPage(page: ScannedPage, criteria: Criteria, days: string[]): Promise<void> {
    this.#received += page.received;
    const { isGuarded } = this.#loaders.runner;
    if (!isGuarded) this.#scanned += page.received;
    for (const [index, item] of page.rows.entries()) {
      if (await isMatch(this.#loaders, criteria, item.row)) {
        this.#add(item);
        if (isGuarded) this.#scanned++;
      }
      const day = item.row.dataSet.date(studyDate);
      if (day !== null) days.push(day);
      if ((index + 1) % rowsPerTurn === 0) await nextTurn();
    }
  }

  #add({ row: { dataSet } }: ScannedRow): void {
    const uid = dataSet.uid(keyTag.study);
    if (uid === null) {
      throw new FacadeError('ORIGIN_RESPONSE', 'A row lacks StudyInstanceUID', { origin: this.#loaders.origin.id });
    }
    const identity = identityOf(dataSet, 'study');
    if (this.#counted.has(identity)) return;
    this.#counted.add(identity);
    const study = countStudy(dataSet, this.#scan.tags, this.#scan.onInvalidValue);
    const known = this.#studies.get(uid);
    this.#studies.set(uid, known ? mergeStudies(known, study) : study);
  }
}

/** Not where days beyond the range came: an origin that ignores it would bring everything for each part. */
const isCuttable = (range: DateSlice, days: readonly string[]): boolean =>
  days.every((day) => isWithin(range, day)) && cutRange(range, days).length > 1;

const isBudget = (error: unknown): boolean =>
  error instanceof FacadeError && (error.code === 'REQUEST_BUDGET' || error.code === 'ROW_BUDGET');
