import { randomBytes } from 'node:crypto';
import type { DataSet } from '../../dicom/data-set.ts';
import { parseUid, type Uid } from '../../dicom/uid.ts';
import type { Origin, RequestOptions } from '../origin.ts';
import { OriginError } from '../origin-errors.ts';
import { type Level, type SearchQuery, search } from '../search.ts';
import type { CapabilityFinding } from './known-capabilities.ts';

/** Enough to see rows of several objects, few enough to be harmless. */
export const fewRows = 200;

const refusals: ReadonlySet<number> = new Set([400, 404, 405, 406, 414, 501]);

/** A UID that nobody has used or will (PS3.5 §B.2). */
export function neverUsedUid(): Uid {
  return parseUid(`2.25.${BigInt(`0x${randomBytes(16).toString('hex')}`)}`);
}

/** Rows of a search at the root of the service; null where there is no such resource, or it does not do this. */
export async function rootSearch(
  origin: Origin,
  level: 'series' | 'instance',
  matches: Readonly<Record<string, string>>,
  options: RequestOptions,
): Promise<readonly DataSet[] | null> {
  const includeFields =
    level === 'series' ? ['StudyInstanceUID'] : ['StudyInstanceUID', 'SeriesInstanceUID', 'PhotometricInterpretation'];
  const asked = { ...query(level, matches, { limit: fewRows }), includeFields };
  return (await answerOrRefusal(search(origin, asked, options)))?.dataSets ?? null;
}

/** null where the origin answers that it cannot do this. */
export async function answerOrRefusal<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof OriginError && refusals.has(error.status ?? 0)) return null;
    throw error;
  }
}

export function query(
  level: Level,
  matches: Readonly<Record<string, string>>,
  page: Partial<SearchQuery>,
): SearchQuery {
  return { level, matches: new Map(Object.entries(matches)), includeFields: [], ...page };
}

type Switch =
  | 'searchLimit'
  | 'searchOffset'
  | 'wildcardMatching'
  | 'rangeMatching'
  | 'caseInsensitiveMatching'
  | 'relatedCounts'
  | 'studyInstanceSearch'
  | 'studyMetadata'
  | 'seriesMetadata'
  | 'instanceMetadata'
  | 'rawQueryValues'
  | 'rootSeriesSearch'
  | 'rootInstanceSearch'
  | 'uidListMatching'
  | 'includeField'
  | 'ordering';

/** What was seen of a field of the capabilities, which takes that value. */
export function finding(capability: Switch, supported: boolean): CapabilityFinding {
  return { capability, supported, set: { [capability]: supported } };
}
