import { levelOfAttribute } from '../../dicom/attribute-level.ts';
import { DataSet, type JsonElement } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Tag } from '../../dicom/tag.ts';
import type { Uid } from '../../dicom/uid.ts';
import type { VisibleInstance } from '../source.ts';

const modality = tagOf('Modality');
const sopClass = tagOf('SOPClassUID');

const ofSeries = tagOf('NumberOfSeriesRelatedInstances');
const ofStudy = {
  series: tagOf('NumberOfStudyRelatedSeries'),
  instances: tagOf('NumberOfStudyRelatedInstances'),
  modalities: tagOf('ModalitiesInStudy'),
  sopClasses: tagOf('SOPClassesInStudy'),
  regions: tagOf('AnatomicRegionsInStudyCodeSequence'),
};

/** What an origin counts of a study or series (PS3.18 Tables 10.6.3-3 and -4): of all that it has, whoever asks. */
export const countTags: ReadonlySet<Tag> = new Set([ofSeries, ...Object.values(ofStudy)]);

/** Whether all instances of the study are to be known to count it. */
export const isCountOfStudy = (tag: Tag): boolean => countTags.has(tag) && levelOfAttribute(tag) === 'study';

export interface VisibleCounts {
  /** Instances that may be seen, of the study of the row: all of them, or those of one series. */
  readonly instances: readonly VisibleInstance[];
  readonly isWholeStudy: boolean;
  /** Of the row, or of which the row is an instance; null: it is of no series. */
  readonly series: Uid | null;
  /** Told also where the origin does not count. */
  readonly matched: readonly Tag[];
}

/** A row with what is counted in it counted again, of what may be seen; what cannot be is taken away. */
export function recounted(row: DataSet, counts: VisibleCounts): DataSet {
  const visible = count(counts);
  const own = Object.entries(row.json).filter(([tag]) => !countTags.has(tag as Tag));
  const told = Object.entries(visible).filter(([tag]) => row.has(tag as Tag) || counts.matched.includes(tag as Tag));
  return DataSet.parse(Object.fromEntries([...own, ...told]));
}

function count({ instances, isWholeStudy, series }: VisibleCounts): Readonly<Record<string, JsonElement>> {
  const number = (value: number): JsonElement => ({ vr: 'IS', Value: [value] });
  const distinct = (tag: Tag): string[] =>
    [...new Set(instances.flatMap(({ dataSet }) => dataSet.text(tag) ?? []))].sort();
  return {
    ...(series === null ? {} : { [ofSeries]: number(instances.filter((one) => one.series === series).length) }),
    ...(isWholeStudy
      ? {
          [ofStudy.instances]: number(instances.length),
          [ofStudy.series]: number(new Set(instances.map((one) => one.series)).size),
          [ofStudy.modalities]: { vr: 'CS', Value: distinct(modality) },
          [ofStudy.sopClasses]: { vr: 'UI', Value: distinct(sopClass) },
        }
      : {}),
  };
}
