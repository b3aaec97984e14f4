import { interleave, swapBytes, unpackBits } from './codec/sample-layout.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { isSubsampled, type PixelDescription } from './pixel-description.ts';
import { RenderError } from './render-error.ts';

const bigEndian = '1.2.840.10008.1.2.2';

/**
 * A native frame in little endian, as long as its pixels are: no padding, planes and packed bits kept.
 *
 * The first pixel of a frame of packed bits is taken to be the lowest bit of the first byte, also where the frame began
 * within a byte of the Pixel Data element: who cut it out has shifted it (PS3.5 §8.1.1).
 *
 * Bytes are in the byte order of `pixels.transferSyntaxUid`. Without a copy where nothing is to change.
 *
 * @throws {RenderError} `corrupt`: fewer bytes than the pixels need.
 */
export function littleEndianFrame(stored: Uint8Array, pixels: PixelDescription): Uint8Array {
  const length = nativeFrameLength(pixels, stored.length);
  if (stored.length < length) throw new RenderError('corrupt', 'The frame has fewer bytes than its pixels need');
  const frame = stored.subarray(0, length);
  if (pixels.transferSyntaxUid !== bigEndian) return frame;
  if (pixels.bitsAllocated > 8) return swapBytes(frame, pixels.bitsAllocated / 8);
  // Big endian OW swaps 8-bit samples and packed bits in pairs. An odd last one has its pair beyond the frame.
  if (pixels.pixelDataVr !== 'OW') return frame;
  const even = length + (length % 2);
  if (stored.length < even) throw new RenderError('corrupt', 'The frame has fewer bytes than its pixels need');
  return swapBytes(stored.subarray(0, even), 2).subarray(0, length);
}

/** A native frame as decoded samples: interleaved, one byte a pixel for packed bits, YBR_FULL_422 left as it is. */
export function decodeNative(stored: Uint8Array, pixels: PixelDescription): DecodedFrame {
  const frame = littleEndianFrame(stored, pixels);
  const { bitsAllocated, samplesPerPixel } = pixels;
  const photometricInterpretation = nativePhotometric(pixels, frame.length);
  if (bitsAllocated === 1) return { data: unpackBits(frame, pixels.rows * pixels.columns), photometricInterpretation };
  const isPlanar = pixels.planarConfiguration === 1 && !isSubsampled(photometricInterpretation);
  const data = isPlanar ? interleave(frame, samplesPerPixel, bitsAllocated / 8) : frame;
  return { data, photometricInterpretation };
}

/** Bytes of a native frame. Some writers say YBR_FULL_422 and store all samples: where they are there, they are taken. */
function nativeFrameLength(pixels: PixelDescription, available: number): number {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const full = Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
  if (!isSubsampled(pixels.photometricInterpretation) || samplesPerPixel !== 3 || available >= full) return full;
  return rows * Math.ceil(columns / 2) * 4 * (bitsAllocated / 8);
}

function nativePhotometric(pixels: PixelDescription, frameLength: number): string {
  const named = pixels.photometricInterpretation;
  const full = pixels.rows * pixels.columns * pixels.samplesPerPixel * (pixels.bitsAllocated / 8);
  return isSubsampled(named) && frameLength === full ? named.replace(/_422$/, '') : named;
}
