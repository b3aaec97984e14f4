import { Readable } from 'node:stream';
import type { DataSet } from '../dicom/data-set.ts';
import { stringifyDataSet } from '../dicom/stringify-data-set.ts';
import { FacadeError } from '../errors.ts';
import { LinkGrantError } from '../links/link-error.ts';
import type { BulkDataRequest } from '../links/signed-url.ts';
import { type BulkDataContext, rebaseBulkDataUri } from '../origin/bulk-data-uri.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import { OriginResponseError } from '../origin/origin-errors.ts';
import type { InstanceRef, ObjectRef } from '../origin/resource.ts';
import type { Delivery } from './delivery.ts';
import { type LinkBulkData, toLinkedMetadata } from './metadata-links.ts';
import { instanceIn, isWithin, saidInstance } from './object-uids.ts';
import type { Source } from './source.ts';

/** What stands in metadata where the origin wrote addresses of its own. */
export interface MetadataAddresses {
  /**
   * null: none, and the attribute is left out.
   *
   * @throws {LinkGrantError} Too long for a URL: the same.
   */
  readonly bulkDataUrl: (ref: InstanceRef, request: BulkDataRequest) => string | null;
  /** null: none. */
  readonly retrieveUrl: ((ref: InstanceRef) => string) | null;
}

/**
 * The metadata of a study, series or instance, with addresses of ours where the origin wrote its own. Instances that
 * the origin answers with though they are not of what is granted are left out.
 *
 * @param onInstance - Told of each instance whose data set says that it is one of these.
 */
export async function deliverMetadata(
  source: Source,
  ref: ObjectRef,
  addresses: MetadataAddresses,
  options: RequestOptions,
  onInstance: (ref: InstanceRef) => void = () => {},
): Promise<Delivery> {
  const dataSets = (await source.metadata(ref, options)).filter((dataSet) => isWithin(dataSet, ref));
  if (dataSets.length === 0) throw new FacadeError('NOT_FOUND', 'The origin has no instance of it');
  for (const dataSet of dataSets) {
    const told = saidInstance(dataSet);
    if (told !== null) onInstance(told);
  }
  return {
    status: 200,
    contentType: 'application/dicom+json',
    contentLength: null,
    isText: true,
    body: Readable.from(jsonOf(source.origin, ref, dataSets, addresses), { objectMode: false }),
  };
}

/** One data set at a time: a study's metadata as one text would be held twice. */
function* jsonOf(origin: Origin, asked: ObjectRef, dataSets: readonly DataSet[], addresses: MetadataAddresses) {
  let lead = '[';
  for (const dataSet of dataSets) {
    const ref = instanceIn(dataSet, asked);
    const linkBulkData = ref === null ? () => null : bulkDataLinks(origin, ref, asked, addresses);
    const retrieveUrl = ref === null ? null : (addresses.retrieveUrl?.(ref) ?? null);
    yield `${lead}${stringifyDataSet(toLinkedMetadata(dataSet.json, linkBulkData, retrieveUrl))}`;
    lead = ',';
  }
  yield ']';
}

function bulkDataLinks(
  origin: Origin,
  ref: InstanceRef,
  asked: ObjectRef,
  { bulkDataUrl }: MetadataAddresses,
): LinkBulkData {
  const context: BulkDataContext = { ...ref, metadataOf: levelOf(asked) };
  return (attributePath, uri) => {
    try {
      const originPath = uri === null ? null : rebaseBulkDataUri(origin, uri, context);
      return bulkDataUrl(ref, { attributePath, originPath });
    } catch (error) {
      // It leads elsewhere, or is too long for a URL.
      if (error instanceof OriginResponseError || error instanceof LinkGrantError) return null;
      throw error;
    }
  };
}

function levelOf({ series, instance }: ObjectRef): 'study' | 'series' | 'instance' {
  if (instance !== undefined) return 'instance';
  return series === undefined ? 'study' : 'series';
}
