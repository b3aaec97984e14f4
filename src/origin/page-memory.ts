import type { Level } from './search.ts';

/**
 * How long a page of an origin has been: one of n rows shows that pages are not cut off, without a word, at fewer; and one
 * behind which nothing was, that they are not cut off at n. Level by level, for origins have bounds of their own for each.
 */
export class PageMemory {
  readonly #uncut = new Map<Level, number>();

  /** @param rows - Of a page. */
  sawPage(level: Level, rows: number): void {
    this.#raise(level, rows - 1);
  }

  /** @param rows - Of a page behind which was looked in vain. */
  sawEnd(level: Level, rows: number): void {
    this.#raise(level, rows);
  }

  /** Whether the origin may have cut a page off there, for all that was seen. */
  mayBeCutAt(level: Level, rows: number): boolean {
    return rows > (this.#uncut.get(level) ?? 0);
  }

  #raise(level: Level, rows: number): void {
    if (this.mayBeCutAt(level, rows)) this.#uncut.set(level, rows);
  }
}
