import { DataSet, type JsonElement } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Tag } from '../../dicom/tag.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { ObjectRef } from '../../origin/resource.ts';
import { type Level, type SearchQuery, type SearchResult, search } from '../../origin/search.ts';
import type { Source, VisibleInstance } from '../source.ts';
import { searchEvery } from './search-every.ts';

const uidTags: Readonly<Record<Level, Tag>> = {
  study: tagOf('StudyInstanceUID'),
  series: tagOf('SeriesInstanceUID'),
  instance: tagOf('SOPInstanceUID'),
};
const patientId = tagOf('PatientID');
const modality = tagOf('Modality');
const sopClass = tagOf('SOPClassUID');

const ofSeries = tagOf('NumberOfSeriesRelatedInstances');
const ofStudyTags = {
  series: tagOf('NumberOfStudyRelatedSeries'),
  instances: tagOf('NumberOfStudyRelatedInstances'),
  modalities: tagOf('ModalitiesInStudy'),
  sopClasses: tagOf('SOPClassesInStudy'),
  regions: tagOf('AnatomicRegionsInStudyCodeSequence'),
};

type Found = Pick<SearchResult, 'dataSets' | 'more'>;

/**
 * The rows of a search within a study or series that may be seen: those of an instance that may, or of what has one below it.
 * Where not everything may be seen all rows are read, so that no page tells of what is missing, and what the origin counted
 * is counted again.
 *
 * @param scope - What is searched in.
 */
export async function searchVisible(
  { origin, visibleBelow }: Source,
  query: SearchQuery,
  scope: ObjectRef,
  options: RequestOptions,
): Promise<Found> {
  if (visibleBelow === null) return search(origin, query, options);
  const { limit: _limit, offset: _offset, ...whole } = query;
  const { study, series } = scope;
  const instances = await visibleBelow(series === undefined ? { study } : { study, series }, options);
  if (instances.length === 0) return { dataSets: [], more: false };
  const isPatientKnown = instances.every(({ dataSet }) => dataSet.has(patientId));
  const includeFields = isPatientKnown && !whole.includeFields.includes('all') ? ['PatientID'] : [];
  const asked = { ...whole, includeFields: [...new Set([...whole.includeFields, ...includeFields])] };
  const rows = await searchEvery(origin, asked, identityOf, options);
  return {
    dataSets: rows.flatMap((row) => {
      const ofStudy = instances.filter((instance) => isOfOnePatient(instance, row));
      const isVisible = ofStudy.some((instance) => isBelow(instance, row, query.level));
      return isVisible ? [recounted(row, ofStudy, series === undefined)] : [];
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

/**
 * What is counted of a study or series that a row is of, of the instances that may be seen; where not all of its study are
 * known, what counts them is taken away.
 */
function recounted(row: DataSet, ofStudy: readonly VisibleInstance[], isWholeStudy: boolean): DataSet {
  const counts: Record<string, JsonElement> = {};
  const listOf = (tag: Tag): string[] => [...new Set(ofStudy.flatMap(({ dataSet }) => dataSet.text(tag) ?? []))].sort();
  const series = new Set(ofStudy.map((instance) => instance.series));
  const ownSeries = row.uid(uidTags.series);
  counts[ofSeries] = { vr: 'IS', Value: [ofStudy.filter((instance) => instance.series === ownSeries).length] };
  if (isWholeStudy) {
    counts[ofStudyTags.instances] = { vr: 'IS', Value: [ofStudy.length] };
    counts[ofStudyTags.series] = { vr: 'IS', Value: [series.size] };
    counts[ofStudyTags.modalities] = { vr: 'CS', Value: listOf(modality) };
    counts[ofStudyTags.sopClasses] = { vr: 'UI', Value: listOf(sopClass) };
  }
  const counting: ReadonlySet<string> = new Set([ofSeries, ...Object.values(ofStudyTags)]);
  const told = Object.entries(row.json).flatMap(([tag, element]) => {
    if (!counting.has(tag)) return [[tag, element] as const];
    return counts[tag] === undefined ? [] : [[tag, counts[tag]] as const];
  });
  return DataSet.parse(Object.fromEntries(told));
}
