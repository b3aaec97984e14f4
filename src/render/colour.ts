import type { DecodedFrame } from './decoded-frame.ts';
import type { Palette } from './palette.ts';
import { isSubsampled, type PixelDescription } from './pixel-description.ts';
import type { Presentation } from './presentation.ts';
import { RenderError } from './render-error.ts';
import { inSlices, type SampleArray, sampleArray, storedValueOf } from './samples.ts';

/** How a frame's samples become red, green and blue. */
type ColourCoding = 'palette' | 'rgb' | 'ybr-full' | 'ybr-partial';

/** Null for greyscale. */
export function colourCodingOf({ photometricInterpretation }: DecodedFrame): ColourCoding | null {
  switch (photometricInterpretation) {
    case 'MONOCHROME1':
    case 'MONOCHROME2':
      return null;
    case 'PALETTE COLOR':
      return 'palette';
    case 'RGB':
      return 'rgb';
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      return 'ybr-full';
    case 'YBR_PARTIAL':
    case 'YBR_PARTIAL_422':
      return 'ybr-partial';
    default:
      throw new RenderError('unsupported', 'Not supported: this Photometric Interpretation');
  }
}

/**
 * Turns the pixels of a colour frame into 8-bit RGB.
 *
 * @throws {RenderError} `bad-attribute`: Samples per Pixel does not fit the Photometric Interpretation.
 * @see PS3.3 §C.7.6.3.1.2
 */
export async function toRgb(
  frame: DecodedFrame,
  pixels: PixelDescription,
  { palette }: Presentation,
  coding: ColourCoding,
): Promise<Uint8Array> {
  const samples = sampleArray(frame.data, pixels);
  if (coding === 'palette') {
    if (pixels.samplesPerPixel !== 1 || !palette) throw badSamples();
    return paletteToRgb(samples, pixels, palette);
  }
  if (pixels.samplesPerPixel !== 3) throw badSamples();
  const levels = await toBytes(samples, pixels);
  const isShared = isSubsampled(frame.photometricInterpretation);
  const full = isShared ? await shareColour(levels, pixels) : levels;
  if (coding === 'rgb') return full;
  return ybrToRgb(full, coding === 'ybr-partial');
}

function badSamples(): RenderError {
  return new RenderError('bad-attribute', 'Samples per Pixel does not fit the Photometric Interpretation');
}

async function paletteToRgb(samples: SampleArray, pixels: PixelDescription, palette: Palette): Promise<Uint8Array> {
  const storedOf = storedValueOf(pixels);
  const { first, colours } = palette;
  const last = colours.length / 3 - 1;
  const count = pixels.rows * pixels.columns;
  const rgb = new Uint8Array(count * 3);
  await inSlices(count, (from, to) => {
    for (let i = from; i < to; i += 1) {
      const entry = Math.min(last, Math.max(0, storedOf(samples[i] ?? 0) - first));
      rgb[3 * i] = colours[3 * entry] ?? 0;
      rgb[3 * i + 1] = colours[3 * entry + 1] ?? 0;
      rgb[3 * i + 2] = colours[3 * entry + 2] ?? 0;
    }
  });
  return rgb;
}

/** Samples of more than 8 bits by their share of the whole range. */
async function toBytes(samples: SampleArray, pixels: PixelDescription): Promise<Uint8Array> {
  if (samples instanceof Uint8Array && pixels.bitsStored === 8) return samples;
  const storedOf = storedValueOf({ ...pixels, pixelRepresentation: 0 });
  const scale = 255 / (2 ** pixels.bitsStored - 1);
  const levels = new Uint8Array(samples.length);
  await inSlices(samples.length, (from, to) => {
    for (let i = from; i < to; i += 1) levels[i] = Math.round(storedOf(samples[i] ?? 0) * scale);
  });
  return levels;
}

/** Y Y Cb Cr for two pixels to Y Cb Cr for each (YBR_FULL_422, YBR_PARTIAL_422). Columns are even. */
async function shareColour(shared: Uint8Array, { rows, columns }: PixelDescription): Promise<Uint8Array> {
  const full = new Uint8Array(rows * columns * 3);
  await inSlices(rows * columns, (from, to) => {
    for (let i = from; i < to; i += 1) {
      const pair = (i >> 1) * 4;
      full[3 * i] = shared[pair + (i & 1)] ?? 0;
      full[3 * i + 1] = shared[pair + 2] ?? 0;
      full[3 * i + 2] = shared[pair + 3] ?? 0;
    }
  });
  return full;
}

/** The inverses of the two matrices of PS3.3 §C.7.6.3.1.2 (ITU-R BT.601: all 256 levels, or 16 to 235 and 16 to 240). */
async function ybrToRgb(ybr: Uint8Array, isPartial: boolean): Promise<Uint8Array> {
  const rgb = new Uint8ClampedArray(ybr.length);
  const luminance = isPartial ? 255 / 219 : 1;
  const colour = isPartial ? 255 / 224 : 1;
  const black = isPartial ? 16 : 0;
  await inSlices(ybr.length / 3, (from, to) => {
    for (let at = 3 * from; at < 3 * to; at += 3) {
      const y = ((ybr[at] ?? 0) - black) * luminance;
      const cb = ((ybr[at + 1] ?? 0) - 128) * colour;
      const cr = ((ybr[at + 2] ?? 0) - 128) * colour;
      rgb[at] = y + 1.402 * cr;
      rgb[at + 1] = y - 0.344136 * cb - 0.714136 * cr;
      rgb[at + 2] = y + 1.772 * cb;
    }
  });
  return new Uint8Array(rgb.buffer);
}
