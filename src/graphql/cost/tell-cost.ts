import type { Principal } from '../../access/principal.ts';
import type { Budget } from '../../planner/budget.ts';
import type { LinkCount } from '../count-links.ts';
import type { Suppression } from '../patient-data/suppression.ts';
import type { CostMeter } from './cost-meter.ts';

/** What one operation has used. */
export interface CostUsed {
  readonly meter: CostMeter;
  readonly budget: Pick<Budget, 'requests' | 'rows'>;
  readonly links: LinkCount;
}

/** `extensions.cost` of an answer. */
export interface CostReport {
  /** What was reckoned before anything was done. */
  readonly requested: number;
  /** `viewer.limits.maxCost` */
  readonly limit: number;
  readonly used: {
    readonly values: number;
    /**
     * To origins. Null for those bound to some studies: it would tell them of others. Null too where small counts are
     * withheld: some origins are asked once for each study.
     */
    readonly requests: number | null;
    /** Of origins. Null like requests: of what is counted these are as many as there are studies. */
    readonly rows: number | null;
    readonly links: number;
  };
}

/**
 * @param suppression - Of counts, in this operation; null: none are withheld.
 * @returns Null: it did not come to that.
 */
export function tellCost(
  { meter, budget, links }: CostUsed,
  { rows }: Pick<Principal, 'rows'>,
  suppression: Pick<Suppression, 'isAsked'> | null,
): CostReport | null {
  if (meter.estimate === null) return null;
  const isWhole = rows === null && suppression?.isAsked !== true;
  return {
    requested: meter.estimate.cost,
    limit: meter.limit,
    used: {
      values: meter.values,
      requests: isWhole ? budget.requests : null,
      rows: isWhole ? budget.rows : null,
      links: links.minted,
    },
  };
}
