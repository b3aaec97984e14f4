import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Tag } from '../../dicom/tag.ts';
import type { Uid } from '../../dicom/uid.ts';
import type { Origin, RequestOptions } from '../origin.ts';
import { readDataSets } from '../read-body.ts';
import { search } from '../search.ts';
import type { CapabilityFinding } from './known-capabilities.ts';
import { answerOrRefusal, fewRows, finding, neverUsedUid, query, rootSearch } from './probe-search.ts';

/** What a step of the probe needs, and what the steps before it found. */
export interface Probe {
  readonly origin: Origin;
  readonly options: RequestOptions;
  /** One or two studies of the archive. */
  readonly studies: readonly Uid[];
  /** Their dates, where they have one (ISO 8601). */
  readonly dates: ReadonlyMap<Uid, string>;
}

const studyUid = tagOf('StudyInstanceUID');
const seriesUid = tagOf('SeriesInstanceUID');
const studyDate = tagOf('StudyDate');
const rows = tagOf('Rows');
const photometricInterpretation = tagOf('PhotometricInterpretation');

/** Two studies of the archive, or as many as it has; and whether `limit` is obeyed. */
export async function findStudies(
  origin: Origin,
  options: RequestOptions,
): Promise<Pick<Probe, 'studies' | 'dates'> & { readonly findings: readonly CapabilityFinding[] }> {
  const { dataSets, limitIgnored } = await search(origin, query('study', {}, { limit: 2 }), options);
  const findings = dataSets.length < 2 ? [] : [finding('searchLimit', !limitIgnored)];
  const studies = distinct(dataSets.map((row) => row.uid(studyUid))).slice(0, 2);
  const dates = dataSets.flatMap((row) => {
    const [uid, date] = [row.uid(studyUid), row.date(studyDate)];
    return uid && date ? [[uid, date] as const] : [];
  });
  return { studies, dates: new Map(dates), findings };
}

/** A study that does not exist has no rows, unless the origin ignores what it is asked to match. */
export async function probeMatching({ origin, options }: Probe): Promise<readonly CapabilityFinding[]> {
  const { dataSets } = await search(
    origin,
    query('study', { StudyInstanceUID: neverUsedUid() }, { limit: 2 }),
    options,
  );
  return [{ capability: 'studyUIDMatching', supported: dataSets.length === 0 }];
}

/** Whether "1" written as "%31" is still a 1. */
export async function probeQueryDecoding({ origin, options, studies }: Probe): Promise<readonly CapabilityFinding[]> {
  const [study] = studies;
  if (study === undefined) return [];
  const escaped = `%${study.charCodeAt(0).toString(16)}${study.slice(1)}`;
  const dataSets = await origin.request(
    {
      transaction: 'search studies',
      path: '/studies',
      query: `StudyInstanceUID=${escaped}&limit=2`,
      accept: 'application/dicom+json',
      purpose: 'metadata',
    },
    (response) => readDataSets(response, origin.config.maxMetadataBytes),
    options,
  );
  return [finding('rawQueryValues', dataSets.length === 0)];
}

/**
 * /series, asked for the series of two studies at once; for those of one where that gives nothing, as the list may have
 * been taken for one UID, or refused.
 *
 * @returns A series of each study, too.
 */
export async function probeSeriesSearch({
  origin,
  options,
  studies,
}: Probe): Promise<{ readonly series: readonly Uid[]; readonly findings: readonly CapabilityFinding[] }> {
  const list = studies.length === 1 ? [neverUsedUid(), ...studies] : studies;
  const owned = async (uids: readonly Uid[]): Promise<readonly DataSet[] | null> => {
    const answer = await rootSearch(origin, 'series', { StudyInstanceUID: uids.join(',') }, options);
    return answer !== null && answer.length > 0 && areOwnedBy(answer, studyUid, uids) ? answer : null;
  };
  const ofList = await owned(list);
  const found = ofList ?? (await owned(studies.slice(0, 1))) ?? [];
  const series = studies.map((study) => found.find((row) => row.uid(studyUid) === study)?.uid(seriesUid));
  // An answer that is cut off may hold the series of one study only: then nothing was shown of the list.
  const isWhole = ofList !== null && studies.every((study) => ofList.some((row) => row.uid(studyUid) === study));
  return {
    series: distinct(series),
    findings: [finding('rootSeriesSearch', found.length > 0), finding('uidListMatching', isWhole)],
  };
}

/** /instances, asked for the instances of some series at once; and whether `includefield` is obeyed. */
export async function probeInstanceSearch(
  { origin, options }: Probe,
  series: readonly Uid[],
): Promise<readonly CapabilityFinding[]> {
  const answer = await rootSearch(origin, 'instance', { SeriesInstanceUID: series.join(',') }, options);
  if (answer === null) return [finding('rootInstanceSearch', false)];
  const isOwned = answer.length > 0 && areOwnedBy(answer, seriesUid, series);
  return [finding('rootInstanceSearch', isOwned), ...includedIn(answer)];
}

/** Whether `includefield` is obeyed, where there is no search at the root. Where nothing can be asked, it is not. */
export async function probeIncludeField({ origin, options, studies }: Probe): Promise<readonly CapabilityFinding[]> {
  const [study] = studies;
  if (study === undefined) return [];
  const asked = {
    ...query('instance', {}, { limit: fewRows, scope: { study } }),
    includeFields: ['PhotometricInterpretation'],
  };
  const answer = await answerOrRefusal(search(origin, asked, options));
  return answer === null ? [finding('includeField', false)] : includedIn(answer.dataSets);
}

/** Whether the instances of a study can be searched. */
export async function probeStudyInstances({ origin, options, studies }: Probe): Promise<readonly CapabilityFinding[]> {
  const [study] = studies;
  if (study === undefined) return [];
  const answer = await answerOrRefusal(search(origin, query('instance', {}, { limit: 1, scope: { study } }), options));
  return [finding('studyInstanceSearch', answer !== null && answer.dataSets.length > 0)];
}

/** An image has Photometric Interpretation (type 1), and no search returns it unasked. */
function includedIn(answer: readonly DataSet[]): readonly CapabilityFinding[] {
  const images = answer.filter((row) => row.integer(rows) !== null);
  if (images.length === 0) return [];
  return [
    finding(
      'includeField',
      images.every((row) => row.has(photometricInterpretation)),
    ),
  ];
}

function areOwnedBy(answer: readonly DataSet[], tag: Tag, owners: readonly Uid[]): boolean {
  return answer.every((row) => {
    const owner = row.uid(tag);
    return owner !== null && owners.includes(owner);
  });
}

function distinct(uids: readonly (Uid | null | undefined)[]): Uid[] {
  return [...new Set(uids.filter((uid) => uid !== null && uid !== undefined))];
}
