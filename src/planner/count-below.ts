import { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Loaders } from './loaders.ts';
import { emptyNeed, type Need } from './need.ts';
import { SeriesNode, StudyNode } from './nodes.ts';

const numberOfStudyRelatedSeries = tagOf('NumberOfStudyRelatedSeries');
const modalitiesInStudy = tagOf('ModalitiesInStudy');
const modality = tagOf('Modality');

/** One object each for all that is counted: who is counted in one tick is read together. */
const seriesNeed: Need = {
  ...emptyNeed('series'),
  tags: { study: new Set(), series: new Set([modality]), instance: new Set() },
};
const instanceNeed: Need = emptyNeed('instance');
const studyNeed: Need = { ...emptyNeed('study'), instances: instanceNeed };

/**
 * What an origin does not count, counted on all that is below: NumberOfStudyRelatedSeries and ...Instances,
 * NumberOfSeriesRelatedInstances, ModalitiesInStudy (PS3.18 Tables 10.6.3-3 and 10.6.3-4).
 *
 * @param series - Of a series; null: of the study.
 */
export async function countBelow(loaders: Loaders, study: Uid, series: Uid | null, tag: Tag): Promise<DataSet> {
  if (series !== null) {
    const rows = await loaders.instancesOfSeries(new SeriesNode(loaders, { study, series }, null), instanceNeed);
    return countOf(tag, rows.length);
  }
  const node = new StudyNode(loaders, study, null);
  if (tag !== numberOfStudyRelatedSeries && tag !== modalitiesInStudy) {
    const rows = await loaders.instancesOfStudy(new StudyNode(loaders, study, null, studyNeed), instanceNeed);
    return countOf(tag, rows.length);
  }
  const all = await loaders.seriesOfStudy(node, seriesNeed);
  if (tag === numberOfStudyRelatedSeries) return countOf(tag, all.length);
  const modalities = await Promise.all(all.map(async (one) => (await one.read(modality)).text(modality)));
  const distinct = [...new Set(modalities.filter((value) => value !== null))].sort();
  return DataSet.parse({ [tag]: { vr: 'CS', Value: distinct } });
}

const countOf = (tag: Tag, count: number): DataSet => DataSet.parse({ [tag]: { vr: 'IS', Value: [count] } });
