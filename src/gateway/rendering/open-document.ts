import { tagOf } from '../../dicom/dictionary.ts';
import { documentMediaTypeOf } from '../../dicom/document-media-type.ts';
import { FacadeError } from '../../errors.ts';
import { rebaseBulkDataUri } from '../../origin/bulk-data-uri.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef } from '../../origin/resource.ts';
import type { Source, SourcePayload } from '../source.ts';
import { retrieveInstanceMetadata } from './instance-metadata.ts';
import { toPayload } from './to-payload.ts';

const encapsulatedDocument = tagOf('EncapsulatedDocument');
const pdf = 'application/pdf';

/**
 * The PDF that an instance encapsulates, which is its rendered form (PS3.18 §8.7.4). One request for metadata, and one for
 * the document where metadata does not hold it.
 *
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: no PDF in it. ORIGIN_RESPONSE: its address leads elsewhere.
 */
export async function openDocument(source: Source, ref: InstanceRef, options: RequestOptions): Promise<SourcePayload> {
  const { dataSet, metadataOf } = await retrieveInstanceMetadata(source, ref, options);
  const element = dataSet.element(encapsulatedDocument);
  if (documentMediaTypeOf(dataSet) !== pdf || element?.kind !== 'binary') throw missing();
  if (element.inlineBinary !== null) return toPayload(Buffer.from(element.inlineBinary, 'base64'), pdf);
  if (element.bulkDataUri === null) throw missing();
  const originPath = rebaseBulkDataUri(source.origin, element.bulkDataUri, { ...ref, metadataOf });
  const payload = await source.bulkData({ ...ref, attributePath: 'EncapsulatedDocument', originPath }, options);
  // A value is octets, whatever the origin calls it: what it is, the metadata says.
  return { ...payload, mediaType: pdf, transferSyntaxUid: null };
}

const missing = () => new FacadeError('REPRESENTATION_UNAVAILABLE', 'The instance encapsulates no PDF');
