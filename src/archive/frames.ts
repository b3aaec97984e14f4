import { Readable } from 'node:stream';
import { explicitVrLittleEndian, frameMediaType } from '../dicom/transfer-syntax.ts';
import { frameForExplicitLittleEndian } from '../render/decode-frame.ts';
import { type Answer, multipartAnswer, type Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry } from './archive-index.ts';
import { acceptsMultipart, acceptsSingle, type MediaRange, parseAccept } from './media-types.ts';
import { createMultipart, exactly, type Part } from './multipart.ts';
import { notAcceptable } from './problem.ts';
import { resourcePath } from './resource-path.ts';
import { describePixels, readStoredImage, type StoredImage, storedFrame } from './stored-image.ts';

const raw = 'application/octet-stream';

/** How frames go out. */
interface FrameForm {
  readonly isDecoded: boolean;
  readonly mediaType: string;
  readonly transferSyntaxUid: string;
}

/**
 * Frames of an instance, each as one part, or a single one as the whole body.
 *
 * As stored: with `transfer-syntax=*`, with the very syntax, or with the media type that the stored frames have. They
 * are called what they are (`image/jls`), also where the client wrote `application/octet-stream; transfer-syntax=*`, as
 * many do. Decoded to Explicit VR Little Endian: without a transfer syntax, or with that one. What is stored native is
 * native in both.
 *
 * @param frameNumbers - From 1.
 * @throws {ArchiveError} NOT_FOUND: no pixel data, or past the last frame; REPRESENTATION_UNAVAILABLE.
 * @see PS3.18 §10.4.1.1.6, §8.7.3.3
 */
export async function retrieveFrames(
  archive: Archive,
  entry: InstanceEntry,
  frameNumbers: readonly number[],
  request: Request,
): Promise<Answer> {
  const image = await readStoredImage(archive, entry);
  const frames = frameNumbers.map((frameNumber) => ({ frameNumber, stored: storedFrame(image, frameNumber) }));
  const forms = formsOf(image);
  for (const range of parseAccept(request.accept.header, request.accept.query)) {
    const single = frames.length === 1 && forms.find((form) => takes(range, form, acceptsSingle));
    const multiple = forms.find((form) => takes(range, form, acceptsMultipart));
    const form = single || multiple;
    if (!form) continue;
    const parts = await partsOf(image, entry, frames, form, request);
    return single ? singleAnswer(parts) : multipartAnswer(createMultipart(form.mediaType, parts));
  }
  throw notAcceptable(
    `Frames come as ${forms.map((form) => `${form.mediaType}; transfer-syntax=${form.transferSyntaxUid}`).join(' or ')}`,
  );
}

/** Best first: decoded, for that is what no word about a syntax means; native frames have one form only. */
function formsOf({ pixelData, frameTransferSyntaxUid }: StoredImage): FrameForm[] {
  const decoded: FrameForm = { isDecoded: true, mediaType: raw, transferSyntaxUid: explicitVrLittleEndian };
  if (pixelData.kind === 'native') return [{ ...decoded, isDecoded: false }];
  const mediaType = frameMediaType(frameTransferSyntaxUid) ?? raw;
  return [decoded, { isDecoded: false, mediaType, transferSyntaxUid: frameTransferSyntaxUid }];
}

/**
 * Whether a media range takes a form. `transfer-syntax=*` is for the stored bytes, whatever they are: a client that calls
 * them octets gets them under their own name.
 */
function takes(range: MediaRange, form: FrameForm, accepts: typeof acceptsSingle): boolean {
  const { transferSyntax } = range;
  const takesType = accepts(range, form.mediaType);
  if (transferSyntax === '*') return !form.isDecoded && (takesType || accepts(range, raw));
  if (transferSyntax !== null && transferSyntax !== form.transferSyntaxUid) return false;
  return takesType || (transferSyntax !== null && accepts(range, raw));
}

async function partsOf(
  image: StoredImage,
  entry: InstanceEntry,
  frames: readonly { readonly frameNumber: number; readonly stored: Buffer }[],
  form: FrameForm,
  { baseUrl, signal }: Request,
): Promise<Part[]> {
  const { studyUid: study, seriesUid: series, sopUid: instance } = entry;
  const toPart = (frameNumber: number, length: number, open: Part['open']): Part => ({
    contentType: `${form.mediaType}; transfer-syntax=${form.transferSyntaxUid}`,
    location: `${baseUrl}/${resourcePath({ study, series, instance })}/frames/${frameNumber}`,
    length,
    open,
  });
  const [first] = frames;
  if (!form.isDecoded || !first) {
    return frames.map(({ frameNumber, stored }) => toPart(frameNumber, stored.length, () => Readable.from([stored])));
  }
  const pixels = describePixels(image);
  const decode = async (stored: Buffer) => (await frameForExplicitLittleEndian(stored, pixels, { signal })).data;
  // The first frame is decoded before anything is sent: whether it can be is the status, and its length is that of all.
  const decodedFirst = await decode(first.stored);
  return frames.map(({ frameNumber, stored }, i) =>
    toPart(frameNumber, decodedFirst.length, async function* () {
      yield i === 0 ? decodedFirst : await decode(stored);
    }),
  );
}

function singleAnswer([part]: readonly Part[]): Answer {
  if (!part) throw new TypeError('There is a part for each frame');
  return {
    status: 200,
    headers: {
      'content-type': part.contentType,
      'content-length': String(part.length),
      'content-location': part.location,
    },
    body: () => exactly(part.length, part.open()),
  };
}
