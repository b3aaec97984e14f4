import { Readable } from 'node:stream';
import { FacadeError } from '../errors.ts';
import type { LinkGrant } from '../links/grant.ts';
import type { NativePart } from '../origin/native-objects.ts';
import type { RequestOptions } from '../origin/origin.ts';
import type { SeriesRef, StudyRef } from '../origin/resource.ts';
import { BodyPeek } from './body-peek.ts';
import { type Delivery, withTransferSyntax } from './delivery.ts';
import { peekTransferSyntax } from './file-transfer-syntax.ts';
import { instanceOf, objectOf, wantedSyntax } from './granted-object.ts';
import { type BodyPart, toMultipart } from './multipart-body.ts';
import { factsOf, type Source, type SourcePayload } from './source.ts';

const dicom = 'application/dicom';

/** An instance as one application/dicom; a study or a series as multipart/related, part by part as it comes. */
export async function deliverNative(source: Source, grant: LinkGrant, options: RequestOptions): Promise<Delivery> {
  const { study, series, instance } = objectOf(grant);
  if (instance === undefined) {
    return deliverAll(source, grant, series === undefined ? { study } : { study, series }, options);
  }
  const payload = await source.instance(instanceOf(grant), wantedSyntax(grant), options);
  // Some origins call the file application/octet-stream; it is a DICOM file all the same.
  return toDelivery({ ...(await withSyntaxInside(payload, grant)), mediaType: dicom }, grant);
}

/** Where one transfer syntax was asked for and the origin does not say what it gives, the file does. */
async function withSyntaxInside(payload: SourcePayload, { transferSyntaxUID }: LinkGrant): Promise<SourcePayload> {
  if (transferSyntaxUID === null || payload.transferSyntaxUid !== null) return payload;
  const peek = new BodyPeek(payload.body);
  try {
    const transferSyntaxUid = await peekTransferSyntax(peek);
    return { ...payload, transferSyntaxUid, body: peek.body() };
  } catch (error) {
    payload.body.destroy();
    throw error;
  }
}

/** One frame: of its codec, or pixel values. */
export async function deliverFrame(
  source: Source,
  grant: LinkGrant,
  frame: number,
  options: RequestOptions,
): Promise<Delivery> {
  const payload = await source.frame(instanceOf(grant), frame, wantedSyntax(grant), options);
  return toDelivery(payload, grant);
}

/** What is not what the link is for is refused, not sent: another transfer syntax, or another media type. */
function toDelivery(payload: SourcePayload, { mediaType, transferSyntaxUID }: LinkGrant): Delivery {
  const { transferSyntaxUid: given, contentLength, body } = payload;
  const isOtherType = mediaType !== null && payload.mediaType !== mediaType;
  const isOtherSyntax = transferSyntaxUID !== null && given !== null && given !== transferSyntaxUID;
  if (isOtherType || isOtherSyntax) {
    body.destroy();
    throw new FacadeError('REPRESENTATION_UNAVAILABLE', 'The origin gives this object in another form');
  }
  return {
    status: 200,
    contentType: withTransferSyntax(payload.mediaType, given),
    contentLength,
    body,
    ...factsOf(payload),
  };
}

async function deliverAll(
  source: Source,
  grant: LinkGrant,
  ref: StudyRef | SeriesRef,
  options: RequestOptions,
): Promise<Delivery> {
  const objects = await source.objects(ref, wantedSyntax(grant), options);
  const parts = bodyParts(objects);
  const first = await parts.next();
  if (first.done) throw new FacadeError('NOT_FOUND', 'The origin has no instance of it');
  const { contentType, chunks } = toMultipart(dicom, first.value, parts);
  const body = Readable.from(chunks, { objectMode: false });
  // Before the first chunk is asked for, ending the generator would not reach into it.
  body.once('close', () => objects.destroy());
  return { status: objects.status === 206 ? 206 : 200, contentType, contentLength: null, body };
}

async function* bodyParts(objects: AsyncIterable<NativePart>): AsyncGenerator<BodyPart, void, undefined> {
  for await (const { transferSyntaxUid, body } of objects) {
    yield { contentType: withTransferSyntax(dicom, transferSyntaxUid), body };
  }
}
