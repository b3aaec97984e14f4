import type { Sharp } from 'sharp';
import { colourCodingOf, toRgb } from './colour.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { toGrey } from './grayscale.ts';
import type { PixelDescription } from './pixel-description.ts';
import type { Presentation } from './presentation.ts';
import { RenderError } from './render-error.ts';
import { maxViewportSide, planViewport, type Viewport } from './viewport.ts';
import type { VoiWindow } from './voi-window.ts';

/** Media types of pictures, and what the formats are called here. */
export type RenderFormat = 'jpeg' | 'png' | 'webp';
export const renderFormats = ['jpeg', 'png', 'webp'] as const satisfies readonly RenderFormat[];

/** Longest side of a WebP picture, in pixels: its header has 14 bits for it. */
const maxWebpSide = 16_383;

/** Rendering parameters of a request (PS3.18 §8.3.5.1). */
export interface RenderOptions {
  readonly format: RenderFormat;
  /** Default: the whole image, a pixel for a pixel. */
  readonly viewport?: Viewport;
  /** Instead of the image's own window. Without effect on colour. */
  readonly window?: VoiWindow;
  /** JPEG and WebP: 1 to 100. Default 90. PNG is lossless. */
  readonly quality?: number;
}

/**
 * Draws a decoded frame as a picture of 8 bits a sample: grey for MONOCHROME (WebP knows RGB only), RGB for colour.
 *
 * Overlays, annotations, ICC profiles and the aspect of pixels that are not square are left out.
 *
 * @param presentation - Of {@link import('./presentation.ts').presentationOf}, for this frame.
 * @throws {RenderError} `bad-option`; `unsupported` for ARGB, HSV, CMYK; `bad-attribute`
 */
export async function renderFrame(
  frame: DecodedFrame,
  pixels: PixelDescription,
  presentation: Presentation,
  options: RenderOptions,
): Promise<Buffer> {
  const { format, viewport, window, quality = 90 } = options;
  if (!Number.isInteger(quality) || quality < 1 || quality > 100)
    throw bad('The quality is a whole number from 1 to 100');
  checkWindow(window);
  const plan = viewport && planViewport(viewport, pixels);
  const { width, height } = plan ?? { width: pixels.columns, height: pixels.rows };
  if (format === 'webp' && Math.max(width, height) > maxWebpSide) {
    throw new RenderError('unsupported', `Not supported: WebP pictures of over ${maxWebpSide} pixels a side`);
  }

  const coding = colourCodingOf(frame);
  if (!coding && pixels.samplesPerPixel !== 1) {
    throw new RenderError('bad-attribute', 'Samples per Pixel does not fit the Photometric Interpretation');
  }
  const data = coding
    ? await toRgb(frame, pixels, presentation, coding)
    : await toGrey(frame, pixels, presentation, window);

  const { default: sharp } = await import('sharp');
  let picture = sharp(data, { raw: { width: pixels.columns, height: pixels.rows, channels: coding ? 3 : 1 } });
  if (plan) {
    const { left, top, sourceWidth, sourceHeight } = plan;
    picture = picture
      .extract({ left, top, width: sourceWidth, height: sourceHeight })
      .resize(width, height, { fit: 'fill' });
    if (plan.flipVertically) picture = picture.flip();
    if (plan.flipHorizontally) picture = picture.flop();
  }
  return encode(coding ? picture : picture.toColourspace('b-w'), format, quality).toBuffer();
}

/**
 * Draws a small JPEG of a frame: fitted into a box, never enlarged (PS3.18 §10.4.1.1.5).
 *
 * @param box - Default 128 by 128.
 * @throws {RenderError} As {@link renderFrame}.
 */
export async function renderThumbnail(
  frame: DecodedFrame,
  pixels: PixelDescription,
  presentation: Presentation,
  box: { readonly width: number; readonly height: number; readonly format?: RenderFormat } = {
    width: 128,
    height: 128,
  },
): Promise<Buffer> {
  return renderFrame(frame, pixels, presentation, thumbnailOptions(pixels, box));
}

/** How a frame is drawn as a thumbnail: the box is no larger than the frame, and no larger than pictures are made. */
export function thumbnailOptions(
  { columns, rows }: Pick<PixelDescription, 'columns' | 'rows'>,
  {
    width,
    height,
    format = 'jpeg',
  }: { readonly width: number; readonly height: number; readonly format?: RenderFormat },
): RenderOptions {
  const viewport = {
    width: Math.min(width, columns, maxViewportSide),
    height: Math.min(height, rows, maxViewportSide),
  };
  return { format, viewport, quality: 80 };
}

function checkWindow(window: VoiWindow | undefined): void {
  if (!window) return;
  const { center, width } = window;
  const least = window.function === 'linear' ? 1 : Number.MIN_VALUE;
  if (Number.isFinite(center) && Number.isFinite(width) && width >= least) return;
  throw bad('The window has a center, and a width of at least 1 (linear) or above 0 (linear-exact, sigmoid)');
}

function encode(picture: Sharp, format: RenderFormat, quality: number): Sharp {
  if (format === 'png') return picture.png({ compressionLevel: 6 });
  if (format === 'webp') return picture.webp({ quality });
  return picture.jpeg({ quality, chromaSubsampling: '4:4:4' });
}

function bad(message: string): RenderError {
  return new RenderError('bad-option', message);
}
