import type { JsonDataSet, JsonElement } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import { stringifyDataSet } from '../dicom/stringify-data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import { alwaysReturned, type Level, rowTags } from './attribute-level.ts';
import { firstText } from './data-set-values.ts';
import { prefixBulkData, resourcePath } from './resource-path.ts';
import type { SearchQuery } from './search-query.ts';

const retrieveUrl = tagOf('RetrieveURL');
const uidTags = {
  study: tagOf('StudyInstanceUID'),
  series: tagOf('SeriesInstanceUID'),
  instance: tagOf('SOPInstanceUID'),
} as const satisfies Record<Level, Tag>;

/** One match: what the index tells of it at each level, from the study down to the level searched. */
export interface Match {
  readonly study: JsonDataSet;
  readonly series?: JsonDataSet;
  readonly instance?: JsonDataSet;
}

/**
 * One row of an answer, as JSON text.
 *
 * A row has the attributes of its own level, and those of the levels above that the path leaves open: /series adds the
 * study's, /studies/{s}/instances the series', /instances both. Beyond the tables of PS3.18 every row has the UIDs of all
 * levels above, whatever the path, and includefield brings attributes of any level above. Where an instance's data set and
 * its study's or series' row differ, the row tells: it is what the search compared.
 *
 * @see PS3.18 §10.6.3.3, Tables 10.6.3-3 to 10.6.3-5
 */
export function searchRow(match: Match, query: SearchQuery, baseUrl: string): string {
  const row = new Map<Tag, JsonElement>();
  for (const level of ['instance', 'series', 'study'] as const) {
    const attributes = match[level];
    if (attributes === undefined) continue;
    const whole = level === query.level || level === 'instance' || query.scope[level] === undefined;
    for (const [tag, element] of Object.entries(attributes) as [Tag, JsonElement][]) {
      const asked = query.include === 'all' || query.include.has(tag) || (whole && rowTags[level].has(tag));
      if (asked || tag === uidTags[level]) row.set(tag, element);
    }
    if (!whole) continue;
    for (const tag of alwaysReturned[level]) if (!row.has(tag)) row.set(tag, { vr: entryOfTag(tag)?.vr[0] ?? 'UN' });
  }
  row.set(retrieveUrl, { vr: 'UR', Value: [`${baseUrl}/${pathOf(match)}`] });
  return prefixBulkData(stringifyDataSet(Object.fromEntries(row)), `${baseUrl}/`);
}

function pathOf({ study, series, instance }: Match): string {
  const studyUid = firstText(study, uidTags.study) ?? '';
  const seriesUid = series && firstText(series, uidTags.series);
  const sopUid = instance && firstText(instance, uidTags.instance);
  return resourcePath({
    study: studyUid,
    ...(seriesUid && { series: seriesUid }),
    ...(sopUid && { instance: sopUid }),
  });
}
