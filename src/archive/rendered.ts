import { DataSet } from '../dicom/data-set.ts';
import { canDecode, decodeFrame } from '../render/decode-frame.ts';
import { presentationOf } from '../render/presentation.ts';
import { type RenderFormat, renderFrame, renderThumbnail } from '../render/render-frame.ts';
import type { Answer, Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry, ResourceUids } from './archive-index.ts';
import { findInstances } from './find-instances.ts';
import { acceptsSingle, parseAccept } from './media-types.ts';
import { badRequest, notAcceptable } from './problem.ts';
import { parseRenderingParameters } from './rendering-parameters.ts';
import { bulkDataOf, describePixels, readStoredImage, storedFrame } from './stored-image.ts';

const formats: readonly RenderFormat[] = ['jpeg', 'png', 'webp'];

/** In pixels; what a thumbnail has where the client says nothing. */
const thumbnailSide = 128;

/**
 * One frame as a picture. An instance stands for its first frame.
 *
 * @param frameNumber - From 1.
 * @throws {ArchiveError} NOT_FOUND: past the last frame; BAD_USER_INPUT; REPRESENTATION_UNAVAILABLE: no pixels, not
 *   decodable, or no media type that we draw.
 * @see PS3.18 §10.4.1.1.4, §8.7.4
 */
export async function retrieveRendered(
  archive: Archive,
  entry: InstanceEntry,
  frameNumber: number,
  request: Request,
): Promise<Answer> {
  const format = chooseFormat(request);
  const options = { ...parseRenderingParameters(request.parameters), format };
  const { frame, pixels, presentation } = await decodeForDisplay(archive, entry, frameNumber, request.signal);
  return picture(format, await renderFrame(frame, pixels, presentation, options));
}

/**
 * A small picture of a study, series, instance or frame. A study, a series and an instance stand for the frame in their
 * middle: at the ends of a volume there is little to see.
 *
 * @param frameNumber - From 1; null for the one in the middle.
 * @throws {ArchiveError} As {@link retrieveRendered}.
 * @see PS3.18 §10.4.1.1.5
 */
export async function retrieveThumbnail(
  archive: Archive,
  uids: ResourceUids,
  frameNumber: number | null,
  request: Request,
): Promise<Answer> {
  const format = chooseFormat(request);
  const { viewport, ...others } = parseRenderingParameters(request.parameters);
  if (Object.keys(others).length > 0 || (viewport && Object.keys(viewport).length > 2)) {
    throw badRequest('A thumbnail takes viewport=vw,vh only');
  }
  const { width, height } = viewport ?? { width: thumbnailSide, height: thumbnailSide };
  const entry = representative(findInstances(archive, uids));
  const { frame, pixels, presentation } = await decodeForDisplay(archive, entry, frameNumber, request.signal);
  return picture(format, await renderThumbnail(frame, pixels, presentation, { width, height, format }));
}

async function decodeForDisplay(archive: Archive, entry: InstanceEntry, asked: number | null, signal: AbortSignal) {
  if (!entry.hasPixelData) throw noPixels();
  const image = await readStoredImage(archive, entry);
  const frameNumber = asked ?? Math.ceil(image.pixelData.numberOfFrames / 2);
  const stored = storedFrame(image, frameNumber);
  const pixels = describePixels(image);
  const dataSet = DataSet.parse(image.file.dataSet);
  const presentation = await presentationOf(dataSet, pixels, frameNumber, (uri) => bulkDataOf(image, uri));
  return { frame: await decodeFrame(stored, pixels, { signal }), pixels, presentation };
}

/** The instance in the middle of those that can be drawn. */
function representative(entries: readonly InstanceEntry[]): InstanceEntry {
  const images = entries.filter((entry) => entry.hasPixelData && canDecode(entry.transferSyntaxUid));
  const middle = images[Math.floor(images.length / 2)];
  if (!middle) throw noPixels();
  return middle;
}

const noPixels = () => notAcceptable('There are no pixels that could be drawn');

/** @throws {ArchiveError} REPRESENTATION_UNAVAILABLE */
function chooseFormat({ accept }: Request): RenderFormat {
  for (const range of parseAccept(accept.header, accept.query)) {
    const format = formats.find((offered) => acceptsSingle(range, `image/${offered}`));
    if (format) return format;
  }
  throw notAcceptable('Pictures come as image/jpeg, image/png or image/webp');
}

const picture = (format: RenderFormat, body: Buffer): Answer => ({
  status: 200,
  headers: { 'content-type': `image/${format}` },
  body,
});
