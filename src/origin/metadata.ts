import type { DataSet } from '../dicom/data-set.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginNotFoundError } from './origin-errors.ts';
import { readDataSets } from './read-body.ts';
import { type ObjectRef, resourcePath } from './resource.ts';

/**
 * Retrieves the metadata of all instances of a study, of a series, or of one instance (WADO-RS). One call, one request.
 *
 * @param ref - As far down as UIDs are given; an instance needs its series.
 * @returns One data set per instance, in the origin's order, at least one.
 * @throws {OriginNotFoundError} No such object: 404, 410, 204, or an empty list.
 * @throws {OriginResponseError} A body that is not DICOM JSON, or is larger than the configured bound.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.2 (resources), §F.2 (DICOM JSON)
 */
export async function retrieveMetadata(
  origin: Origin,
  ref: ObjectRef,
  options: RequestOptions = {},
): Promise<readonly DataSet[]> {
  const answer = await retrieveMetadataIfChanged(origin, ref, null, options);
  return answer?.dataSets ?? [];
}

export interface TaggedMetadata {
  readonly dataSets: readonly DataSet[];
  /** Entity tag of the answer; null: the origin gave none. */
  readonly etag: string | null;
}

/**
 * As {@link retrieveMetadata}, with the entity tag that the origin gives; null where it still is what `etag` names.
 *
 * @param etag - Of an earlier answer; null: whatever there is. An origin without entity tags sends everything again.
 * @see RFC 9110 §13.1.2 (If-None-Match)
 */
export async function retrieveMetadataIfChanged(
  origin: Origin,
  ref: ObjectRef,
  etag: string | null,
  options: RequestOptions = {},
): Promise<TaggedMetadata | null> {
  return origin.request(
    {
      transaction: 'retrieve metadata',
      path: `${resourcePath(ref)}/metadata`,
      accept: 'application/dicom+json',
      purpose: 'metadata',
      ...(etag === null ? {} : { ifNoneMatch: etag }),
    },
    async (response) => {
      if (response.status === 304) {
        response.body.resume();
        return null;
      }
      const dataSets = await readDataSets(response, origin.config.maxMetadataBytes);
      if (dataSets.length === 0) throw new OriginNotFoundError(response.facts);
      return { dataSets, etag: response.headers.get('etag') ?? null };
    },
    options,
  );
}
