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
  return origin.request(
    {
      transaction: 'retrieve metadata',
      path: `${resourcePath(ref)}/metadata`,
      accept: 'application/dicom+json',
      purpose: 'metadata',
    },
    async (response) => {
      const dataSets = await readDataSets(response, origin.config.maxMetadataBytes);
      if (dataSets.length === 0) throw new OriginNotFoundError(response.facts);
      return dataSets;
    },
    options,
  );
}
