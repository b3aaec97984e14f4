import type { PixelDescription } from '../pixel-description.ts';
import { RenderError } from '../render-error.ts';

/** What a code stream says of its own image, whichever its coding. */
export interface FrameHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
}

/**
 * Holds a code stream's own header against the attributes, before any decoder sees it.
 *
 * Decoders trust one or the other: where the two differ they read or write past their buffers.
 *
 * @throws {RenderError} `corrupt` where they differ, `unsupported` for samples of more than 16 bits.
 */
export function checkFrameHeader(header: FrameHeader, pixels: PixelDescription): void {
  if (header.width !== pixels.columns || header.height !== pixels.rows) {
    throw corrupt('The code stream has another size than Rows and Columns');
  }
  if (header.components !== pixels.samplesPerPixel) {
    throw corrupt('The code stream has another number of components than Samples per Pixel');
  }
  if (header.precision < 1 || header.precision > pixels.bitsAllocated) {
    throw corrupt('The code stream has more bits a sample than Bits Allocated');
  }
  if (header.precision > 16) throw new RenderError('unsupported', 'Not supported: compressed samples of over 16 bits');
}

export function corrupt(message: string): RenderError {
  return new RenderError('corrupt', message);
}
