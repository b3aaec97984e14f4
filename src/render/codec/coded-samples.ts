import type { PixelDescription } from '../pixel-description.ts';
import type { FrameHeader } from './frame-header.ts';
import type { WasmImage } from './wasm-codecs.ts';

/** Samples interleaved, little endian, in containers of Bits Allocated (packed bits where that is 1). */
export interface DecodedSamples {
  readonly data: Uint8Array<ArrayBuffer>;
  /** What the samples mean now: decoding may have turned YBR into RGB. */
  readonly photometricInterpretation: string;
}

/** Bits of the container that decoders use for samples of a code stream. */
export function containerOf(header: FrameHeader): 8 | 16 {
  return header.precision <= 8 ? 8 : 16;
}

/** What a decoder is told: size and depth as the code stream has them, `more` where it needs to be told otherwise. */
export function imageOf(header: FrameHeader, more: Partial<WasmImage> = {}): WasmImage {
  return {
    columns: header.width,
    rows: header.height,
    samplesPerPixel: header.components,
    bitsAllocated: containerOf(header),
    bitsStored: header.precision,
    signed: false,
    toRgb: false,
    ...more,
  };
}

/** Decoders give every pixel its own colour. */
export function withoutSubsampling(pixels: PixelDescription): string {
  return pixels.photometricInterpretation.replace(/_42[02]$/, '');
}

/**
 * Puts samples of a code stream into containers of Bits Allocated. Negative values fill the container to its top, as a
 * reader of 16-bit integers expects: code streams hold no more bits than they need.
 *
 * @param codedBits - Bits of the containers that the decoder used.
 */
export function toContainer(
  coded: Uint8Array<ArrayBuffer>,
  codedBits: 8 | 16,
  header: FrameHeader,
  pixels: PixelDescription,
): Uint8Array<ArrayBuffer> {
  const bits = Math.min(header.precision, pixels.bitsStored);
  const isShort = pixels.pixelRepresentation === 1 && bits < pixels.bitsAllocated;
  if (codedBits === pixels.bitsAllocated && !isShort) return coded;
  const source = codedBits === 8 ? coded : new Uint16Array(coded.buffer);
  const target = containerArray(pixels.bitsAllocated, source.length);
  const shift = 32 - bits;
  if (isShort) for (let i = 0; i < source.length; i += 1) target[i] = ((source[i] ?? 0) << shift) >> shift;
  else target.set(source);
  return new Uint8Array(target.buffer);
}

function containerArray(
  bits: number,
  length: number,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
  if (bits === 8) return new Uint8Array(length);
  return bits === 16 ? new Uint16Array(length) : new Uint32Array(length);
}
