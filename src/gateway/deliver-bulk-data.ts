import { Readable } from 'node:stream';
import { parseAttributePath } from '../dicom/attribute-path.ts';
import { FacadeError } from '../errors.ts';
import type { LinkGrant } from '../links/grant.ts';
import { isBulkDataTarget } from '../origin/bulk-data-uri.ts';
import type { RequestOptions } from '../origin/origin.ts';
import type { InstanceRef } from '../origin/resource.ts';
import type { Delivery } from './delivery.ts';
import { instanceOf } from './granted-object.ts';
import { factsOf, type Source } from './source.ts';

/**
 * The bytes of one binary attribute: from the path on the origin that is signed with it, or, where the origin writes them
 * into its metadata (InlineBinary), from there.
 */
export async function deliverBulkData(source: Source, grant: LinkGrant, options: RequestOptions): Promise<Delivery> {
  const instance = instanceOf(grant);
  const { attributePath, originPath } = grant;
  if (originPath === null) return deliverInline(source, instance, grant, options);
  // The path was checked when it was signed; what the origin's configuration allows may have changed since.
  if (!isBulkDataTarget(source.origin, originPath, instance)) throw missing();
  const payload = await source.bulkData({ ...instance, attributePath: attributePath ?? '', originPath }, options);
  const { mediaType, contentLength, body } = payload;
  // A value is octets, whatever else the origin calls it: what the link says of it holds.
  return { status: 200, contentType: grant.mediaType ?? mediaType, contentLength, body, ...factsOf(payload) };
}

async function deliverInline(
  source: Source,
  instance: InstanceRef,
  { attributePath, mediaType }: LinkGrant,
  options: RequestOptions,
): Promise<Delivery> {
  const [dataSet] = await source.metadata(instance, options);
  const element = dataSet?.at(parseAttributePath(attributePath ?? ''));
  if (element?.kind !== 'binary' || element.inlineBinary === null) throw missing();
  const bytes = Buffer.from(element.inlineBinary, 'base64');
  return {
    status: 200,
    contentType: mediaType ?? 'application/octet-stream',
    contentLength: bytes.length,
    body: Readable.from([bytes], { objectMode: false }),
  };
}

const missing = () => new FacadeError('NOT_FOUND', 'The instance has no such bulk data');
