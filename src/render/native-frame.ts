import { interleave, unpackBits } from './codec/sample-layout.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { isSubsampled, type PixelDescription } from './pixel-description.ts';
import { RenderError } from './render-error.ts';

/**
 * A native frame without what follows it: as long as its pixels are, planes and packed bits kept. No copy.
 *
 * @throws {RenderError} `corrupt`: fewer bytes than the pixels need.
 */
export function nativeFrame(stored: Uint8Array, pixels: PixelDescription): Uint8Array {
  const length = nativeFrameBytes(pixels, stored.length);
  if (stored.length < length) throw new RenderError('corrupt', 'The frame has fewer bytes than its pixels need');
  return stored.subarray(0, length);
}

/** A native frame as decoded samples: interleaved, one byte a pixel for packed bits, YBR_FULL_422 left as it is. */
export function decodeNative(stored: Uint8Array, pixels: PixelDescription): DecodedFrame {
  const frame = nativeFrame(stored, pixels);
  const { bitsAllocated, samplesPerPixel } = pixels;
  const isFull = frame.length === fullFrameBytes(pixels);
  const photometricInterpretation = isFull
    ? pixels.photometricInterpretation.replace(/_422$/, '')
    : pixels.photometricInterpretation;
  if (bitsAllocated === 1) return { data: unpackBits(frame, pixels.rows * pixels.columns), photometricInterpretation };
  const isPlanar = pixels.planarConfiguration === 1 && isFull;
  return { data: isPlanar ? interleave(frame, samplesPerPixel, bitsAllocated / 8) : frame, photometricInterpretation };
}

/** Some writers say YBR_FULL_422 and store all samples: where they are there, they are taken. */
function nativeFrameBytes(pixels: PixelDescription, available: number): number {
  const full = fullFrameBytes(pixels);
  if (!isSubsampled(pixels.photometricInterpretation) || pixels.samplesPerPixel !== 3 || available >= full) return full;
  return (full / 3) * 2;
}

function fullFrameBytes({ rows, columns, samplesPerPixel, bitsAllocated }: PixelDescription): number {
  return Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
}
