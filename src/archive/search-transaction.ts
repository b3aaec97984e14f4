import type { Answer, Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { Level } from './attribute-level.ts';
import { chooseDicomJson } from './dicom-json.ts';
import { search } from './search.ts';
import { parseSearchQuery, type SearchScope } from './search-query.ts';

/**
 * Answers QIDO-RS: 200 with rows, or 204 where there are none. A Warning tells of switches that are not supported, and of
 * matches beyond the archive's own bound.
 *
 * @throws {ArchiveError} BAD_USER_INPUT, REPRESENTATION_UNAVAILABLE.
 * @see PS3.18 §10.6, §8.3.4.2, §8.3.4.4
 */
export function searchTransaction(archive: Archive, level: Level, scope: SearchScope, request: Request): Answer {
  const contentType = chooseDicomJson(request);
  const query = parseSearchQuery(level, scope, request.parameters);
  const { rows, remaining } = search(archive.index, query, request.baseUrl, archive.maxSearchRows);
  const warnings = query.unsupported.map((name) => `The ${name} parameter is not supported. ${consequence(name)}`);
  if (remaining > 0) warnings.push(`There are ${remaining} additional results that can be requested`);
  const headers =
    warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 ${request.baseUrl}: ${text}`).join(', ') };
  if (rows.length === 0) return { status: 204, headers };
  return { status: 200, headers: { ...headers, 'content-type': contentType }, body: `[${rows.join(',')}]` };
}

const consequence = (name: string): string =>
  name === 'fuzzymatching' ? 'Only literal matching has been performed.' : 'It has been ignored.';
