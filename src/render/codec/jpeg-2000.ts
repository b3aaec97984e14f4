import type { PixelDescription } from '../pixel-description.ts';
import { RenderError } from '../render-error.ts';
import { containerOf, type DecodedSamples, imageOf, toContainer, withoutSubsampling } from './coded-samples.ts';
import { checkFrameHeader, type FrameHeader } from './frame-header.ts';
import { type Jpeg2000Header, readJpeg2000Header } from './jpeg-2000-header.ts';
import { decodeWithWasm } from './wasm-codecs.ts';

/**
 * Decodes JPEG 2000, reversible and irreversible. Components that were transformed from RGB are RGB again.
 *
 * @throws {RenderError} `corrupt`; `unsupported` for colour of over 8 bits a sample, which the decoder gets wrong.
 * @see PS3.5 §8.2.4
 */
export function decodeJpeg2000(stored: Uint8Array, pixels: PixelDescription): DecodedSamples {
  const header = readJpeg2000Header(stored);
  checkFrameHeader(header, pixels);
  if (header.components > 1 && header.precision > 8) {
    // dcmjs-codecs 0.0.8 cuts each sample down to its low byte.
    throw new RenderError('unsupported', 'Not supported: JPEG 2000 in colour of over 8 bits a sample');
  }
  const coded = decodeWithWasm('DecodeJpeg2000', header.codeStream, imageOf(header));
  return {
    data: toContainer(coded, containerOf(header), header, pixels),
    photometricInterpretation: afterColourTransform(header, pixels),
  };
}

/**
 * Decodes High-Throughput JPEG 2000.
 *
 * @throws {RenderError} `corrupt`
 * @see PS3.5 §8.2.14
 */
export function decodeHtJpeg2000(stored: Uint8Array, pixels: PixelDescription): DecodedSamples {
  const header = readJpeg2000Header(stored);
  checkFrameHeader(header, pixels);
  // dcmjs-codecs 0.0.8 clamps 8-bit samples to 0..255: signed ones go through 16 bits.
  const bits = header.signed ? 16 : containerOf(header);
  const image = imageOf(header, { signed: header.signed, bitsAllocated: bits });
  const coded = decodeWithWasm('DecodeHtJpeg2000', header.codeStream, image);
  const samples = header.colourTransform ? coded : reorderLines(coded, header, bits / 8);
  return {
    data: toContainer(samples, bits, header, pixels),
    photometricInterpretation: afterColourTransform(header, pixels),
  };
}

/**
 * Without a colour transform the decoder gives every line of the first component, then of the second and third, while
 * dcmjs-codecs 0.0.8 lays them down as if the components took turns. This puts every sample where it belongs.
 */
function reorderLines(coded: Uint8Array<ArrayBuffer>, header: FrameHeader, sampleBytes: number) {
  const { components, width, height } = header;
  if (components === 1) return coded;
  const ordered = new Uint8Array(coded.length);
  const step = components * sampleBytes;
  for (let line = 0; line < components * height; line += 1) {
    let from = Math.floor(line / components) * width * step + (line % components) * sampleBytes;
    let to = (line % height) * width * step + Math.floor(line / height) * sampleBytes;
    for (let x = 0; x < width; x += 1, from += step, to += step) {
      for (let byte = 0; byte < sampleBytes; byte += 1) ordered[to + byte] = coded[from + byte] ?? 0;
    }
  }
  return ordered;
}

/** YBR_RCT and YBR_ICT name the transform inside of the code stream, which the decoder has undone. */
function afterColourTransform(header: Jpeg2000Header, pixels: PixelDescription): string {
  const named = withoutSubsampling(pixels);
  const isRgb = (header.components === 3 && header.colourTransform) || named === 'YBR_RCT' || named === 'YBR_ICT';
  return isRgb ? 'RGB' : named;
}
