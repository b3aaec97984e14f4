import type { DataSet } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';

/** What is counted of a study, as its search row tells it. What the row was not asked for is null. */
export interface CountedStudy {
  /** Each once; empty: the study has none. Null: the origin does not tell them. */
  readonly modalities: readonly string[] | null;
  /** ISO 8601. Null: absent, or not a date. */
  readonly date: string | null;
  /** Null: the origin does not count. */
  readonly series: number | null;
  readonly instances: number | null;
}

/** Attributes of a study's row that statistics read. */
export const statisticsTags = {
  modalities: tagOf('ModalitiesInStudy'),
  date: tagOf('StudyDate'),
  series: tagOf('NumberOfStudyRelatedSeries'),
  instances: tagOf('NumberOfStudyRelatedInstances'),
} as const satisfies Record<keyof CountedStudy, Tag>;

/** Told of a value that is not valid DICOM and so counts as absent. Never with the value. */
export type InvalidValueObserver = (keyword: string, problem: string) => void;

/** @param asked - Of {@link statisticsTags}, those that the statistics need: an origin gives others too. */
export function countStudy(row: DataSet, asked: ReadonlySet<Tag>, onInvalidValue: InvalidValueObserver): CountedStudy {
  const has = (tag: Tag): boolean => {
    if (!asked.has(tag) || !row.has(tag)) return false;
    for (const problem of row.element(tag)?.problems ?? []) onInvalidValue(entryOfTag(tag)?.keyword ?? tag, problem);
    return true;
  };
  const count = (tag: Tag): number | null => {
    const value = has(tag) ? row.integer(tag) : null;
    return value === null || value < 0 ? null : value;
  };
  const { modalities, date, series, instances } = statisticsTags;
  return {
    modalities: has(modalities) ? distinct(row.texts(modalities)) : null,
    date: has(date) ? row.date(date) : null,
    series: count(series),
    instances: count(instances),
  };
}

/** One study in two rows: its UID stands under two patients (Orthanc 1.10 and the embedded archive give a row for each). */
export function mergeStudies(one: CountedStudy, other: CountedStudy): CountedStudy {
  return {
    modalities: one.modalities && other.modalities && distinct([...one.modalities, ...other.modalities]),
    date: one.date ?? other.date,
    series: sum(one.series, other.series),
    instances: sum(one.instances, other.instances),
  };
}

export const sum = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : one + other;

const distinct = (values: readonly (string | null)[]): readonly string[] => [
  ...new Set(values.filter((value) => value !== null)),
];
