import { entryOfTag } from '../dicom/dictionary.ts';
import type { Capabilities } from '../origin/capabilities/capabilities.ts';
import { isSentWhole } from '../origin/count-studies.ts';
import { isRefused } from '../planner/contradiction.ts';
import type { Criteria, Criterion } from '../planner/criterion.ts';
import type { Loaders } from '../planner/loaders.ts';
import { planSearches } from '../planner/plan.ts';
import { type MatchedSearch, toSentMatches } from '../planner/sent-match.ts';

const search: MatchedSearch = { level: 'study', isScoped: false };

/**
 * How many studies match, by the origin's own count: one request, and no rows.
 *
 * @returns Null: the origin does not count, or would count others than those that the filter means, or than those that may
 *   be seen; then its rows tell.
 * @throws {OriginError} Those of the request.
 */
export async function countMatches(loaders: Loaders, criteria: Criteria): Promise<number | null> {
  const { origin, runner } = loaders;
  if (runner.isGuarded) return null;
  const matches = exactMatches(criteria, origin.capabilities);
  if (!origin.capabilities.studyCount || matches === null || !isSentWhole(origin, matches)) return null;
  try {
    return await runner.countStudies(matches);
  } catch (error) {
    if (!isRefused(error)) throw error;
    runner.unlearn('studyCount', 'The origin does not count studies: they are read');
    return null;
  }
}

/** What an origin is to match so that its matches are those of the criteria, no more and no fewer; null: it cannot. */
function exactMatches(criteria: Criteria, capabilities: Capabilities): ReadonlyMap<string, string> | null {
  if (criteria.never || criteria.fuzzy) return null;
  if (!criteria.all.every((criterion) => isExact(criterion, capabilities))) return null;
  const [only, ...others] = planSearches(criteria, search, capabilities);
  return only !== undefined && others.length === 0 ? only.matches : null; // what is in two searches would count twice
}

/** UIDs and dates match as they stand, other values without a wildcard and with what case they have (PS3.4 §C.2.2.2). */
function isExact(criterion: Criterion, capabilities: Capabilities): boolean {
  const sent = toSentMatches(criterion, search, capabilities);
  if (sent === null || criterion.path !== null) return false;
  const vr = entryOfTag(criterion.tag)?.vr[0];
  return vr === 'UI' || vr === 'DA' || sent.every(({ query }) => !/[*?]/.test(query));
}
