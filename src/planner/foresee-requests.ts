import type { Uid } from '../dicom/uid.ts';
import type { Capabilities } from '../origin/capabilities/capabilities.ts';
import { treeStrategy } from './loaders.ts';
import { type Need, readsOf } from './need.ts';
import { planMetadata, planSeriesChildren, planStudyChildren, planTrees } from './plan.ts';
import { settlesAll } from './row.ts';

/** Instances of a series as a rule, where it matters how many series some instances are of. */
const usualSeriesSize = 20;

/** More objects than any page holds. */
const maxPlanned = 1_000;

/** UIDs as long as they get, to plan with before any is known. */
const standIns: readonly Uid[] = Array.from(
  { length: maxPlanned },
  (_, index) => `${'1'.repeat(57)}.${100_000 + index}` as Uid,
);

/**
 * The requests that a search costs, and those for what is asked below as many objects as it may find: by the plan that
 * would be made for them. What only rows can tell (that an attribute is missing in them, say) is not in it.
 *
 * @param count - Objects that are found: the page that is asked for, or the UIDs; beyond 1,000 none is planned for.
 */
export function foreseeRequests(need: Need, count: number, capabilities: Capabilities): number {
  const found = Math.min(count, maxPlanned);
  const pages = Math.max(1, Math.ceil(found / (capabilities.maxSearchLimit ?? maxPlanned)));
  return pages + below(need, standIns.slice(0, found), capabilities);
}

function below(need: Need, uids: readonly Uid[], capabilities: Capabilities): number {
  const [uid] = uids;
  if (uid === undefined) return 0;
  if (need.level === 'study') return belowStudies(need, uids, capabilities);
  if (need.level === 'series') {
    if (need.instances === null) return 0;
    const readsMetadata = !settlesAll('instance', readsOf(need.instances, 'instance'), capabilities);
    const keys = uids.map((series) => ({ study: uid, series }));
    return planSeriesChildren(keys, readsMetadata, capabilities).length;
  }
  if (settlesAll('instance', readsOf(need, 'instance'), capabilities)) return 0;
  const keys = uids.map((instance, index) => ({
    study: uids[Math.floor(index / usualSeriesSize)] ?? uid,
    series: uid,
    instance,
    seriesSize: usualSeriesSize,
  }));
  return planMetadata(keys, capabilities).length;
}

function belowStudies(need: Need, studies: readonly Uid[], capabilities: Capabilities): number {
  const parents = studies.map((study) => ({ study, rows: null }));
  const isTree = need.instances !== null || need.series?.instances != null;
  if (!isTree) return need.series === null ? 0 : planStudyChildren(parents, 'series', capabilities).length;
  const strategy = treeStrategy(need, studies, capabilities);
  const ofSeries =
    strategy === 'levels' && need.series !== null ? planStudyChildren(parents, 'series', capabilities).length : 0;
  return ofSeries + planTrees(parents, strategy === 'metadata', capabilities).length;
}
