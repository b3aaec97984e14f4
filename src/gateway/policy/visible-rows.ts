import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Tag } from '../../dicom/tag.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { ObjectRef } from '../../origin/resource.ts';
import { type Level, type SearchQuery, type SearchResult, search } from '../../origin/search.ts';
import { uidTags } from '../object-uids.ts';
import type { Source, VisibleInstance } from '../source.ts';
import { searchEvery } from './search-every.ts';
import { isCountOfStudy, recounted } from './visible-counts.ts';

const patientId = tagOf('PatientID');

type Found = Pick<SearchResult, 'dataSets' | 'more'>;

/** Where is searched, and by what. */
export interface VisibleSearch {
  readonly scope: ObjectRef;
  /**
   * Keys of the query that match what an origin counts, with their attributes. It matches them by all that it has: so where
   * not everything may be seen it is not asked to, and the rows are to be matched by what they come with from here.
   */
  readonly countKeys: ReadonlyMap<string, Tag>;
}

/**
 * The rows of a search within a study or series that may be seen: those of an instance that may, or of what has one below it.
 * Where not everything may be seen all rows are read, so that no page tells of what is missing, and what the origin counted
 * is counted again.
 */
export async function searchVisible(
  { origin, visibleBelow }: Source,
  query: SearchQuery,
  { scope, countKeys }: VisibleSearch,
  options: RequestOptions,
): Promise<Found> {
  if (visibleBelow === null) return search(origin, query, options);
  const { limit: _limit, offset: _offset, ...whole } = query;
  const { study, series } = scope;
  const matched = [...countKeys.values()];
  const isWholeStudy = series === undefined || matched.some(isCountOfStudy);
  const instances = await visibleBelow(isWholeStudy ? { study } : { study, series }, options);
  if (instances.length === 0) return { dataSets: [], more: false };
  const isPatientKnown = instances.every(({ dataSet }) => dataSet.has(patientId));
  const includeFields = isPatientKnown && !whole.includeFields.includes('all') ? ['PatientID'] : [];
  const asked = {
    ...whole,
    matches: new Map([...whole.matches].filter(([key]) => !countKeys.has(key))),
    includeFields: [...new Set([...whole.includeFields, ...includeFields])],
  };
  const rows = await searchEvery(origin, asked, identityOf, options);
  return {
    dataSets: rows.flatMap((row) => {
      const ofStudy = instances.filter((instance) => isOfOnePatient(instance, row));
      const isVisible = ofStudy.some((instance) => isBelow(instance, row, query.level));
      const ofSeries = query.level === 'study' ? null : (row.uid(uidTags.series) ?? series ?? null);
      return isVisible ? [recounted(row, { instances: ofStudy, isWholeStudy, series: ofSeries, matched })] : [];
    }),
    more: false,
  };
}

const identityOf = (row: DataSet): string =>
  [patientId, ...Object.values(uidTags)].map((tag) => row.text(tag) ?? '').join(' ');

/** One study UID may stand under two patients, and then is in two rows. */
function isOfOnePatient(instance: VisibleInstance, row: DataSet): boolean {
  const [ofRow, ofInstance] = [row.text(patientId), instance.dataSet.text(patientId)];
  return ofRow === null || ofInstance === null || ofRow === ofInstance;
}

const isBelow = (instance: VisibleInstance, row: DataSet, level: Level): boolean =>
  level === 'study' || row.uid(uidTags[level]) === instance[level];
