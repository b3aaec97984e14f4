import { Readable } from 'node:stream';
import { frameCountOf } from '../../dicom/sop-class.ts';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../../dicom/transfer-syntax.ts';
import { isUid, type Uid } from '../../dicom/uid.ts';
import { FacadeError } from '../../errors.ts';
import { acceptsMultipart, acceptsSingle, type MediaRange } from '../../mime/accept.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import { OriginResponseError } from '../../origin/origin-errors.ts';
import type { InstanceRef } from '../../origin/resource.ts';
import { type Delivery, withTransferSyntax } from '../delivery.ts';
import { type BodyPart, toMultipart } from '../multipart-body.ts';
import { factsOf, type Source, type SourcePayload } from '../source.ts';
import { firstAvailable, isUnavailable } from './negotiation.ts';

type Syntax = '*' | Uid;

const octetStream = 'application/octet-stream';

/** Names of before the media types were registered, which clients still send. */
const formerNames: ReadonlyMap<string, string> = new Map([
  ['image/jls', 'image/x-jls'],
  ['image/dicom-rle', 'image/x-dicom-rle'],
]);

/**
 * Frames of an instance: a single one as one body or as a part, several as parts, in the order asked for.
 *
 * As stored with `transfer-syntax=*`, with the very syntax, or with the media type of the stored frames. Decoded to
 * Explicit VR Little Endian with that syntax, and where `application/octet-stream` comes without a word about it. Ranges of
 * one weight are one wish: of those the stored form is given, which costs nobody a decoder.
 *
 * @throws {FacadeError} NOT_FOUND: past the last frame, or no such instance. REPRESENTATION_UNAVAILABLE.
 * @see PS3.18 §10.4.1.1.6 (frames), §8.7.3.3 (media types)
 */
export async function deliverFrames(
  source: Source,
  ref: InstanceRef,
  frames: readonly number[],
  ranges: readonly MediaRange[],
  options: RequestOptions,
): Promise<Delivery> {
  const [first = 1, ...others] = frames;
  // The status is sent before the last frame is asked for.
  if (others.length > 0) await checkFrameCount(source, ref, frames, options);
  try {
    return await firstAvailable(
      syntaxesOf(ranges),
      async (transferSyntax) => {
        const payload = await source.frame(ref, first, { transferSyntax }, options);
        const framing = framingFor(payload, ranges, frames.length);
        if (framing === 'single') {
          return { status: 200, ...partOf(payload), contentLength: payload.contentLength, ...factsOf(payload) };
        }
        if (framing === 'multipart') {
          return multipart(payload, restOf(source, ref, others, { transferSyntax }, payload.mediaType, options));
        }
        payload.body.destroy();
        return null;
      },
      'The frames cannot be had in this media type and transfer syntax',
    );
  } catch (error) {
    // Some origins say the same of a frame that is not there: NOT_FOUND is the better word.
    if (isUnavailable(error) && others.length === 0) await checkFrameCount(source, ref, frames, options);
    throw error;
  }
}

/** What to ask the origin for, in the order of the client's wishes. */
export function syntaxesOf(ranges: readonly MediaRange[]): readonly Syntax[] {
  const wishes = new Set<Syntax>();
  for (const quality of new Set(ranges.map((range) => range.quality))) {
    const equal = ranges.filter((range) => range.quality === quality);
    if (equal.some(mayTakeStored)) wishes.add('*');
    for (const { transferSyntax } of equal) if (isUid(transferSyntax)) wishes.add(transferSyntax);
    if (equal.some((range) => range.transferSyntax === null && takesOctets(range))) wishes.add(explicitVrLittleEndian);
    if (equal.some((range) => range.transferSyntax === null && takesAnything(range))) wishes.add('*');
  }
  return [...wishes];
}

/** Stored frames are asked for first where a range names them: by asterisk, as an image, or by what may be their syntax. */
function mayTakeStored(range: MediaRange): boolean {
  if (range.transferSyntax === null) return !takesOctets(range);
  return range.transferSyntax !== explicitVrLittleEndian;
}

const takesOctets = (range: MediaRange): boolean =>
  acceptsSingle(range, octetStream) || acceptsMultipart(range, octetStream);

const takesAnything = ({ type, partType }: MediaRange): boolean =>
  type === '*' || (type === 'multipart' && (partType === null || partType === '*/*'));

function framingFor(
  payload: SourcePayload,
  ranges: readonly MediaRange[],
  count: number,
): 'single' | 'multipart' | null {
  for (const range of ranges) {
    if (count === 1 && takes(range, payload, acceptsSingle)) return 'single';
    if (takes(range, payload, acceptsMultipart)) return 'multipart';
  }
  return null;
}

function takes(range: MediaRange, payload: SourcePayload, accepts: typeof acceptsSingle): boolean {
  const { mediaType, transferSyntaxUid: given } = payload;
  const takesType = [mediaType, formerNames.get(mediaType) ?? mediaType].some((name) => accepts(range, name));
  if (range.transferSyntax === null) {
    return takesType && (takesAnything(range) || mediaType !== octetStream || isNative(given));
  }
  // Clients call frames octets where they name a syntax: they get them under their own name.
  if (!takesType && !accepts(range, octetStream)) return false;
  return range.transferSyntax === '*' || range.transferSyntax === given;
}

/** The pixels are the same bytes in both. */
const isNative = (given: Uid | null): boolean =>
  given === null || given === explicitVrLittleEndian || given === implicitVrLittleEndian;

const partOf = ({ mediaType, transferSyntaxUid, body }: SourcePayload): BodyPart => ({
  contentType: withTransferSyntax(mediaType, transferSyntaxUid),
  body,
});

function multipart(first: SourcePayload, rest: AsyncIterator<BodyPart>): Delivery {
  const { contentType, chunks } = toMultipart(first.mediaType, partOf(first), rest);
  const body = Readable.from(chunks, { objectMode: false });
  body.once('close', () => first.body.destroy());
  return { status: 200, contentType, contentLength: null, body };
}

/** Each is asked for when the one before it was sent. */
async function* restOf(
  source: Source,
  ref: InstanceRef,
  frames: readonly number[],
  wanted: { readonly transferSyntax: Syntax },
  mediaType: string,
  options: RequestOptions,
): AsyncGenerator<BodyPart, void, undefined> {
  for (const frame of frames) {
    const payload = await source.frame(ref, frame, wanted, options);
    if (payload.mediaType !== mediaType) {
      payload.body.destroy();
      const facts = { origin: source.origin.id, transaction: 'retrieve frames' } as const;
      throw new OriginResponseError(facts, 'the frames of one instance have several media types');
    }
    yield partOf(payload);
  }
}

async function checkFrameCount(
  source: Source,
  ref: InstanceRef,
  frames: readonly number[],
  options: RequestOptions,
): Promise<void> {
  const [dataSet] = await source.metadata(ref, options);
  const count = dataSet ? frameCountOf(dataSet, { isComplete: true }) : null;
  if (count !== null && Math.max(...frames) > count) {
    throw new FacadeError('NOT_FOUND', 'The instance has no such frame');
  }
}
