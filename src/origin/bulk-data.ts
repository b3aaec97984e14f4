import { splitTarget } from './bulk-data-uri.ts';
import { firstAcceptable } from './first-acceptable.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { openPayload, type Payload } from './payload.ts';
import { isCanonicalPath, isCanonicalQuery } from './request-target.ts';

const octetStream = 'application/octet-stream';

/**
 * Retrieves one bulk data value (WADO-RS). One request; a second one, for any form, where the origin does not take the
 * first.
 *
 * @param target - Path and query on the origin's host, as `rebaseBulkDataUri` made them, and checked for the object by
 *   the caller. Never a URL that an origin or a client wrote.
 * @returns The value, unwrapped.
 * @throws {OriginNotFoundError} No such value.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.5 (bulk data)
 */
export async function retrieveBulkData(origin: Origin, target: string, options: RequestOptions = {}): Promise<Payload> {
  const { path, query } = splitTarget(target);
  if (!isCanonicalPath(path) || !isCanonicalQuery(query ?? '')) throw new TypeError('Not a rebased bulk data path');
  return firstAcceptable(
    [`multipart/related; type="${octetStream}"`, '*/*'],
    (accept, left) =>
      origin.request(
        { transaction: 'retrieve bulk data', path, onHost: true, query: query ?? '', accept, purpose: 'payload' },
        (response) =>
          openPayload(response, { mediaType: octetStream, accepts: (mediaType) => mediaType !== 'text/html' }),
        left,
      ),
    options,
    { on400: true },
  );
}
