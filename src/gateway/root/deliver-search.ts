import { Readable } from 'node:stream';
import { levelDepth, levelOfAttribute } from '../../dicom/attribute-level.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { stringifyDataSets } from '../../dicom/stringify-data-set.ts';
import type { Tag } from '../../dicom/tag.ts';
import { FacadeError } from '../../errors.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import { type ObjectRef, resourcePath, type SeriesRef } from '../../origin/resource.ts';
import type { Level } from '../../origin/search.ts';
import type { Delivery } from '../delivery.ts';
import { toLinkedMetadata } from '../metadata-links.ts';
import { isWithin, objectIn, uidTags } from '../object-uids.ts';
import { countTags } from '../policy/visible-counts.ts';
import { searchVisible } from '../policy/visible-rows.ts';
import type { Source } from '../source.ts';
import type { RootScope } from './root-resource.ts';
import { type RootKey, type RootSearch, tagsAbove } from './root-search.ts';

export interface SearchSurroundings {
  readonly rootUrl: string;
  readonly contentType: string;
  /** What the root is for. */
  readonly grantScope: RootScope;
  /** Makes sure that a series which a client named is of the scope. @throws {FacadeError} NOT_FOUND: it is not. */
  readonly checkSeries: (ref: SeriesRef) => Promise<void>;
}

/**
 * The rows of a search below a root: those of the scope, with Retrieve URLs below the root. No rows are 204.
 *
 * @throws {FacadeError} FILTER_UNSUPPORTED: the origin did not match, or its rows do not tell whether it did; or, where not
 *   everything may be seen, a key is of what is below the rows.
 * @see PS3.18 §10.6.3
 */
export async function deliverSearch(
  source: Source,
  { query, keys, warnings, isEmpty, limit, offset }: RootSearch,
  { rootUrl, contentType, grantScope, checkSeries }: SearchSurroundings,
  options: RequestOptions,
): Promise<Delivery> {
  const { origin } = source;
  const scope: ObjectRef = query.scope ?? grantScope;
  const isGuarded = source.visibleBelow !== null;
  if (isGuarded) refuseKeysBelow(origin, query.level, keys);
  const counted = isGuarded ? keys.filter(({ tag }) => countTags.has(tag)) : [];
  const countKeys = new Map<string, Tag>(counted.map(({ name, tag }) => [name, tag]));
  const { dataSets, more } = isEmpty ? nothing : await searchVisible(source, query, { scope, countKeys }, options);
  const found = dataSets.filter((row) => isWithin(row, grantScope) && objectIn(row, query.level, scope) !== null);
  // A series that the client named: its rows are to say that they are of the study, or it is looked up.
  if (scope.series !== undefined && !('series' in grantScope) && found.some((row) => !row.has(uidTags.study))) {
    await checkSeries({ study: scope.study, series: scope.series });
  }
  const rows = found.filter((row) => isMatch(row, counted));
  for (const row of rows) checkMatch(origin, row, keys);
  // An origin that does not page was asked for all of them, as is any where not all of them may be seen.
  const isPaged = !isGuarded && (query.limit !== undefined || query.offset !== undefined);
  const start = isPaged ? 0 : offset;
  const end = limit === null ? undefined : start + limit;
  const above = tagsAbove(grantScope);
  const answers = rows.slice(start, end).map((row) => {
    const ref = objectIn(row, query.level, scope);
    const told = Object.fromEntries(Object.entries(row.json).filter(([key]) => !above.has(key.toUpperCase())));
    return toLinkedMetadata(told, () => null, ref && rootUrl + resourcePath(ref));
  });
  const isMore = more || (end !== undefined && rows.length > end);
  const told = [...warnings, ...(isMore ? ['There are additional results that can be requested'] : [])];
  const body = Buffer.from(stringifyDataSets(answers));
  const head = { contentType, isText: true, warnings: told };
  if (answers.length === 0) return { ...head, status: 204, contentLength: 0, body: Readable.from([]) };
  return { ...head, status: 200, contentLength: body.length, body: Readable.from([body], { objectMode: false }) };
}

const nothing = { dataSets: [], more: false };

const isMatch = (row: DataSet, keys: readonly RootKey[]): boolean => keys.every(({ test }) => test(row) === true);

function checkMatch(origin: Origin, row: DataSet, keys: readonly RootKey[]): void {
  if (isMatch(row, keys)) return;
  throw new FacadeError('FILTER_UNSUPPORTED', 'The origin did not match, or does not show that it did', {
    origin: origin.id,
  });
}

/** An origin would match them by all that is there, and whether it found something would tell of what may not be seen. */
function refuseKeysBelow(origin: Origin, level: Level, keys: readonly RootKey[]): void {
  if (keys.every(({ tag }) => levelDepth[levelOfAttribute(tag)] <= levelDepth[level])) return;
  throw new FacadeError(
    'FILTER_UNSUPPORTED',
    `An attribute of what is below is not matched in a search of the ${level}`,
    {
      origin: origin.id,
      level,
    },
  );
}
