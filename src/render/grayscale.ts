import type { DecodedFrame } from './decoded-frame.ts';
import { lookUp } from './lookup-table.ts';
import type { PixelDescription } from './pixel-description.ts';
import type { Presentation } from './presentation.ts';
import { inSlices, type SampleArray, sampleArray, storedValueOf } from './samples.ts';
import { greyLevelOf, type VoiWindow } from './voi-window.ts';

/** The brightest of the 8-bit grey levels. */
const white = 255;

/**
 * Turns the pixels of a MONOCHROME frame into 8-bit grey: modality, then VOI, then the polarity (PS3.4 §N.2.1).
 *
 * Stored values of up to 16 bits go through a table with an entry for each.
 *
 * @param window - Instead of the image's own VOI.
 */
export async function toGrey(
  frame: DecodedFrame,
  pixels: PixelDescription,
  presentation: Presentation,
  window?: VoiWindow,
): Promise<Uint8Array> {
  const samples = sampleArray(frame.data, pixels);
  const count = pixels.rows * pixels.columns;
  const modalityOf = modalityFunction(presentation);
  const storedOf = storedValueOf(pixels);
  const voi = window ?? presentation.voi ?? (await rangeOf(samples, count, storedOf, modalityOf, presentation));
  const levelOf = voiFunction(voi);
  const greyOf = (container: number): number => {
    const level = levelOf(modalityOf(storedOf(container)));
    // NaN, which float pixels can be, becomes 0 on its way into the bytes.
    return Math.round(presentation.inverted ? white - level : level);
  };

  const grey = new Uint8Array(count);
  const table = tableFor(samples, count, greyOf);
  if (table) {
    await inSlices(count, (from, to) => {
      for (let i = from; i < to; i += 1) grey[i] = table[samples[i] ?? 0] ?? 0;
    });
  } else {
    await inSlices(count, (from, to) => {
      for (let i = from; i < to; i += 1) grey[i] = greyOf(samples[i] ?? 0);
    });
  }
  return grey;
}

/** A grey level for each content of a container; null where there are too many of them, or too few pixels to be worth it. */
function tableFor(samples: SampleArray, count: number, greyOf: (container: number) => number): Uint8Array | null {
  const isSmall = samples instanceof Uint8Array || samples instanceof Uint16Array;
  const entries = 2 ** (8 * samples.BYTES_PER_ELEMENT);
  if (!isSmall || entries > count * 4) return null;
  const table = new Uint8Array(entries);
  for (let container = 0; container < entries; container += 1) table[container] = greyOf(container);
  return table;
}

function modalityFunction({ modality }: Presentation): (stored: number) => number {
  if ('entries' in modality) return (stored) => lookUp(modality, stored);
  const { slope, intercept } = modality;
  return (stored) => stored * slope + intercept;
}

function voiFunction(voi: NonNullable<Presentation['voi']>): (value: number) => number {
  if ('width' in voi) return greyLevelOf(voi, white);
  if ('entries' in voi) {
    const most = 2 ** voi.bits - 1;
    return (value) => (lookUp(voi, value) / most) * white;
  }
  const { least, greatest } = voi;
  if (greatest <= least) return () => 0;
  return (value) => Math.min(white, Math.max(0, ((value - least) / (greatest - least)) * white));
}

/** The least and the greatest modality value of the frame, without padding and what is no finite number. */
async function rangeOf(
  samples: SampleArray,
  count: number,
  storedOf: (container: number) => number,
  modalityOf: (stored: number) => number,
  { padding }: Presentation,
): Promise<{ least: number; greatest: number }> {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  const take = (container: number): void => {
    const stored = storedOf(container);
    if (padding && stored >= padding.least && stored <= padding.greatest) return;
    const value = modalityOf(stored);
    if (value < least && value !== Number.NEGATIVE_INFINITY) least = value;
    if (value > greatest && value !== Number.POSITIVE_INFINITY) greatest = value;
  };
  if (samples instanceof Uint8Array || samples instanceof Uint16Array) {
    const seen = new Uint8Array(2 ** (8 * samples.BYTES_PER_ELEMENT));
    await inSlices(count, (from, to) => {
      for (let i = from; i < to; i += 1) seen[samples[i] ?? 0] = 1;
    });
    seen.forEach((isThere, container) => {
      if (isThere) take(container);
    });
  } else {
    await inSlices(count, (from, to) => {
      for (let i = from; i < to; i += 1) take(samples[i] ?? 0);
    });
  }
  return least <= greatest ? { least, greatest } : { least: 0, greatest: 0 };
}
