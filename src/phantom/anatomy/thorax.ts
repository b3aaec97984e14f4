import { createRandom } from '../image/random.ts';
import { mix, type Vec3 } from '../image/vector.ts';

/**
 * A thorax of simple solids, in millimetres of the patient coordinate system: the origin lies in the middle of the chest
 * at the height of the tracheal bifurcation. Drawn for recognition; no measurement of a person went into it.
 */
export const hounsfield = {
  air: -1000,
  lung: -870,
  fat: -100,
  muscle: 55,
  skin: 20,
  blood: 190,
  vein: 280,
  myocardium: 95,
  liver: 115,
  spleen: 130,
  fluid: 15,
  cartilage: 120,
  disc: 85,
  marrow: 230,
  cortex: 950,
  nodule: 45,
} as const;

export interface Ellipsoid {
  readonly centre: Vec3;
  readonly radii: Vec3;
}

/** A rod from point to point; `radii` in millimetres, one a point. */
export interface Tube {
  readonly points: readonly Vec3[];
  readonly radii: readonly number[];
}

/** The nodule in the right upper lobe: what the demo's reports and annotations speak of. Radius in the newest study. */
export const nodule: Ellipsoid = { centre: [-84, -22, 46], radii: [8.5, 7.5, 8] };

/** The inner face of the ribs, at the middle of the chest. It narrows towards the neck, see {@link cageScale}. */
export const cage = { centre: [0, 2] as const, radii: [131, 90] as const, squareness: 0.25 };

export function cageScale(z: number): number {
  return z <= 10 ? 1 : Math.sqrt(Math.max(0.04, 1 - ((z - 10) / 128) ** 2));
}

/** The two lungs, as sections at height z: centre and radii of an ellipse each. */
export function lungSections(z: number): { centre: [number, number]; radii: [number, number] }[] {
  const scale = cageScale(z) * 0.97;
  return [-1, 1].map((side) => ({ centre: [side * 67 * scale, 4], radii: [61.5 * scale, 84 * scale] }));
}

export const heart = {
  pericardium: { centre: [20, -26, -38], radii: [66, 52, 56] },
  myocardium: { centre: [22, -27, -36], radii: [60, 47, 51] },
  chambers: [
    { centre: [46, -20, -48], radii: [23, 21, 30] }, // left ventricle
    { centre: [12, -52, -42], radii: [33, 17, 29] }, // right ventricle
    { centre: [14, 6, -20], radii: [32, 15, 19] }, // left atrium
    { centre: [-25, -26, -36], radii: [19, 24, 29] }, // right atrium
  ],
} as const satisfies Record<string, Ellipsoid | readonly Ellipsoid[]>;

export const vessels = {
  aorta: {
    points: [
      [8, -20, -12],
      [-8, -28, 12],
      [-13, -28, 34],
      [-6, -18, 54],
      [8, 0, 62],
      [20, 20, 54],
      [25, 34, 34],
      [23, 38, -20],
      [12, 38, -120],
    ],
    radii: [15, 16, 16, 14.5, 14, 13, 12.5, 12, 11],
  },
  pulmonaryTrunk: {
    points: [
      [20, -46, -16],
      [20, -38, 4],
      [18, -20, 18],
    ],
    radii: [15, 15, 14],
  },
  pulmonaryRight: {
    points: [
      [18, -20, 18],
      [-8, -8, 15],
      [-40, 2, 6],
      [-52, 8, -12],
    ],
    radii: [12, 10, 9, 7],
  },
  pulmonaryLeft: {
    points: [
      [18, -20, 18],
      [34, -4, 24],
      [46, 10, 16],
      [52, 14, -6],
    ],
    radii: [12, 10, 9, 7],
  },
  pulmonaryVeinRight: {
    points: [
      [-10, 4, -18],
      [-38, 0, -20],
      [-56, -8, -12],
    ],
    radii: [7, 6, 4.5],
  },
  pulmonaryVeinLeft: {
    points: [
      [36, 6, -18],
      [52, 6, -16],
      [66, -2, -6],
    ],
    radii: [7, 6, 4.5],
  },
  brachiocephalicArtery: {
    points: [
      [-8, -14, 58],
      [-14, -10, 80],
      [-22, -6, 120],
    ],
    radii: [6.5, 6, 5],
  },
  carotid: {
    points: [
      [2, -4, 64],
      [10, -2, 90],
      [16, 0, 120],
    ],
    radii: [4.5, 4, 4],
  },
  subclavian: {
    points: [
      [12, 8, 62],
      [24, 8, 92],
      [38, 4, 120],
    ],
    radii: [5, 5, 5],
  },
} as const satisfies Record<string, Tube>;

export const veins = {
  cavaSuperior: {
    points: [
      [-26, -22, 74],
      [-28, -20, 30],
      [-27, -22, -14],
    ],
    radii: [9.5, 9.5, 10],
  },
  brachiocephalicLeft: {
    points: [
      [-26, -24, 74],
      [6, -30, 82],
      [36, -20, 98],
      [60, -16, 120],
    ],
    radii: [8, 7.5, 7, 6],
  },
  brachiocephalicRight: {
    points: [
      [-26, -22, 74],
      [-34, -16, 98],
      [-52, -14, 120],
    ],
    radii: [8.5, 8, 7],
  },
} as const satisfies Record<string, Tube>;

export const airways = {
  trachea: {
    points: [
      [0, 6, 125],
      [0, 10, 60],
      [1, 14, 22],
    ],
    radii: [8.5, 8.5, 9],
  },
  bronchusRight: {
    points: [
      [1, 14, 22],
      [-20, 13, 8],
      [-38, 14, -6],
      [-50, 18, -30],
    ],
    radii: [7.5, 7, 5, 3.5],
  },
  bronchusLeft: {
    points: [
      [1, 14, 22],
      [24, 16, 8],
      [42, 18, -4],
      [54, 22, -28],
    ],
    radii: [7, 6, 4.8, 3.5],
  },
} as const satisfies Record<string, Tube>;

export const abdomen = {
  liver: { centre: [-56, -6, -142], radii: [84, 84, 96] },
  domeLeft: { centre: [64, -2, -152], radii: [72, 80, 90] },
  stomach: { centre: [44, -22, -124], radii: [34, 38, 40] },
  spleen: { centre: [92, 46, -118], radii: [26, 34, 36] },
} as const satisfies Record<string, Ellipsoid>;

/** Where the spine runs, and the height of one vertebra with its disc. */
export const spine = { x: 0, y: 49, radii: [17, 14.5] as const, pitchMm: 25, discMm: 5 };

export const clavicles: readonly Tube[] = [-1, 1].map((side) => ({
  points: [
    [side * 20, -62, 84],
    [side * 56, -64, 94],
    [side * 96, -42, 104],
    [side * 132, -20, 108],
  ],
  radii: [8, 6.5, 6, 7],
}));

export const ribs = { count: 11, pitchMm: 22.5, dropMm: 74, firstMm: 118, thicknessMm: 4.6, heightMm: 7 };

/** Height of a rib above the origin at an angle from the spine (0) to the sternum (pi). */
export function ribHeight(rib: number, angle: number): number {
  return ribs.firstMm - rib * ribs.pitchMm - (ribs.dropMm * (1 - Math.cos(angle))) / 2;
}

/** The vessels of the lungs: two trees that fork from the hila outwards, thinner with each fork. */
export function lungVessels(): readonly Tube[] {
  const random = createRandom(20240311);
  const found: Tube[] = [];
  const grow = (from: Vec3, direction: Vec3, radius: number, length: number, depth: number): void => {
    const to: Vec3 = [
      from[0] + direction[0] * length,
      from[1] + direction[1] * length,
      from[2] + direction[2] * length,
    ];
    const bend = mix(from, to, 0.5);
    const jitter = (): number => (random() - 0.5) * length * 0.25;
    const middle: Vec3 = [bend[0] + jitter(), bend[1] + jitter(), bend[2] + jitter()];
    found.push({ points: [from, middle, to], radii: [radius, radius * 0.9, radius * 0.78] });
    if (depth === 0) return;
    const forks = random() < 0.3 ? 3 : 2;
    for (let fork = 0; fork < forks; fork++) {
      const turn = (axis: 0 | 1 | 2): number => direction[axis] + (random() - 0.5) * 1.5;
      const [dx, dy, dz] = [turn(0), turn(1), turn(2)];
      const norm = Math.hypot(dx, dy, dz) || 1;
      grow(to, [dx / norm, dy / norm, dz / norm], radius * 0.74, length * (0.68 + random() * 0.2), depth - 1);
    }
  };
  for (const side of [-1, 1]) {
    for (let branch = 0; branch < 9; branch++) {
      const around = (branch / 9) * 2 * Math.PI + random() * 0.4;
      const outward = 0.45 + random() * 0.5;
      const direction: Vec3 = [side * outward, Math.cos(around) * 0.85, Math.sin(around) * 0.85];
      const norm = Math.hypot(...direction);
      grow(
        [side * (42 + random() * 8), 8, 12 * Math.sin(around) - 4],
        [direction[0] / norm, direction[1] / norm, direction[2] / norm],
        3.4,
        34,
        4,
      );
    }
  }
  return found;
}
