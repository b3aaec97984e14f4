import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PixelDescription } from './pixel-description.ts';

/** Samples as numbers, in containers of 8 to 64 bits, little endian like the machines that Node runs on. */
export type SampleArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** The bytes of a frame as numbers. Copied only where they do not lie on a boundary of their size. */
export function sampleArray(data: Uint8Array, pixels: PixelDescription): SampleArray {
  const bytes = Math.max(8, pixels.bitsAllocated) / 8;
  const length = Math.floor(data.byteLength / bytes);
  const aligned = data.byteOffset % bytes === 0 ? data : new Uint8Array(data);
  const { buffer, byteOffset } = aligned;
  if (pixels.sampleFormat === 'float') {
    return bytes === 8 ? new Float64Array(buffer, byteOffset, length) : new Float32Array(buffer, byteOffset, length);
  }
  if (bytes === 1) return aligned;
  return bytes === 2 ? new Uint16Array(buffer, byteOffset, length) : new Uint32Array(buffer, byteOffset, length);
}

/** From the contents of a container to the stored value: the bits below High Bit, signed where the image is. */
export function storedValueOf(pixels: PixelDescription): (container: number) => number {
  if (pixels.sampleFormat === 'float') return (container) => container;
  const { bitsStored, highBit, pixelRepresentation } = pixels;
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  return pixelRepresentation === 1
    ? (container) => (container << up) >> down
    : (container) => (container << up) >>> down;
}

/** Pixels that are mapped before other work gets its turn: a few milliseconds. */
const slicePixels = 2 ** 20;

/** Walks over `count` pixels in slices, and lets the event loop go on between them. */
export async function inSlices(count: number, walk: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += slicePixels) {
    if (from > 0) await nextTurn();
    walk(from, Math.min(count, from + slicePixels));
  }
}
