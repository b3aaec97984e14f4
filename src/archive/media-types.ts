import { type MediaRange, parseAccept as parse } from '../mime/accept.ts';
import { badRequest } from './problem.ts';

export { acceptsMultipart, acceptsSingle, type MediaRange } from '../mime/accept.ts';

/**
 * What a client accepts, best first: see `src/mime/accept.ts`.
 *
 * @throws {ArchiveError} BAD_USER_INPUT: not a list of media ranges.
 */
export function parseAccept(header: string | null, query: string | null): MediaRange[] {
  const ranges = parse(header, query);
  if (ranges === null) throw badRequest('Accept is not a list of media types');
  return ranges;
}
