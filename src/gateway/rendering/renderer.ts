import { tagOf } from '../../dicom/dictionary.ts';
import { isRenderable } from '../../dicom/sop-class.ts';
import { FacadeError } from '../../errors.ts';
import { defaultMaxPixels, isDrawable, isDrawnViewport } from '../../origin/capabilities/drawable.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { Rendering, Viewport } from '../../origin/rendered.ts';
import type { InstanceRef } from '../../origin/resource.ts';
import { isSubsampled, type PixelDescription, pixelDescriptionOf } from '../../render/pixel-description.ts';
import { presentationOf } from '../../render/presentation.ts';
import { RenderError } from '../../render/render-error.ts';
import { type RenderOptions, renderFormats, thumbnailOptions } from '../../render/render-frame.ts';
import { createRenderPool } from '../../render/render-pool.ts';
import type { Source, SourcePayload } from '../source.ts';
import { syntaxOfFrame } from './frame-syntax.ts';
import { retrieveInstanceMetadata } from './instance-metadata.ts';
import { createMemoryGate } from './memory-gate.ts';
import { readBytes } from './read-bytes.ts';
import { createTableReader } from './table-reader.ts';
import { toPayload } from './to-payload.ts';

export interface RenderingBounds {
  /** Threads that draw, each one image a time. Default 2. */
  readonly workers?: number;
  /** Images that wait for one to be drawn; one more is refused with UNAVAILABLE. Default 100. */
  readonly maxQueuedImages?: number;
  /** Longest time for one image from the first stored byte that is decoded to the last that is encoded, in ms. Default 15,000. */
  readonly imageTimeoutMs?: number;
  /** Most pixels of a frame, and of the picture that is made of it. Default 33,554,432. */
  readonly maxPixels?: number;
  /** Memory of all images under way, by estimate, in bytes: others wait. One that takes more is alone. Default 512 MiB. */
  readonly maxBytes?: number;
}

/** Draws frames that an origin has stored. */
export interface Renderer {
  /**
   * Draws a frame, in the media type asked for. Two requests where nothing is kept: metadata, and the frame as stored; more
   * for lookup tables that metadata gives as bulk data.
   *
   * @param frame - From 1.
   * @throws {FacadeError} NOT_FOUND: no such instance or frame. REPRESENTATION_UNAVAILABLE: not an image, or not one that
   *   can be drawn. UNAVAILABLE: too much to do, or it took too long. BAD_USER_INPUT: rendering parameters out of range.
   * @throws {OriginError} What the origin's metadata, frame and bulk data throw.
   */
  draw(
    source: Source,
    ref: InstanceRef,
    frame: number,
    rendering: Rendering,
    options: RequestOptions,
  ): Promise<SourcePayload>;
  /**
   * Draws a frame small: within a box, never enlarged.
   *
   * @param frame - null: that in the middle; at the ends of a volume there is little to see.
   * @throws As {@link draw}.
   */
  drawSmall(
    source: Source,
    ref: InstanceRef,
    frame: number | null,
    form: { readonly mediaType: string; readonly viewport?: Pick<Viewport, 'width' | 'height'> },
    options: RequestOptions,
  ): Promise<SourcePayload>;
  /** Ends the threads: what is under way fails with UNAVAILABLE. */
  close(): Promise<void>;
}

const availableTransferSyntaxUid = tagOf('AvailableTransferSyntaxUID');
const defaultBox = { width: 128, height: 128 };

/** Which frame of how many, and how it is drawn, once its size is known. */
interface Wish {
  readonly frameOf: (count: number) => number;
  readonly optionsOf: (pixels: PixelDescription) => RenderOptions;
}

/**
 * Draws frames in worker threads, within bounds: of images that wait, of pixels, of time and of memory. No thread is
 * started before the first image.
 */
export function createRenderer(bounds: RenderingBounds = {}): Renderer {
  const { workers = 2, maxQueuedImages = 100, imageTimeoutMs = 15_000 } = bounds;
  const { maxPixels = defaultMaxPixels, maxBytes = 2 ** 29 } = bounds;
  const gate = createMemoryGate(maxBytes);
  const pool = createRenderPool({ workers, maxQueued: maxQueuedImages + workers, timeoutMs: imageTimeoutMs });
  let underWay = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    // Before anything is asked of the origin: an image that waits is to cost nothing.
    if (underWay >= workers + maxQueuedImages) throw new RenderError('busy', 'Too many images wait to be drawn');
    underWay++;
    try {
      return await work();
    } finally {
      underWay--;
    }
  }

  async function drawFrame(
    source: Source,
    ref: InstanceRef,
    { frameOf, optionsOf }: Wish,
    options: RequestOptions,
  ): Promise<SourcePayload> {
    const metadata = await retrieveInstanceMetadata(source, ref, options);
    const { dataSet } = metadata;
    if (isRenderable(dataSet, { isComplete: true }) === false) throw unavailable('It has no pixels to be drawn');
    if (!isDrawable(dataSet, maxPixels)) throw unavailable('It is no image of a kind that is drawn here');
    const described = pixelDescriptionOf(dataSet, '');
    const frame = frameOf(described.numberOfFrames);
    if (frame > described.numberOfFrames) throw new FacadeError('NOT_FOUND', 'The instance has no such frame');
    const drawing = optionsOf(described);
    if (drawing.viewport && !isDrawnViewport(drawing.viewport, maxPixels)) {
      throw new RenderError('bad-option', 'The viewport has more pixels than are drawn here');
    }
    const readTable = createTableReader(source, ref, metadata, options);
    const presentation = await presentationOf(dataSet, described, frame, readTable);

    const leave = await gate.enter(bytesToDraw(described, drawing), options.signal);
    try {
      const payload = await source.frame(ref, frame, { transferSyntax: '*' }, options);
      const stored = await readBytes(payload.body, maxStoredBytes(described));
      const available = dataSet.texts(availableTransferSyntaxUid).filter((uid) => uid !== null);
      const isShort = stored.length < leastNativeBytes(described);
      const pixels = { ...described, transferSyntaxUid: syntaxOfFrame(payload, available, isShort) };
      const picture = await pool.draw(stored, pixels, presentation, drawing, options.signal);
      return toPayload(picture, `image/${drawing.format}`);
    } finally {
      leave();
    }
  }

  return {
    draw: (source, ref, frame, rendering, options) =>
      inTurn(() => drawFrame(source, ref, { frameOf: () => frame, optionsOf: () => toOptions(rendering) }, options)),
    drawSmall: (source, ref, frame, { mediaType, viewport = defaultBox }, options) => {
      const format = formatOf(mediaType);
      const wish: Wish = {
        frameOf: (count) => frame ?? Math.ceil(count / 2),
        optionsOf: (pixels) => thumbnailOptions(pixels, { ...viewport, format }),
      };
      return inTurn(() => drawFrame(source, ref, wish, options));
    },
    close: pool.close,
  };
}

function toOptions({ mediaType, viewport, window, quality }: Rendering): RenderOptions {
  return {
    format: formatOf(mediaType),
    ...(viewport === undefined ? {} : { viewport }),
    ...(window === undefined ? {} : { window }),
    ...(quality === undefined ? {} : { quality }),
  };
}

function formatOf(mediaType: string): RenderOptions['format'] {
  const format = renderFormats.find((name) => mediaType === `image/${name}`);
  if (format === undefined) throw unavailable('Images are drawn as JPEG, PNG and WebP');
  return format;
}

const unavailable = (message: string) => new FacadeError('REPRESENTATION_UNAVAILABLE', message);

const nativeBytes = ({ rows, columns, samplesPerPixel, bitsAllocated }: PixelDescription): number =>
  Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);

/** Of colour that is shared between pixels, where it is stored so. */
function leastNativeBytes(pixels: PixelDescription): number {
  const bytes = nativeBytes(pixels);
  return isSubsampled(pixels.photometricInterpretation) ? Math.floor((bytes / 3) * 2) : bytes;
}

/** No codec makes a frame twice as long as its pixels, but for headers. */
const maxStoredBytes = (pixels: PixelDescription): number => 2 * nativeBytes(pixels) + 65_536;

/** The stored frame as it comes and as it is joined, what a decoder holds, the samples; then the picture, twice. */
function bytesToDraw(pixels: PixelDescription, { viewport }: RenderOptions): number {
  const { rows, columns, samplesPerPixel } = pixels;
  const picture = viewport ? viewport.width * viewport.height : rows * columns;
  const channels = samplesPerPixel === 1 && pixels.photometricInterpretation !== 'PALETTE COLOR' ? 1 : 3;
  return 5 * nativeBytes(pixels) + channels * (rows * columns + 2 * picture);
}
