import type { Origin, RequestOptions } from './origin.ts';
import { OriginResponseError } from './origin-errors.ts';
import { encodeQuery } from './query.ts';
import { readJson } from './read-body.ts';

/** Whether the origin can be asked for these matches as they are: where it takes values undecoded, not all of them. */
export const isSentWhole = (origin: Origin, matches: ReadonlyMap<string, string>): boolean =>
  !encodeQuery([...matches], origin.capabilities.rawQueryValues).widened;

/**
 * Asks the origin how many studies match, without their rows: `GET /studies/count`, which dcm4chee-arc has beyond PS3.18.
 * One call, one request. Only where `capabilities.studyCount`.
 *
 * @param matches - As of a search of studies: keyword or tag to value, not encoded.
 * @throws {OriginResponseError} A body without a count.
 * @throws {OriginError} Any other of its classes.
 */
export async function countStudies(
  origin: Origin,
  matches: ReadonlyMap<string, string>,
  options: RequestOptions = {},
): Promise<number> {
  const { query } = encodeQuery([...matches], origin.capabilities.rawQueryValues);
  return origin.request(
    { transaction: 'count studies', path: '/studies/count', query, accept: 'application/json', purpose: 'metadata' },
    async (response) => {
      const json = await readJson(response, origin.config.maxMetadataBytes);
      const count = typeof json === 'object' && json !== null && 'count' in json ? json.count : undefined;
      if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
      throw new OriginResponseError(response.facts, 'the body is not a count');
    },
    options,
  );
}
