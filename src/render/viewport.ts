import type { PixelDescription } from './pixel-description.ts';
import { RenderError } from './render-error.ts';

/** What of an image is shown, and how large: `viewport=vw,vh,sx,sy,sw,sh` (PS3.18 §8.3.5.1.3). In pixels. */
export interface Viewport {
  /** The box that the picture has to fit into, its aspect kept: one side of the picture is as long as the box's. */
  readonly width: number;
  readonly height: number;
  /** Left edge of the region of the image, from 0. Default 0. */
  readonly sourceX?: number;
  /** Upper edge. Default 0. */
  readonly sourceY?: number;
  /** Default: to the right edge of the image. Negative: the picture is mirrored left to right. */
  readonly sourceWidth?: number;
  /** Default: to the lower edge. Negative: mirrored top to bottom. */
  readonly sourceHeight?: number;
}

/** The region in whole pixels within the image, and the size of the picture. */
export interface ViewportPlan {
  readonly left: number;
  readonly top: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly flipHorizontally: boolean;
  readonly flipVertically: boolean;
  readonly width: number;
  readonly height: number;
}

/** Longest side of a picture. */
export const maxViewportSide = 8192;

/**
 * Works out a viewport. A region that begins in the image and ends beyond it ends at its edge; one of parts of pixels is
 * widened to whole ones.
 *
 * @throws {RenderError} `bad-option`: not numbers, a box without area or beyond {@link maxViewportSide}, a region without
 *   area or that begins outside of the image.
 */
export function planViewport(viewport: Viewport, { columns, rows }: PixelDescription): ViewportPlan {
  const { width, height, sourceX = 0, sourceY = 0 } = viewport;
  const { sourceWidth = columns - sourceX, sourceHeight = rows - sourceY } = viewport;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > maxViewportSide) {
      throw bad(`The viewport's width and height are whole numbers from 1 to ${maxViewportSide}`);
    }
  }
  const x = edges(sourceX, sourceWidth, columns);
  const y = edges(sourceY, sourceHeight, rows);
  const scale = Math.min(width / x.length, height / y.length);
  return {
    left: x.start,
    top: y.start,
    sourceWidth: x.length,
    sourceHeight: y.length,
    flipHorizontally: sourceWidth < 0,
    flipVertically: sourceHeight < 0,
    width: Math.max(1, Math.min(width, Math.round(x.length * scale))),
    height: Math.max(1, Math.min(height, Math.round(y.length * scale))),
  };
}

function edges(from: number, extent: number, limit: number): { start: number; length: number } {
  if (!Number.isFinite(from) || !Number.isFinite(extent) || extent === 0 || from < 0 || from >= limit) {
    throw bad('The region of the viewport begins within the image and has an area');
  }
  const start = Math.floor(from);
  return { start, length: Math.min(limit, Math.ceil(from + Math.abs(extent))) - start };
}

function bad(message: string): RenderError {
  return new RenderError('bad-option', message);
}
