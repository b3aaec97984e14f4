import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { retrieveMetadata } from '../metadata.ts';
import type { ObjectRef } from '../resource.ts';
import { search } from '../search.ts';
import type { CapabilityFinding } from './known-capabilities.ts';
import { answerOrRefusal, finding, query } from './probe-search.ts';
import type { Probe } from './probe-steps.ts';

const studyUid = tagOf('StudyInstanceUID');
const seriesUid = tagOf('SeriesInstanceUID');
const sopUid = tagOf('SOPInstanceUID');
const seriesInstances = tagOf('NumberOfSeriesRelatedInstances');
const modalitiesInStudy = tagOf('ModalitiesInStudy');
const studyInstances = tagOf('NumberOfStudyRelatedInstances');

/** Metadata of more instances than this is not read for a probe. */
const maxInstances = 25;

/** Whether rows count what is below, and how many instances each study has. */
export async function probeCounts({ origin, options, studies }: Probe): Promise<readonly CapabilityFinding[]> {
  const [study] = studies;
  if (study === undefined) return [];
  const asked = {
    ...query('study', { StudyInstanceUID: study }, { limit: 2 }),
    includeFields: ['ModalitiesInStudy', 'NumberOfStudyRelatedSeries', 'NumberOfStudyRelatedInstances'],
  };
  const answer = await answerOrRefusal(search(origin, asked, options));
  const row = answer?.dataSets.find((found) => found.uid(studyUid) === study);
  return row ? [finding('relatedCounts', row.has(modalitiesInStudy) && row.has(studyInstances))] : [];
}

/**
 * Whether the metadata of a study and of a series has the attributes that the metadata of one of their instances has. Looked
 * for in a small study only; in a large one the first answer that lacks something tells.
 */
export async function probeMetadata(probe: Probe): Promise<readonly CapabilityFinding[]> {
  const { origin, options, studies } = probe;
  const [study] = studies;
  if (study === undefined) return [];
  const series = (await answerOrRefusal(search(origin, query('series', {}, { limit: 50, scope: { study } }), options)))
    ?.dataSets;
  const sizeOf = (row: DataSet): number => row.integer(seriesInstances) ?? Number.POSITIVE_INFINITY;
  const small = series?.reduce((least, row) => (sizeOf(row) < sizeOf(least) ? row : least));
  const within = small?.uid(seriesUid);
  if (!series || !small || !within || sizeOf(small) > maxInstances) return [];
  const scope = { study, series: within };
  const found = await answerOrRefusal(search(origin, query('instance', {}, { limit: 1, scope }), options));
  const instance = found?.dataSets[0]?.uid(sopUid);
  if (!instance) return [];

  const [own, ofSeries] = [await read(probe, { ...scope, instance }), await read(probe, scope)];
  const isLike = (one: DataSet, all: readonly DataSet[] | null): boolean => {
    const other = all?.find((dataSet) => dataSet.uid(sopUid) === instance);
    return other !== undefined && one.tags().every((tag) => other.has(tag));
  };
  const [whole] = own ?? [];
  const findings = [finding('instanceMetadata', whole !== undefined)];
  const best = whole ?? ofSeries?.find((dataSet) => dataSet.uid(sopUid) === instance);
  if (!best) return [...findings, finding('seriesMetadata', false)];
  findings.push(finding('seriesMetadata', isLike(best, ofSeries)));
  const size = series.reduce((sum, row) => sum + sizeOf(row), 0);
  if (size <= maxInstances) findings.push(finding('studyMetadata', isLike(best, await read(probe, { study }))));
  return findings;
}

/** null: there is no such resource. */
const read = ({ origin, options }: Probe, ref: ObjectRef): Promise<readonly DataSet[] | null> =>
  answerOrRefusal(retrieveMetadata(origin, ref, options));
