import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import type { InstanceRef, ObjectRef } from '../origin/resource.ts';
import type { Level } from '../origin/search.ts';

/**
 * Which object a data set of an origin is of. An origin may find an object by the last UID of a path and not look at the
 * others, so what it sends is looked at. Every function says what an absent UID counts for; a UID that is there and is no
 * UID (PS3.5 §9.1) is that of no object.
 */
export const uidTags: Readonly<Record<Level, Tag>> = {
  study: tagOf('StudyInstanceUID'),
  series: tagOf('SeriesInstanceUID'),
  instance: tagOf('SOPInstanceUID'),
};

const levels: readonly Level[] = ['study', 'series', 'instance'];

/** Absent is as asked: rows need not tell the levels above theirs (PS3.18 Tables 10.6.3-4 and -5). */
export const isWithin = (dataSet: DataSet, asked: ObjectRef): boolean =>
  levels.every((level) => asked[level] === undefined || (uidIn(dataSet, level) ?? asked[level]) === asked[level]);

/** Absent is another: for files, of which each must say what it is of. */
export const isSaidWithin = (dataSet: DataSet, asked: ObjectRef): boolean =>
  levels.every((level) => asked[level] === undefined || uidIn(dataSet, level) === asked[level]);

/** The instance that a data set says it is, by all three of its UIDs; null where one of them is absent. */
export function saidInstance(dataSet: DataSet): InstanceRef | null {
  const [study, series, instance] = levels.map((level) => dataSet.uid(uidTags[level]));
  return study && series && instance ? { study, series, instance } : null;
}

/** The instance that a data set is of. Absent is as asked; null where that was not asked for either, or it is another's. */
export function instanceIn(dataSet: DataSet, asked: ObjectRef): InstanceRef | null {
  if (!isWithin(dataSet, asked)) return null;
  const orAsked = (level: Level): Uid | null | undefined => dataSet.uid(uidTags[level]) ?? asked[level];
  const [series, instance] = [orAsked('series'), orAsked('instance')];
  return series && instance ? { study: asked.study, series, instance } : null;
}

/**
 * The object of a level that a row is of. Its own UID must be there; absent ones above it are as asked; null where it is not
 * below what was asked for.
 */
export function objectIn(row: DataSet, level: Level, asked: ObjectRef): ObjectRef | null {
  const own = row.uid(uidTags[level]);
  if (own === null || !isWithin(row, asked)) return null;
  if (level === 'study') return { study: asked.study };
  return level === 'series' ? { study: asked.study, series: own } : instanceIn(row, asked);
}

/** Null where it is absent, or empty. */
const uidIn = (dataSet: DataSet, level: Level): string | null => dataSet.text(uidTags[level]) || null;
