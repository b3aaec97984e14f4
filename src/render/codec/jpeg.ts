import type { PixelDescription } from '../pixel-description.ts';
import { containerOf, type DecodedSamples, imageOf, toContainer, withoutSubsampling } from './coded-samples.ts';
import { checkFrameHeader, corrupt } from './frame-header.ts';
import { type JpegHeader, readJpegHeader } from './jpeg-header.ts';
import { interleave } from './sample-layout.ts';
import { decodeWithWasm } from './wasm-codecs.ts';

/**
 * Decodes JPEG: baseline, extended (8 and 12 bits), lossless (2 to 16 bits). YCbCr becomes RGB.
 *
 * @throws {RenderError} `corrupt`
 * @see PS3.5 §8.2.1
 */
export function decodeJpeg(stored: Uint8Array, pixels: PixelDescription): DecodedSamples {
  const header = readJpegHeader(stored);
  if (header.process === 'ls') throw corrupt('A JPEG-LS code stream in a JPEG transfer syntax');
  checkFrameHeader(header, pixels);
  const toRgb = isYcbcr(header, pixels);
  const coded = decodeWithWasm('DecodeJpeg', stored, imageOf(header, { toRgb }));
  return {
    data: toContainer(coded, containerOf(header), header, pixels),
    photometricInterpretation: toRgb ? 'RGB' : withoutSubsampling(pixels),
  };
}

/**
 * Whether a lossy JPEG of three components is YCbCr. Its own markers outrank Photometric Interpretation, which writers
 * often get wrong; where they are silent, components of different size can be YCbCr only.
 */
function isYcbcr(header: JpegHeader, pixels: PixelDescription): boolean {
  if (header.components !== 3 || header.process === 'lossless') return false;
  if (header.jfif) return true;
  if (header.adobeTransform !== null) return header.adobeTransform !== 0;
  if (String.fromCharCode(...header.componentIds) === 'RGB') return false;
  return header.subsampled || pixels.photometricInterpretation !== 'RGB';
}

/**
 * Decodes JPEG-LS, lossless and near-lossless.
 *
 * @throws {RenderError} `corrupt`
 * @see PS3.5 §8.2.3
 */
export function decodeJpegLs(stored: Uint8Array, pixels: PixelDescription): DecodedSamples {
  const header = readJpegHeader(stored);
  if (header.process !== 'ls') throw corrupt('Not a JPEG-LS code stream');
  checkFrameHeader(header, pixels);
  const bits = containerOf(header);
  const coded = decodeWithWasm('DecodeJpegLs', stored, imageOf(header));
  // Components in scans of their own come out one plane after the other.
  const samples = header.interleaved ? coded : interleave(coded, header.components, bits / 8);
  return {
    data: toContainer(samples, bits, header, pixels),
    photometricInterpretation: withoutSubsampling(pixels),
  };
}
