import type { PixelDescription } from '../pixel-description.ts';
import { RenderError } from '../render-error.ts';
import { type DecodedSamples, withoutSubsampling } from './coded-samples.ts';
import { decodeJpeg, decodeJpegLs } from './jpeg.ts';
import { decodeHtJpeg2000, decodeJpeg2000 } from './jpeg-2000.ts';
import { decodeRle } from './rle.ts';

type Decode = (stored: Uint8Array, pixels: PixelDescription) => DecodedSamples;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  [
    '1.2.840.10008.1.2.5',
    (stored, pixels) => ({
      data: decodeRle(stored, pixels),
      photometricInterpretation: withoutSubsampling(pixels),
    }),
  ],
  ['1.2.840.10008.1.2.4.50', decodeJpeg],
  ['1.2.840.10008.1.2.4.51', decodeJpeg],
  ['1.2.840.10008.1.2.4.57', decodeJpeg],
  ['1.2.840.10008.1.2.4.70', decodeJpeg],
  ['1.2.840.10008.1.2.4.80', decodeJpegLs],
  ['1.2.840.10008.1.2.4.81', decodeJpegLs],
  ['1.2.840.10008.1.2.4.90', decodeJpeg2000],
  ['1.2.840.10008.1.2.4.91', decodeJpeg2000],
  ['1.2.840.10008.1.2.4.201', decodeHtJpeg2000],
  ['1.2.840.10008.1.2.4.202', decodeHtJpeg2000],
  ['1.2.840.10008.1.2.4.203', decodeHtJpeg2000],
]);

/**
 * Decodes one compressed frame: its joined fragments, with or without the padding byte at the end.
 *
 * Synchronous, and as slow as the frame is large: for a worker.
 *
 * @throws {RenderError} `corrupt`; `unsupported` for other transfer syntaxes and for what a decoder gets wrong.
 */
export function decodeCompressed(stored: Uint8Array, pixels: PixelDescription): DecodedSamples {
  const decode = decoders.get(pixels.transferSyntaxUid);
  if (!decode || pixels.sampleFormat === 'float') {
    throw new RenderError('unsupported', 'Not supported: pixels in this transfer syntax');
  }
  return decode(stored, pixels);
}

/** Whether frames of a transfer syntax are code streams that are decoded here. */
export function isCompressed(transferSyntaxUid: string): boolean {
  return decoders.has(transferSyntaxUid);
}
