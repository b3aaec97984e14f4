import { createGrain, grainAt } from '../image/random.ts';
import { type SliceGrid, type Tissue, type TissueMap, tissues } from './tissue-map.ts';

/** Milliseconds, but for the angle. */
export interface PulseSequence {
  readonly repetitionTime: number;
  readonly echoTime: number;
  /** Present: fluid is nulled after an inversion (FLAIR). */
  readonly inversionTime?: number;
}

/** Relaxation at 3 T in milliseconds, and how many protons there are. */
const relaxation: Readonly<Record<Tissue, { t1: number; t2: number; protons: number }>> = {
  air: { t1: 1000, t2: 1, protons: 0 },
  fat: { t1: 370, t2: 110, protons: 0.95 },
  bone: { t1: 1000, t2: 4, protons: 0.12 },
  muscle: { t1: 1400, t2: 45, protons: 0.78 },
  fluid: { t1: 4200, t2: 1600, protons: 1 },
  grey: { t1: 1500, t2: 102, protons: 0.81 },
  white: { t1: 780, t2: 72, protons: 0.72 },
  deepGrey: { t1: 1180, t2: 82, protons: 0.77 },
  lesion: { t1: 1750, t2: 190, protons: 0.88 },
  blood: { t1: 1600, t2: 12, protons: 0.3 },
};

const grainSize = 256;
/** Standard deviation, in stored values. */
const noise = 14;
/** Signal of a tissue, 0 to 1: spin echo, with an inversion before it where the sequence has one. */
export function signalOf(tissue: Tissue, { repetitionTime, echoTime, inversionTime }: PulseSequence): number {
  const { t1, t2, protons } = relaxation[tissue];
  const recovered =
    inversionTime === undefined
      ? 1 - Math.exp(-repetitionTime / t1)
      : Math.abs(1 - 2 * Math.exp(-inversionTime / t1) + Math.exp(-repetitionTime / t1));
  return protons * recovered * Math.exp(-echoTime / t2);
}

/**
 * Turns tissue into what a scanner would store: unsigned, 12 bits, with a coil that is nearer here than there, and with
 * noise that never goes below zero.
 */
export function createScanner(grid: SliceGrid) {
  const grain = createGrain(11, grainSize, 0);
  /**
   * @param scale - Stored value of a signal of 1.
   * @param slice - Its number: every slice has another noise.
   */
  return (map: TissueMap, sequence: PulseSequence, scale: number, slice: number): Uint16Array => {
    const table = tissues.map((tissue) => signalOf(tissue, sequence) * scale);
    const pixels = new Uint16Array(map.share.length);
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        const i = row * grid.columns + column;
        const a = table[map.first[i] ?? 0] ?? 0;
        const b = table[map.second[i] ?? 0] ?? 0;
        const coil = 0.93 + (0.1 * row) / grid.rows + 0.06 * (column / grid.columns - 0.5);
        const clean = (a + (b - a) * (map.share[i] ?? 0)) * coil;
        const inPhase = clean + noise * grainAt(grain, grainSize, column, row, slice);
        const outOfPhase = noise * grainAt(grain, grainSize, column + 101, row + 57, slice);
        pixels[i] = Math.min(4095, Math.sqrt(inPhase * inPhase + outOfPhase * outOfPhase));
      }
    }
    return pixels;
  };
}
