import type { Principal } from '../access/principal.ts';
import type { OperationAudit } from '../audit/operation-audit.ts';
import { FacadeError } from '../errors.ts';
import type { PrincipalLinks } from '../links/mint.ts';
import type { LinkRevoker } from '../links/revoker.ts';
import type { Origin } from '../origin/origin.ts';
import { Loaders } from '../planner/loaders.ts';
import type { OperationScope } from '../planner/search-runner.ts';
import type { Trace } from '../planner/trace.ts';
import type { CostMeter } from './cost/cost-meter.ts';
import type { CostReport } from './cost/tell-cost.ts';
import type { OperationBounds } from './limits.ts';
import type { Identifiers } from './patient-data/identifiers.ts';
import type { Suppression } from './patient-data/suppression.ts';
import type { Warnings } from './warnings.ts';

/** What one operation knows: made for it, and gone with it. */
export interface Context {
  readonly requestId: string;
  readonly principal: Principal;
  readonly limits: OperationBounds;
  /** How objects are named to a principal without the scope `patient-data`; null: by their UIDs, and nothing is withheld. */
  readonly identifiers: Identifiers | null;
  /** Of small counts; null: none are withheld. */
  readonly suppression: Suppression | null;
  /** Most pixels of an image that the gateway draws. */
  readonly maxDrawnPixels: number;
  /** In the order of the configuration: the first is the default. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly links: PrincipalLinks;
  /** Of anybody's links: for those with the scope admin. */
  readonly revoker: LinkRevoker;
  readonly warnings: Warnings;
  /** The trail of this operation; null: none is kept. */
  readonly audit: OperationAudit | null;
  /** Requests to origins, as they were planned so far. */
  readonly plannedRequests: () => number;
  /** Counts more of what the principal may ask in a minute. @throws {FacadeError} RATE_LIMITED */
  readonly admit: (points: number) => Promise<void>;
  /** Counts what the answer holds. */
  readonly meter: CostMeter;
  /** `extensions.cost`, so far. */
  readonly cost: () => CostReport | null;
  /** What `extensions.dicomweb` tells; null where the caller did not ask, or may not know. */
  readonly trace: Trace | null;
  /** @throws {FacadeError} UNKNOWN_ORIGIN */
  readonly loaders: (originId: string | null | undefined) => Loaders;
}

/**
 * The origin of that id; without one, the default.
 *
 * @throws {FacadeError} UNKNOWN_ORIGIN
 */
export function findOrigin(origins: ReadonlyMap<string, Origin>, originId: string | null | undefined): Origin {
  const [firstId] = origins.keys();
  const origin = origins.get(originId ?? firstId ?? '');
  if (!origin) throw new FacadeError('UNKNOWN_ORIGIN', 'There is no origin of that id', { argument: 'origin' });
  return origin;
}

/** One set of loaders an origin and an operation, made when a field first asks that origin. */
export function createLoadersByOrigin(origins: ReadonlyMap<string, Origin>, scope: OperationScope): Context['loaders'] {
  const byOrigin = new Map<string, Loaders>();
  const [firstId] = origins.keys();
  return (originId) => {
    const id = originId ?? firstId ?? '';
    const known = byOrigin.get(id);
    if (known) return known;
    const loaders = new Loaders(findOrigin(origins, id), scope);
    byOrigin.set(id, loaders);
    return loaders;
  };
}
