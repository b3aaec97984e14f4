import { FacadeError } from '../errors.ts';

/** Bounds of one operation, over all its origins. */
export interface OperationLimits {
  /** Origin requests, counted when they are planned. Default 100. */
  readonly maxOriginRequests: number;
  /** Rows and instance metadata read from origins. Default 100,000. */
  readonly maxRows: number;
}

/** Rows that one step may read: QIDO's limits are global, not per parent, so a step beyond this is split or refused. */
export const maxRowsPerStep = 20_000;

/** Counts what one operation asks of origins, and refuses what would pass its bounds before it is sent. */
export class Budget {
  readonly #limits: OperationLimits;
  #requests = 0;
  #rows = 0;

  constructor(limits: OperationLimits) {
    this.#limits = limits;
  }

  /**
   * Whether a step of the plan may begin that needs so many requests: better refused whole than half done.
   *
   * @throws {FacadeError} REQUEST_BUDGET: these requests would pass the bound; none of them was sent.
   */
  requireRequests(count: number): void {
    const need = this.#requests + count;
    const limit = this.#limits.maxOriginRequests;
    if (need <= limit) return;
    throw new FacadeError('REQUEST_BUDGET', `The operation needs ${need} origin requests, of at most ${limit}`, {
      need,
      limit,
    });
  }

  /** @throws {FacadeError} REQUEST_BUDGET: as for {@link requireRequests}. */
  spendRequests(count: number): void {
    this.requireRequests(count);
    this.#requests += count;
  }

  /** @throws {FacadeError} ROW_BUDGET: the operation has read more rows than it may. */
  spendRows(count: number): void {
    this.#rows += count;
    const limit = this.#limits.maxRows;
    if (this.#rows > limit) {
      throw new FacadeError('ROW_BUDGET', `The operation read ${this.#rows} rows, of at most ${limit}`, {
        need: this.#rows,
        limit,
      });
    }
  }

  get requests(): number {
    return this.#requests;
  }

  get rows(): number {
    return this.#rows;
  }

  get rowsLeft(): number {
    return Math.max(0, this.#limits.maxRows - this.#rows);
  }
}
