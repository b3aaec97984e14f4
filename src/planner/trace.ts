import type { RequestReport } from '../origin/request-report.ts';
import type { Level } from '../origin/search.ts';
import type { Transaction } from '../origin/transaction.ts';

/** One step of the plan, as it was carried out: what was asked of an origin, and for how many objects at once. */
export interface PlanStep {
  readonly origin: string;
  readonly transaction: Transaction;
  /** Where: at the root, below one study or series, or of one instance. */
  readonly resource: 'root' | Level;
  /** UIDs in the list that it matches; null: no list. */
  readonly listedUIDs: number | null;
  /** Keywords of the attributes that it was told to include. */
  readonly includes: readonly string[];
  /** Answered by the cache, or with another operation that was asking the same: no request. */
  readonly cached: boolean;
}

const maxEntries = 1_000;

/** What one operation asked of its origins, for those who may know: names and numbers, never a value of a query. */
export class Trace {
  readonly #steps: PlanStep[] = [];
  readonly #requests: RequestReport[] = [];

  addStep(step: PlanStep): void {
    if (this.#steps.length < maxEntries) this.#steps.push(step);
  }

  readonly addRequest = (report: RequestReport): void => {
    if (this.#requests.length < maxEntries) this.#requests.push(report);
  };

  /** `extensions.dicomweb`. `ms` are whole milliseconds; `bytes` those of the body, as they came over the wire. */
  explain() {
    const requests = this.#requests.map(({ ms, ...request }) => ({ ...request, ms: Math.round(ms) }));
    return {
      plan: this.#steps,
      requests,
      totals: {
        requests: requests.length,
        cacheHits: this.#steps.filter(({ cached }) => cached).length,
        bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0),
        ms: requests.reduce((sum, { ms }) => sum + ms, 0),
      },
    };
  }
}
