import { Readable } from 'node:stream';
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { stringifyDataSets } from '../../dicom/stringify-data-set.ts';
import { FacadeError } from '../../errors.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import { type ObjectRef, resourcePath, type SeriesRef } from '../../origin/resource.ts';
import type { Level } from '../../origin/search.ts';
import type { Delivery } from '../delivery.ts';
import { toLinkedMetadata } from '../metadata-links.ts';
import { searchVisible } from '../policy/visible-rows.ts';
import type { Source } from '../source.ts';
import type { RootScope } from './root-resource.ts';
import { type RootSearch, tagsAbove } from './root-search.ts';

const studyTag = tagOf('StudyInstanceUID');
const seriesTag = tagOf('SeriesInstanceUID');
const instanceTag = tagOf('SOPInstanceUID');

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
 * @throws {FacadeError} FILTER_UNSUPPORTED: the origin did not match, or its rows do not tell whether it did.
 * @see PS3.18 §10.6.3
 */
export async function deliverSearch(
  source: Source,
  { query, tests, warnings, isEmpty, limit, offset }: RootSearch,
  { rootUrl, contentType, grantScope, checkSeries }: SearchSurroundings,
  options: RequestOptions,
): Promise<Delivery> {
  const { origin } = source;
  const scope: ObjectRef = query.scope ?? grantScope;
  const isGuarded = source.visibleBelow !== null;
  const { dataSets, more } = isEmpty ? nothing : await searchVisible(source, query, scope, options);
  const found = dataSets.filter((row) => isWithin(row, grantScope) && refOf(row, query.level, scope) !== null);
  // A series that the client named: its rows are to say that they are of the study, or it is looked up.
  if (scope.series !== undefined && !('series' in grantScope) && found.some((row) => !row.has(studyTag))) {
    await checkSeries({ study: scope.study, series: scope.series });
  }
  // An origin matches what it counts also of what may not be seen: an error would tell of that.
  const rows = isGuarded ? found.filter((row) => isMatch(row, tests)) : found;
  for (const row of rows) checkMatch(origin, row, tests);
  // An origin that does not page was asked for all of them, as is any where not all of them may be seen.
  const isPaged = !isGuarded && (query.limit !== undefined || query.offset !== undefined);
  const start = isPaged ? 0 : offset;
  const end = limit === null ? undefined : start + limit;
  const above = tagsAbove(grantScope);
  const answers = rows.slice(start, end).map((row) => {
    const ref = refOf(row, query.level, scope);
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

/** UIDs are what the origin says they are; where it does not say one, what it was asked for. */
const isWithin = (row: DataSet, { study, series }: ObjectRef): boolean =>
  (row.uid(studyTag) ?? study) === study && (series === undefined || (row.uid(seriesTag) ?? series) === series);

const isMatch = (row: DataSet, tests: RootSearch['tests']): boolean => tests.every((test) => test(row) === true);

function checkMatch(origin: Origin, row: DataSet, tests: RootSearch['tests']): void {
  if (isMatch(row, tests)) return;
  throw new FacadeError('FILTER_UNSUPPORTED', 'The origin did not match, or does not show that it did', {
    origin: origin.id,
  });
}

/** What a row is of, below the object that was searched; null for what has no UID of its level, or is not below it. */
function refOf(row: DataSet, level: Level, { study, series: searched }: ObjectRef): ObjectRef | null {
  if (level === 'study') return row.uid(studyTag) === study ? { study } : null;
  const series = row.uid(seriesTag) ?? (level === 'instance' ? searched : undefined);
  if (!series || (searched !== undefined && series !== searched)) return null;
  if (level === 'series') return { study, series };
  const instance = row.uid(instanceTag);
  return instance ? { study, series, instance } : null;
}
