import type { Origin } from '../origin/origin.ts';
import type { Level } from '../origin/search.ts';
import type { NoteCode } from './note.ts';

/** Capabilities that an answer may show to be missing. */
export type Switchable =
  | 'uidListMatching'
  | 'includeField'
  | 'relatedCounts'
  | 'studyCount'
  | 'searchLimit'
  | 'searchOffset'
  | 'studyInstanceSearch'
  | 'studyMetadata'
  | 'seriesMetadata';

/** Who asks for the pages, and takes over what they show. */
interface PageReader {
  readonly origin: Origin;
  unlearn(capability: Switchable, message: string): void;
  note(code: NoteCode, about: string, message: string): void;
}

/**
 * `more`: ask for the next page. `end`: all rows came. `stuck`: the origin says that there is more, and repeats itself.
 * `bound`: it shows no further rows of any search.
 */
export type PagerState = 'more' | 'end' | 'stuck' | 'bound';

/** Bounds that servers have on a page without telling are such numbers: 200, 500, 1000, 5000. */
const isRound = (rows: number): boolean => rows >= 200 && rows % 100 === 0;

/**
 * Goes through the pages of one search, and finds out by them what the origin makes of `limit` and `offset`: an origin that
 * ignores `offset` repeats its first page; one that has a bound of its own gives less than it was asked for, and goes on.
 */
export class Pager {
  readonly #reader: PageReader;
  readonly #level: Level;
  readonly #atOnce: number;
  #offset: number;
  #doubted: number | null = null;
  #wasFull = false;

  /** @param atOnce - Rows to ask for at a time, where the origin allows as many. */
  constructor(reader: PageReader, level: Level, atOnce: number, offset = 0) {
    this.#reader = reader;
    this.#level = level;
    this.#atOnce = atOnce;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get limit(): number {
    return this.limitOf(this.#atOnce);
  }

  /** As many rows as wanted, or as the origin gives at a time. */
  limitOf(wanted: number): number {
    const { maxSearchLimit, maxSearchRows } = this.#reader.origin.capabilities;
    const left = maxSearchRows === null ? wanted : maxSearchRows - this.#offset;
    return Math.max(1, Math.min(wanted, left, maxSearchLimit ?? wanted));
  }

  /**
   * @param added - How many of the rows had not come before.
   * @param isLacking - Whether rows are known to be missing still. Null: nothing tells; then a page that is short may have
   *   been cut off by a bound that the origin does not tell.
   * @param limit - What was asked for.
   */
  next(
    page: { readonly rows: readonly unknown[]; readonly more: boolean },
    added: number,
    isLacking: boolean | null,
    limit = this.limit,
  ): PagerState {
    const { capabilities } = this.#reader.origin;
    const received = page.rows.length;
    this.#remember(received, added);
    if (received > 0 && added === 0 && this.#offset > 0) return this.#repeated(received, page.more, limit);
    if (this.#doubted !== null && added > 0) this.#learnBound(this.#doubted);
    this.#offset += received;
    this.#wasFull = received >= limit;
    const isDoubted = isLacking ?? this.#mayBeCut(received);
    const isOpen = isDoubted && received > 0 && received < limit && capabilities.maxSearchLimit === null;
    this.#doubted = isOpen && !page.more ? received : null;
    if (!page.more && !isOpen) return 'end';
    if (received === 0) return page.more ? 'stuck' : 'end';
    const { maxSearchRows } = capabilities;
    return maxSearchRows !== null && this.#offset >= maxSearchRows ? 'bound' : 'more';
  }

  /** A doubt costs one request in the life of the origin, not one for each search. */
  #remember(received: number, added: number): void {
    const { pages } = this.#reader.origin;
    pages.sawPage(this.#level, received);
    if (this.#doubted !== null && added === 0) pages.sawEnd(this.#level, this.#doubted);
  }

  #mayBeCut(rows: number): boolean {
    return isRound(rows) && this.#reader.origin.pages.mayBeCutAt(this.#level, rows);
  }

  /** Nothing but rows that had come before. */
  #repeated(received: number, more: boolean, limit: number): PagerState {
    const { capabilities } = this.#reader.origin;
    const isWhole = received > limit; // `limit` is ignored as well: everything came, and came again
    if (capabilities.searchOffset && (this.#wasFull || isWhole)) {
      this.#reader.unlearn('searchOffset', 'The origin ignores offset: pages are asked for with all before them');
      if (isWhole) return 'end';
      // What is configured is not unlearnt.
      if (!this.#reader.origin.capabilities.searchOffset) return 'more';
    }
    return !isWhole && (more || this.#wasFull) ? 'stuck' : 'end';
  }

  #learnBound(rows: number): void {
    this.#reader.origin.learn([{ capability: 'maxSearchLimit', supported: true, set: { maxSearchLimit: rows } }]);
    this.#reader.note('CAPABILITY_WORKED_AROUND', 'maxSearchLimit', `The origin gives at most ${rows} rows at a time`);
  }
}
