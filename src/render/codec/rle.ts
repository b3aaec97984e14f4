import type { PixelDescription } from '../pixel-description.ts';
import { corrupt } from './frame-header.ts';

/**
 * Decodes an RLE frame: one PackBits segment for each byte of a sample, highest byte first, one sample after the other.
 *
 * @returns Samples interleaved, little endian; packed bits where Bits Allocated is 1.
 * @throws {RenderError} `corrupt`: another number of segments than the samples have bytes, or a segment too short.
 * @see PS3.5 Annex G
 */
export function decodeRle(stored: Uint8Array, pixels: PixelDescription): Uint8Array<ArrayBuffer> {
  const pixelCount = pixels.rows * pixels.columns;
  const sampleBytes = Math.ceil(pixels.bitsAllocated / 8);
  const segments = pixels.samplesPerPixel * sampleBytes;
  const segmentLength = pixels.bitsAllocated === 1 ? Math.ceil(pixelCount / 8) : pixelCount;
  const offsets = readOffsets(stored, segments);

  const decoded = new Uint8Array(segmentLength * segments);
  for (let segment = 0; segment < segments; segment += 1) {
    const source = stored.subarray(offsets[segment], offsets[segment + 1]);
    const sample = Math.floor(segment / sampleBytes);
    const first = sample * sampleBytes + (sampleBytes - 1 - (segment % sampleBytes));
    unpack(source, decoded, first, segments);
  }
  return decoded;
}

/** Where each segment begins, and the end of the last. */
function readOffsets(stored: Uint8Array, segments: number): readonly number[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (view.byteLength < 64) throw corrupt('The RLE frame is shorter than its header');
  if (view.getUint32(0, true) !== segments) throw corrupt('The RLE frame has another number of segments');
  const offsets = Array.from({ length: segments }, (_, i) => view.getUint32(4 + 4 * i, true));
  offsets.push(view.byteLength);
  if (offsets.some((offset, i) => offset < 64 || offset < (offsets[i - 1] ?? 0) || offset > view.byteLength)) {
    throw corrupt('The RLE frame has segments outside of it');
  }
  return offsets;
}

/** Some encoders write on past the last pixel: what does not fit any more is not looked at. */
function unpack(source: Uint8Array, target: Uint8Array, first: number, step: number): void {
  let to = first;
  for (let from = 0; from < source.length && to < target.length; ) {
    const control = source[from] ?? 0;
    from += 1;
    if (control < 128) {
      const end = Math.min(from + control + 1, source.length);
      for (; from < end && to < target.length; from += 1, to += step) target[to] = source[from] ?? 0;
    } else if (control > 128 && from < source.length) {
      const value = source[from] ?? 0;
      from += 1;
      for (let left = 257 - control; left > 0 && to < target.length; left -= 1, to += step) target[to] = value;
    }
  }
  if (to < target.length) throw corrupt('An RLE segment ends before the last pixel');
}
