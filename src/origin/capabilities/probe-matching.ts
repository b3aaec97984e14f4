import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Uid } from '../../dicom/uid.ts';
import { search } from '../search.ts';
import type { CapabilityFinding } from './known-capabilities.ts';
import { answerOrRefusal, finding, query } from './probe-search.ts';
import type { Probe } from './probe-steps.ts';

const studyUid = tagOf('StudyInstanceUID');
const seriesUid = tagOf('SeriesInstanceUID');
const modality = tagOf('Modality');
const manufacturer = tagOf('Manufacturer');

/** Whether the second study comes first where the first is to be skipped. */
export async function probeOffset({ origin, options, studies }: Probe): Promise<readonly CapabilityFinding[]> {
  if (studies.length < 2) return [];
  const answer = await answerOrRefusal(search(origin, query('study', {}, { limit: 1, offset: 1 }), options));
  return [finding('searchOffset', answer !== null && answer.dataSets[0]?.uid(studyUid) !== studies[0])];
}

/** Whether a study is in the range that ends with its own day, and in none before it. */
export async function probeRange({ origin, options, studies, dates }: Probe): Promise<readonly CapabilityFinding[]> {
  const [study] = studies;
  const date = study && dates.get(study);
  if (!study || !date) return [];
  const isFoundUntil = async (day: string): Promise<boolean> => {
    const matches = { StudyInstanceUID: study, StudyDate: `18000101-${day}` };
    const answer = await answerOrRefusal(search(origin, query('study', matches, { limit: 2 }), options));
    return answer?.dataSets.some((row) => row.uid(studyUid) === study) ?? false;
  };
  if (!(await isFoundUntil(date.replaceAll('-', '')))) return [finding('rangeMatching', false)];
  return (await isFoundUntil('18000102')) ? [] : [finding('rangeMatching', true)];
}

/**
 * Whether a series is found by its modality with a wildcard in it, and by the name of its manufacturer in the other case:
 * neither of them tells of a patient. A search that finds it by anything ignores the key, and shows nothing.
 */
export async function probeText({ origin, options, studies }: Probe): Promise<readonly CapabilityFinding[]> {
  const [study] = studies;
  if (study === undefined) return [];
  const find = async (matches: Readonly<Record<string, string>>): Promise<readonly DataSet[] | null> => {
    const asked = { ...query('series', matches, { limit: 20, scope: { study } }), includeFields: ['Manufacturer'] };
    return (await answerOrRefusal(search(origin, asked, options)))?.dataSets ?? null;
  };
  const all = await find({});
  const isFound = async (matches: Readonly<Record<string, string>>, series: Uid): Promise<boolean> =>
    (await find(matches))?.some((row) => row.uid(seriesUid) === series) ?? false;
  const findings: CapabilityFinding[] = [];
  const [any] = all ?? [];
  const [kind, anyUid] = [any?.text(modality), any?.uid(seriesUid)];
  if (kind && anyUid && /^[A-Z]{2,16}$/.test(kind)) {
    const isMatched = await isFound({ Modality: `${kind[0]}*` }, anyUid);
    const isIgnored = isMatched && (await isFound({ Modality: 'NONE' }, anyUid));
    if (!isIgnored) findings.push(finding('wildcardMatching', isMatched));
  }
  const made = all?.find((row) => /^[A-Za-z][A-Za-z. -]+$/.test(row.text(manufacturer) ?? ''));
  const [maker, madeUid] = [made?.text(manufacturer), made?.uid(seriesUid)];
  if (maker && madeUid) {
    const isMatched = await isFound({ Manufacturer: otherCase(maker) }, madeUid);
    const isIgnored = isMatched && (await isFound({ Manufacturer: 'NONE' }, madeUid));
    if (!isIgnored) findings.push(finding('caseInsensitiveMatching', isMatched));
  }
  return findings;
}

const otherCase = (text: string): string =>
  text.replace(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
