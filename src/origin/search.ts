import type { DataSet } from '../dicom/data-set.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { encodeQuery, type QueryParameter } from './query.ts';
import { readDataSets } from './read-body.ts';
import { resourcePath } from './resource.ts';

/** What is searched for: one row each. */
export type Level = 'study' | 'series' | 'instance';

export interface SearchQuery {
  readonly level: Level;
  /** Only within this study or series; without, at the root of the service. */
  readonly scope?: { readonly study: Uid; readonly series?: Uid };
  /** Keyword, tag or dotted path to a QIDO value, not encoded: '20200101-', 'DOE*', '1.2,1.3'. */
  readonly matches: ReadonlyMap<string, string>;
  /** Keywords or tags beyond the default answer. */
  readonly includeFields: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  readonly fuzzyMatching?: boolean;
  /** A keyword, with a minus before it for descending order. Only where `capabilities.ordering`. */
  readonly orderBy?: string;
}

export interface SearchResult {
  /** One data set a row, in the origin's order; all that came, also beyond `limit`. */
  readonly dataSets: readonly DataSet[];
  /** The origin says that more matches remain (Warning: 299). False tells nothing: many origins never say. */
  readonly more: boolean;
  /** The origin was asked for more than `matches` say, as it cannot take some of the characters: check every row. */
  readonly widened: boolean;
  /** More rows came than `limit` allows. */
  readonly limitIgnored: boolean;
  /** The origin says that it matched literally instead of fuzzily. */
  readonly fuzzyIgnored: boolean;
}

const resource = { study: '/studies', series: '/series', instance: '/instances' } as const;
const transaction = { study: 'search studies', series: 'search series', instance: 'search instances' } as const;

/**
 * Asks the origin for one page of studies, series or instances (QIDO-RS). One call, one request.
 *
 * What comes back is the origin's word for it: filters may have been ignored, rows may repeat, and there may be more of
 * them than `limit`. No match is an empty page, not an error: origins say it with 204, some with 200 and `[]`.
 *
 * @param query - `limit` and `offset` are counted in rows of `level`.
 * @throws {OriginResponseError} A body that is not DICOM JSON, or is larger than the configured bound.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §8.3.4 (parameters), §10.6 (search), §F.2 (DICOM JSON)
 */
export async function search(origin: Origin, query: SearchQuery, options: RequestOptions = {}): Promise<SearchResult> {
  const { query: encoded, widened } = encodeQuery(parametersOf(query, origin), origin.capabilities.rawQueryValues);
  return origin.request(
    {
      transaction: transaction[query.level],
      path: `${query.scope ? resourcePath(query.scope) : ''}${resource[query.level]}`,
      query: encoded,
      accept: 'application/dicom+json',
      purpose: 'metadata',
    },
    async (response) => {
      const warnings = warningsOf(response.headers.get('warning'));
      const dataSets = await readDataSets(response, origin.config.maxMetadataBytes);
      return {
        dataSets,
        more: warnings.some((text) => !isAboutFuzzyMatching(text)),
        widened,
        limitIgnored: query.limit !== undefined && dataSets.length > query.limit,
        fuzzyIgnored: query.fuzzyMatching === true && warnings.some(isAboutFuzzyMatching),
      };
    },
    options,
  );
}

function parametersOf(query: SearchQuery, origin: Origin): QueryParameter[] {
  const parameters: QueryParameter[] = [...query.matches];
  if (query.includeFields.length > 0) parameters.push(['includefield', query.includeFields.join(',')]);
  if (query.fuzzyMatching) parameters.push(['fuzzymatching', 'true']);
  if (query.orderBy !== undefined) parameters.push([origin.capabilities.orderParameter, query.orderBy]);
  if (query.limit !== undefined) parameters.push(['limit', String(query.limit)]);
  if (query.offset !== undefined && query.offset > 0) parameters.push(['offset', String(query.offset)]);
  return parameters;
}

/** Texts of the warnings with code 299, the only code of PS3.18 §10.6.3.1. */
function warningsOf(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header.split(/,\s*(?=[0-9]{3}\s)/).filter((warning) => /^\s*299\b/.test(warning));
}

const isAboutFuzzyMatching = (warning: string): boolean => /fuzzy/i.test(warning);
