import { type ProjectedRod, Projection } from '../image/projection.ts';
import { createGrain, grainAt } from '../image/random.ts';
import { mix, type Vec3 } from '../image/vector.ts';

/** Where a finger begins and how it goes on, in millimetres: the wrist is the origin, x to the thumb, z to the tips. */
interface Finger {
  readonly base: readonly [number, number];
  readonly knuckle: readonly [number, number];
  readonly direction: readonly [number, number];
  /** From the knuckle to the tip. */
  readonly phalanges: readonly number[];
  readonly boneRadius: number;
}

/** Centre of the picture. */
const middle = { x: 6, z: 76 };
const gapMm = 2.4;
const grainSize = 256;

const fingers: readonly Finger[] = [
  { base: [29, 17], knuckle: [51, 51], direction: [0.34, 0.94], phalanges: [31, 23], boneRadius: 5.4 },
  { base: [15, 33], knuckle: [25, 97], direction: [0.16, 0.99], phalanges: [41, 24, 17], boneRadius: 5 },
  { base: [4, 35], knuckle: [5, 101], direction: [0.03, 1], phalanges: [45, 29, 18], boneRadius: 5.1 },
  { base: [-7, 33], knuckle: [-14, 93], direction: [-0.11, 0.99], phalanges: [42, 27, 18], boneRadius: 4.7 },
  { base: [-17, 28], knuckle: [-33, 83], direction: [-0.27, 0.96], phalanges: [33, 19, 16], boneRadius: 4.2 },
];

/** Short stout rods; each is a bone of the wrist. */
const carpals: readonly (readonly [Vec3, Vec3, number])[] = [
  [[13, 1, 9], [21, -1, 15], 6.2], // scaphoid
  [[1, 0, 7], [4, 0, 9], 7.2], // lunate
  [[-11, 0, 9], [-8, 0, 12], 6], // triquetrum
  [[-13, -6, 12], [-13, -6, 13], 4.2], // pisiform
  [[24, 0, 21], [27, 0, 18], 5.6], // trapezium
  [[14, 0, 24], [16, 0, 26], 5.4], // trapezoid
  [[3, 0, 18], [4, 0, 28], 6.4], // capitate
  [[-10, 0, 20], [-7, 0, 26], 6.8], // hamate
];

/** A left hand flat on the detector, seen from the back: in the spirit of the first radiograph, with a ring. */
export function projectHand(columns: number, rows: number, spacingMm: number): Projection {
  const film = new Projection(columns, rows, spacingMm, [middle.x, middle.z]);
  addSoftTissue(film);
  film.soften(Math.max(1, Math.round(1.1 / spacingMm)));
  for (const finger of fingers) {
    const [from, to] = metacarpal(finger);
    film.addRod(longBone(from, to, finger.boneRadius * 1.12));
    for (const [start, end, index] of phalanges(finger)) {
      film.addRod(longBone(start, end, finger.boneRadius * (1 - 0.13 * index)));
    }
  }
  for (const [from, to, radius] of carpals) {
    film.addRod({
      points: [from, mix(from, to, 0.5), to],
      radii: [radius, radius * 0.98, radius],
      density: 1.7,
      core: { share: 0.86, density: 0.72 },
    });
  }
  addForearm(film);
  addRing(film);
  addMarker(film, columns * spacingMm, rows * spacingMm);
  return film;
}

function metacarpal({ base, knuckle }: Finger): readonly [Vec3, Vec3] {
  return [
    [base[0], 0, base[1]],
    [knuckle[0], 0, knuckle[1]],
  ];
}

function phalanges({ knuckle, direction, phalanges: lengths }: Finger): (readonly [Vec3, Vec3, number])[] {
  const found: (readonly [Vec3, Vec3, number])[] = [];
  let along = gapMm + 5;
  lengths.forEach((length, index) => {
    const at = (mm: number): Vec3 => [knuckle[0] + direction[0] * mm, 0, knuckle[1] + direction[1] * mm];
    found.push([at(along + 3), at(along + length - 4), index]);
    along += length + gapMm;
  });
  return found;
}

/** Wide at both ends, slim in the middle, where the cortex is thick and the marrow hollow. */
function longBone(from: Vec3, to: Vec3, radius: number): ProjectedRod {
  const steps = [0, 0.08, 0.2, 0.38, 0.55, 0.72, 0.86, 0.94, 1];
  const widths = [1.08, 1.02, 0.8, 0.66, 0.63, 0.67, 0.84, 0.96, 0.92];
  return {
    points: steps.map((share) => mix(from, to, share)),
    radii: widths.map((width) => width * radius),
    density: 2.3,
    core: { share: 0.72, density: 0.75 },
  };
}

function addForearm(film: Projection): void {
  film.addRod({
    points: [
      [18, 0, -4],
      [11, 0, -9],
      [5, 0, -8],
      [10, 0, -16],
      [9.5, 0, -26],
      [9, 0, -40],
      [7, 0, -90],
    ],
    radii: [4.6, 7.5, 7, 10.5, 9.2, 7.6, 7],
    density: 2.1,
    core: { share: 0.76, density: 0.75 },
  });
  film.addRod({
    points: [
      [-17, 0, -7],
      [-15, 0, -18],
      [-14, 0, -40],
      [-12, 0, -90],
    ],
    radii: [7, 6, 5.4, 6],
    density: 2.1,
    core: { share: 0.72, density: 0.75 },
  });
}

function addSoftTissue(film: Projection): void {
  const skin: ProjectedRod[] = [];
  const add = (points: readonly Vec3[], radii: readonly number[]): void =>
    void skin.push({ points, radii, density: 1 });
  for (const finger of fingers) {
    const [from, to] = metacarpal(finger);
    const thick = finger.boneRadius + 4.4;
    add([from, mix(from, to, 0.6), to], [13, 13.5, thick + 2.6]);
    const last = phalanges(finger).at(-1);
    if (last !== undefined) add([to, mix(to, last[1], 0.45), last[1]], [thick + 2.2, thick, thick - 2.4]);
  }
  // The web between the fingers, the ball of the thumb, the heel of the hand and the wrist.
  add(
    [
      [22, 0, 84],
      [4, 0, 90],
      [-14, 0, 82],
      [-30, 0, 72],
    ],
    [11, 12, 12, 10],
  );
  add(
    [
      [20, 0, 60],
      [4, 0, 62],
      [-20, 0, 56],
    ],
    [14, 14, 14],
  );
  add(
    [
      [24, 0, 16],
      [40, 0, 44],
      [26, 0, 62],
    ],
    [15, 13, 9],
  );
  add(
    [
      [34, 0, 44],
      [26, 0, 70],
    ],
    [12, 9],
  );
  add(
    [
      [-22, 0, 22],
      [-30, 0, 60],
    ],
    [11, 11],
  );
  add(
    [
      [16, 0, 20],
      [-12, 0, 20],
    ],
    [17, 17],
  );
  add(
    [
      [12, 0, 4],
      [-10, 0, 4],
    ],
    [17, 17],
  );
  add(
    [
      [12, 0, 8],
      [10, 0, -22],
      [8, 0, -90],
    ],
    [17, 18, 20],
  );
  add(
    [
      [-10, 0, 8],
      [-12, 0, -22],
      [-10, 0, -90],
    ],
    [16, 16, 19],
  );
  film.addJoined(skin);
}

/** Metal around the first phalanx of the fourth finger. */
function addRing(film: Projection): void {
  film.addRod({
    points: [
      [-25.6, 0, 113],
      [-18, 0, 111.6],
      [-10.2, 0, 112.4],
    ],
    radii: [1.7, 1.5, 1.7],
    density: 26,
  });
}

/** The letter L in lead, beside the hand. */
function addMarker(film: Projection, width: number, height: number): void {
  const x = middle.x - width / 2 + 16;
  const z = middle.z + height / 2 - 38;
  film.addJoined([
    {
      points: [
        [x, 0, z + 16],
        [x, 0, z],
        [x + 9, 0, z],
      ],
      radii: [1.5, 1.5, 1.5],
      density: 40,
    },
  ]);
}

/**
 * What a plate stores of a projection: 12 bits, more where more was in the way (MONOCHROME2, bone is white).
 */
export function exposeHand(film: Projection, seed: number): Uint16Array {
  const grain = createGrain(seed, grainSize, 0);
  const plate = new Uint16Array(film.path.length);
  for (let i = 0; i < plate.length; i++) {
    const column = i % film.columns;
    const path = film.path[i] ?? 0;
    const quanta = grainAt(grain, grainSize, column, (i - column) / film.columns, 1);
    const value = 220 + 3900 * (1 - Math.exp(-path / 52)) + quanta * (9 + path * 0.22);
    plate[i] = value < 0 ? 0 : value > 4095 ? 4095 : value;
  }
  return plate;
}
