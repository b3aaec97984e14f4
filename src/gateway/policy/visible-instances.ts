import type { RowGuard } from '../../access/row-guard.ts';
import { formatAttributePath } from '../../dicom/attribute-path.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { SeriesRef, StudyRef } from '../../origin/resource.ts';
import { instanceIn, uidTags } from '../object-uids.ts';
import type { Source, VisibleInstance } from '../source.ts';
import type { JudgedInstances } from './judged-instances.ts';
import { searchEvery } from './search-every.ts';

const fields = [
  'StudyInstanceUID',
  'SeriesInstanceUID',
  'PatientID',
  'Modality',
  'SeriesNumber',
  'InstanceNumber',
  'SOPClassUID',
  'Rows',
  'Columns',
  'AvailableTransferSyntaxUID',
];

/**
 * The instances of a study or series that may be seen: every one of them is judged, as one study UID may stand under two
 * patients. By the rows of one search, where the origin includes what it is asked for; else by metadata.
 *
 * @param source - Of everything that the origin has.
 */
export async function visibleInstances(
  source: Source,
  ref: StudyRef | SeriesRef,
  guard: RowGuard,
  judged: JudgedInstances,
  options: RequestOptions,
): Promise<readonly VisibleInstance[]> {
  const rows = await searchRows(source, ref, guard, options);
  const isTold = source.origin.capabilities.includeField && rows.every((row) => row.has(uidTags.study));
  const visible = isTold
    ? rows.filter((row) => guard.judge(() => row) === true)
    : judged.visible(source.origin, rows.length === 0 ? [] : await source.metadata(ref, options), guard);
  return visible.flatMap((dataSet) => {
    const instance = instanceIn(dataSet, ref);
    return instance === null ? [] : [{ ...instance, dataSet }];
  });
}

async function searchRows(
  { origin }: Source,
  ref: StudyRef | SeriesRef,
  { tags }: RowGuard,
  options: RequestOptions,
): Promise<readonly DataSet[]> {
  const asked = [...tags].map((tag) => formatAttributePath([{ tag }]));
  const identityOf = (row: DataSet): string => `${row.text(uidTags.series)} ${row.text(uidTags.instance)}`;
  const searchIn = (scope: StudyRef | SeriesRef): Promise<readonly DataSet[]> => {
    const includeFields = [...new Set([...fields, ...asked])];
    return searchEvery(origin, { level: 'instance', scope, matches: new Map(), includeFields }, identityOf, options);
  };
  if ('series' in ref || origin.capabilities.studyInstanceSearch) return searchIn(ref);
  const query = { level: 'series', scope: ref, matches: new Map(), includeFields: [] } as const;
  const series = await searchEvery(origin, query, (row) => row.text(uidTags.series) ?? '', options);
  const groups: DataSet[] = [];
  for (const row of series) {
    const uid = row.uid(uidTags.series);
    if (uid !== null) groups.push(...(await searchIn({ study: ref.study, series: uid })));
  }
  return groups;
}
