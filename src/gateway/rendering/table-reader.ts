import { isCodedError } from '../../errors.ts';
import { rebaseBulkDataUri } from '../../origin/bulk-data-uri.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef } from '../../origin/resource.ts';
import type { ReadBulkData } from '../../render/lookup-table.ts';
import type { Source } from '../source.ts';
import type { InstanceMetadata } from './instance-metadata.ts';
import { readBytes } from './read-bytes.ts';

/** A table has at most 65,536 entries of 16 bits; segments that describe one may be longer, but not by much. */
const maxTableBytes = 2 ** 20;

/**
 * Reads lookup tables and palettes that metadata gives as bulk data, from the origin. An address that leads elsewhere, or to
 * nothing, counts as a missing table.
 */
export function createTableReader(
  source: Source,
  ref: InstanceRef,
  { metadataOf }: Pick<InstanceMetadata, 'metadataOf'>,
  options: RequestOptions,
): ReadBulkData {
  return async (uri) => {
    try {
      const originPath = rebaseBulkDataUri(source.origin, uri, { ...ref, metadataOf });
      const { body } = await source.bulkData({ ...ref, attributePath: 'LUTData', originPath }, options);
      return await readBytes(body, maxTableBytes);
    } catch (error) {
      if (isCodedError(error) && missing.has(error.code)) return null;
      throw error;
    }
  };
}

const missing: ReadonlySet<string> = new Set(['NOT_FOUND', 'REPRESENTATION_UNAVAILABLE', 'ORIGIN_RESPONSE']);
