import { distanceToEllipse } from '../image/slice-canvas.ts';
import { createValueNoise } from '../image/value-noise.ts';
import { smoothStep } from '../image/vector.ts';
import { createEllipseLayers } from './tissue-ellipses.ts';
import type { TissueBrush } from './tissue-map.ts';

const noise = createValueNoise(1861);

/**
 * Ventricles, basal ganglia, thalami, insula, callosum, brain stem and cerebellum of the slice at height `z`. The
 * numbers are millimetres in the coordinates of `paintHead`.
 */
export function createBrainDepths(z: number): (brush: TissueBrush, x: number, y: number, depth: number) => void {
  /** The share of its greatest extent that something has at this height: its middle and half its height given. */
  const at = (middle: number, half: number): number => Math.sqrt(Math.max(0, 1 - ((z - middle) / half) ** 2));
  const capsule = at(4, 20) * 30;
  const fromCapsule = distanceToEllipse({ centre: [18, -6], radii: [capsule + 0.01, capsule + 0.01] });
  const inStem = smoothStep(-6, -14, z);
  const stemRadii = [15 * inStem - 3.5 * smoothStep(-34, -56, z), 13 * inStem] as const;
  /** The fluid around the upper stem is wider than that around the lower. */
  const around = inStem * (1 - 0.7 * smoothStep(-18, -34, z));
  const commissures = createEllipseLayers([
    { tissue: 'white', centre: [0, -31], radii: [11 * at(16, 14), 4.5 * at(16, 14)], softMm: 1 },
    { tissue: 'white', centre: [0, 29], radii: [11 * at(14, 12), 5.5 * at(14, 12)], softMm: 1 },
  ]);
  const basal = z > -14 && z < 26;
  const nuclei = createEllipseLayers([
    { tissue: 'grey', centre: [35.5, -5], radii: [3.4 * at(3, 16), 21 * at(3, 16)], rotation: -0.12, paired: true },
    { tissue: 'fluid', centre: [43, -8], radii: [9 * at(1, 17), 3 * at(1, 17)], rotation: -0.25, paired: true },
    { tissue: 'deepGrey', centre: [26, -7], radii: [5.2 * at(2, 14), 15.5 * at(2, 14)], rotation: -0.2, paired: true },
    {
      tissue: 'deepGrey',
      centre: [15.5, -20],
      radii: [4.4 * at(8, 17), 8.5 * at(8, 17)],
      rotation: -0.3,
      paired: true,
    },
    { tissue: 'deepGrey', centre: [10, 7], radii: [8.6 * at(3, 12), 13.5 * at(3, 12)], rotation: -0.25, paired: true },
  ]);
  const ventricles = createEllipseLayers([
    { tissue: 'fluid', centre: [9, -22], radii: [6.2 * at(13, 17), 14 * at(13, 17)], rotation: -0.32, paired: true },
    { tissue: 'fluid', centre: [10.5, 4], radii: [5 * at(19, 10), 26 * at(19, 10)], rotation: 0.1, paired: true },
    { tissue: 'fluid', centre: [20, 30], radii: [6 * at(8, 15), 16 * at(8, 15)], rotation: 0.42, paired: true },
    { tissue: 'fluid', centre: [0, 2], radii: [2.1 * at(-2, 11), 12 * at(-2, 11)], softMm: 0.6 },
    {
      tissue: 'fluid',
      centre: [0, 15],
      radii: [stemRadii[0] + 4 * around, stemRadii[1] + 4 * around],
      squareness: 0.2,
    },
  ]);
  const inFossa = smoothStep(-14, -27, z);
  const fromCerebellum = distanceToEllipse({ centre: [0, 49], radii: [47 * inFossa + 0.01, 31 * inFossa + 0.01] });
  const stem = createEllipseLayers([
    { tissue: 'white', centre: [0, 16], radii: stemRadii },
    { tissue: 'fluid', centre: [0, 34], radii: [6 * at(-38, 11), 5 * at(-38, 11)] },
    { tissue: 'blood', centre: [0, 1.5], radii: z < -4 ? [2, 2] : [0, 0] },
  ]);
  return (brush, x, y, depth) => {
    if (depth < 0) return;
    commissures(brush, x, y);
    if (basal) {
      brush.lay('white', Math.max(fromCapsule(Math.abs(x), y), 7 - depth), 1.5);
      nuclei(brush, x, y);
    }
    ventricles(brush, x, y);
    if (z >= -4) return;
    if (inFossa > 0.05) paintCerebellum(brush, x, y, fromCerebellum(x, y));
    stem(brush, x, y);
  };
}

/** Leaves of the cerebellum: thin bands that follow its outline, around white matter and its nuclei. */
function paintCerebellum(brush: TissueBrush, x: number, y: number, distance: number): void {
  if (distance > 3) return;
  brush.lay('fluid', distance - 2, 0.8);
  if (distance > 0) return;
  const leaf = Math.sin(distance * 1.35 + noise(x / 9, y / 9, 71) * 2.4 + 0.045 * Math.abs(x));
  brush.put(-distance > 7 + 3 * leaf ? 'white' : 'grey');
  brush.lay('fluid', (leaf + 0.86) * 3 + smoothStep(-6, -12, distance) * 6, 0.8);
  if (-distance > 13) brush.put('white');
  brush.lay('grey', Math.abs(x) - 4 + smoothStep(-9, -3, distance) * 4, 1);
  const aside = Math.abs(x) - 15;
  const behind = y - 44;
  brush.lay('deepGrey', Math.sqrt(aside * aside + 2 * behind * behind) - 5, 1);
}
