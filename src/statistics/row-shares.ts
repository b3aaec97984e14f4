/** Scans that run side by side share the rows that the operation may still read: what one of them has asked for is taken. */
export class RowShares {
  readonly #rowsLeft: () => number;
  readonly #asked = new Map<RowShare, number>();

  constructor(rowsLeft: () => number) {
    this.#rowsLeft = rowsLeft;
  }

  /** To be opened for all before one of them takes, and closed when its scan has ended. */
  open(): RowShare {
    const share: RowShare = {
      take: (rows) => {
        this.#asked.set(share, 0);
        const asked = [...this.#asked.values()];
        const free = this.#rowsLeft() - asked.reduce((sum, pending) => sum + pending, 0);
        const taken = Math.max(0, Math.min(rows, Math.ceil(free / asked.filter((pending) => pending === 0).length)));
        this.#asked.set(share, taken);
        return taken;
      },
      split: (items) => items.map((item) => [item, this.open()] as const),
      close: () => void this.#asked.delete(share),
    };
    this.#asked.set(share, 0);
    return share;
  }
}

export interface RowShare {
  /** Rows that may be asked for now, of those wanted. What was taken before has come. */
  take(rows: number): number;
  /** A share beside this one for each of them. */
  split<T>(items: readonly T[]): readonly (readonly [T, RowShare])[];
  close(): void;
}
