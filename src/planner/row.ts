import type { DataSet } from '../dicom/data-set.ts';
import { type DictionaryEntry, entryOfTag, tagOf } from '../dicom/dictionary.ts';
import { isPrivateTag, type Tag } from '../dicom/tag.ts';
import type { Capabilities } from '../origin/capabilities/capabilities.ts';
import type { Level } from '../origin/search.ts';

/** What one answer of the origin says of an object, and which attributes it was asked for. */
export interface Row {
  readonly dataSet: DataSet;
  /** Attributes whose absence here is their absence in the object. */
  readonly asked: ReadonlySet<Tag>;
  /** It is the metadata of an instance, whole: whose metadata was asked for, which relative URIs in it are relative to. */
  readonly metadataOf?: Level;
}

const sopClassUid = tagOf('SOPClassUID');
/** Of this one a search of series returns two attributes of many (PS3.18 Table 10.6.3-4). */
const requestAttributes = tagOf('RequestAttributesSequence');

/** Whether the row settles an attribute: it has it, or it would have it if the object had. */
export function answers(row: Row, tag: Tag): boolean {
  if (row.metadataOf !== undefined) return row.dataSet.has(tag) || !countedTags.has(tag);
  if (tag === requestAttributes) return false;
  // Every instance has a SOP Class: an origin whose row lacks it has just not told.
  return row.dataSet.has(tag) || (row.asked.has(tag) && tag !== sopClassUid);
}

/** Counted by searches of their own level only, and on a tree by us; no metadata has them. */
export const countedTags: ReadonlySet<Tag> = new Set(
  [
    'NumberOfStudyRelatedSeries',
    'NumberOfStudyRelatedInstances',
    'NumberOfSeriesRelatedInstances',
    'ModalitiesInStudy',
  ].map(tagOf),
);

const tags = (...keywords: string[]): ReadonlySet<Tag> => new Set(keywords.map(tagOf));

/** Returned by every conforming search of that level without being asked: PS3.18 Tables 10.6.3-3, 10.6.3-4 and 10.6.3-5. */
const alwaysReturned: Readonly<Record<Level, ReadonlySet<Tag>>> = {
  study: tags('StudyInstanceUID', 'StudyDate', 'StudyTime', 'AccessionNumber', 'PatientName', 'PatientID', 'StudyID'),
  series: tags('SeriesInstanceUID', 'Modality', 'SeriesNumber'),
  instance: tags('SOPInstanceUID', 'SOPClassUID', 'InstanceNumber'),
};

/** Values of these VRs never come in a search row that can be relied on: sequences, and what is retrieved as bulk data. */
const notInRows = new Set(['SQ', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** Whether a search can be asked for an attribute by `includefield`, so that no answer means that it has no value. */
export function canBeIncluded(tag: Tag): boolean {
  const entry: DictionaryEntry | undefined = isPrivateTag(tag) ? undefined : entryOfTag(tag);
  return entry !== undefined && !entry.vr.some((vr) => notInRows.has(vr));
}

/** Whether the rows of a search settle all of these attributes, where they are asked for them. */
export const settlesAll = (level: Level, tags: Iterable<Tag>, capabilities: Capabilities): boolean =>
  [...tags].every((tag) => alwaysReturned[level].has(tag) || (capabilities.includeField && canBeIncluded(tag)));

/**
 * The attributes that a row of a search settles by lacking them, given what it was asked for. Counts are not among them:
 * every object has some. Nor is what is always returned, though empty: a row that lacks it breaks PS3.18, and tells nothing.
 */
export function settledBy(
  included: Iterable<Tag>,
  { includeField }: Pick<Capabilities, 'includeField'>,
): ReadonlySet<Tag> {
  return new Set(includeField ? [...included].filter((tag) => canBeIncluded(tag) && !countedTags.has(tag)) : []);
}
