import { Projection } from '../image/projection.ts';
import { createGrain, grainAt } from '../image/random.ts';
import { halfWidth } from '../image/slice-canvas.ts';
import { smoothStep, type Vec3 } from '../image/vector.ts';
import {
  abdomen,
  cage,
  cageScale,
  clavicles,
  type Ellipsoid,
  heart,
  lungSections,
  lungVessels,
  nodule,
  ribHeight,
  ribs,
  spine,
  vessels,
} from './thorax.ts';

const bone = 1.15;
const grainSize = 256;

/**
 * The thorax as a radiograph from the front: the length of each ray through soft tissue, in millimetres, bone counted
 * more. The breath is deeper than in the CT, as it is when standing.
 * It has no nodule yet: see {@link withNodule}.
 */
export function projectThorax(columns: number, rows: number, spacingMm: number): Projection {
  const film = new Projection(columns, rows, spacingMm, [0, -26]);
  film.fillSmooth(softTissueAt);
  for (const tube of lungVessels()) film.addRod({ ...tube, density: 0.7 });
  for (const tube of Object.values(vessels)) film.addRod({ ...tube, density: 0.42 });
  film.addRod({
    points: [
      [0, 6, 150],
      [0, 10, 60],
      [1, 14, 26],
    ],
    radii: [9, 9, 9],
    density: -0.8,
  });
  film.addRod({
    points: [
      [1, 14, 24],
      [-22, 14, 8],
      [-38, 14, -6],
    ],
    radii: [7, 6.5, 5],
    density: -0.5,
  });
  film.addRod({
    points: [
      [1, 14, 24],
      [26, 16, 8],
      [42, 18, -4],
    ],
    radii: [6.5, 6, 4.5],
    density: -0.5,
  });
  for (const tube of ribTubes()) film.addRod({ ...tube, density: bone, core: { share: 0.74, density: 0.42 } });
  for (const tube of clavicles) film.addRod({ ...tube, density: bone, core: { share: 0.7, density: 0.4 } });
  addSpine(film);
  addScapulae(film);
  return film;
}

/** The same thorax with its nodule: a copy. `scale`: its size against that in the CT. */
export function withNodule(thorax: Projection, scale: number): Projection {
  const film = thorax.copy();
  const radius = nodule.radii[0] * scale;
  const [x, y, z] = nodule.centre;
  film.addRod({
    points: [
      [x - 1, y, z],
      [x + 1, y, z + 1],
    ],
    radii: [radius, radius * 0.92],
    density: 1,
  });
  return film;
}

/** The square of the half ray through an ellipsoid at x and z, against its radius along y; not positive: passes by. */
function chordShare({ centre, radii }: Ellipsoid, x: number, z: number): number {
  const u = (x - centre[0]) / radii[0];
  const w = (z - centre[2]) / radii[2];
  return 1 - u * u - w * w;
}

const lowered = (solid: Ellipsoid, mm: number): Ellipsoid => ({
  ...solid,
  centre: [solid.centre[0], solid.centre[1], solid.centre[2] - mm],
});
const organs = [lowered(abdomen.liver, 34), lowered(abdomen.domeLeft, 36), lowered(heart.myocardium, 8)];
const bubble = lowered(abdomen.stomach, 10);

/** The way of the rays at height `z` through soft tissue, less that through the lungs and the air in the stomach. */
function softTissueAt(z: number): (x: number) => number {
  // Sections lie in x and y: turned, so that the half width at x is half the length of the ray.
  const lungs = lungSections(z).map(({ centre, radii }) => ({
    centre: [centre[1], centre[0]] as const,
    radii: [radii[1] * 0.96, radii[0]] as const,
    squareness: 0.35,
  }));
  const shoulder = smoothStep(40, 122, z);
  const neck = smoothStep(104, 128, z);
  const width = 161 + 30 * shoulder - 126 * neck;
  const depth = 104 - 14 * shoulder - 26 * neck;
  const narrow = 24 + 14 * smoothStep(24, -30, z);
  const aboveFluid = smoothStep(-112, -118, z);
  return (x) => {
    const u = x / width;
    const body = 1 - u * u * u * u;
    if (body <= 0) return 0;
    let path = 2 * depth * Math.sqrt(Math.sqrt(body)) * (1 - 0.25 * u * u);
    for (const lung of lungs) {
      if (Math.abs(x - lung.centre[1]) >= lung.radii[1]) continue;
      const reach = halfWidth(lung, x, 1);
      let open = 2 * reach;
      for (const organ of organs) {
        const rest = chordShare(organ, x, z);
        if (rest <= 0) continue;
        const half = organ.radii[1] * Math.sqrt(rest);
        const to = Math.min(organ.centre[1] + half, lung.centre[0] + reach);
        open -= Math.max(0, to - Math.max(organ.centre[1] - half, lung.centre[0] - reach));
      }
      // The great vessels and fat stand between the lungs.
      path -= 0.8 * Math.max(0, open) * smoothStep(narrow - 11, narrow + 8, Math.abs(x - 2));
    }
    const air = chordShare(bubble, x, z);
    if (air > 0) path -= 0.9 * bubble.radii[1] * Math.sqrt(air) * aboveFluid;
    return Math.max(0, path);
  };
}

/** Both sides of each rib, from the spine round to where its cartilage begins. */
function ribTubes(): { points: Vec3[]; radii: number[] }[] {
  const tubes: { points: Vec3[]; radii: number[] }[] = [];
  for (const side of [-1, 1]) {
    for (let rib = 0; rib < ribs.count; rib++) {
      const points: Vec3[] = [];
      const end = rib < 7 ? 2.32 : 2.3 - 0.22 * (rib - 6);
      for (let angle = 0.2; angle <= end; angle += 0.11) {
        const z = ribHeight(rib, angle) - 6;
        const scale = cageScale(z);
        const sin = Math.sin(angle);
        const cos = Math.cos(angle);
        const u = sin / (cage.radii[0] + ribs.thicknessMm);
        const v = cos / (cage.radii[1] + ribs.thicknessMm);
        const reach = scale / Math.sqrt(Math.sqrt(u ** 4 + v ** 4 + 2 * (1 - cage.squareness) * u * u * v * v));
        points.push([side * reach * sin, cage.centre[1] + reach * cos, z]);
      }
      tubes.push({ points, radii: points.map((_, i) => 5.2 + 1.2 * Math.sin((i / points.length) * Math.PI)) });
    }
  }
  return tubes;
}

function addSpine(film: Projection): void {
  const [rx] = spine.radii;
  for (let z = 150; z > -210; z -= spine.pitchMm) {
    const half = (spine.pitchMm - spine.discMm) / 2 - 7;
    film.addRod({
      points: [
        [-rx + 6, spine.y, z + half],
        [rx - 6, spine.y, z + half],
        [rx - 8, spine.y, z],
        [rx - 6, spine.y, z - half],
        [-rx + 6, spine.y, z - half],
        [-rx + 8, spine.y, z],
        [-rx + 6, spine.y, z + half],
      ],
      radii: [7.5, 7.5, 7, 7.5, 7.5, 7, 7.5],
      density: 0.9,
      core: { share: 0.8, density: 0.55 },
    });
    film.addRod({
      points: [
        [0, 80, z + 3],
        [0, 92, z - 9],
      ],
      radii: [4, 3],
      density: 0.8,
    });
    for (const side of [-1, 1]) {
      film.addRod({
        points: [
          [side * 10, 70, z + 4],
          [side * 30, 78, z + 6],
        ],
        radii: [4.5, 3.5],
        density: 0.7,
      });
      film.addRod({
        points: [
          [side * 9, 66, z + 3.5],
          [side * 9, 70, z + 3],
        ],
        radii: [4.4, 4.4],
        density: 0.5,
        core: { share: 0.6, density: 0.1 },
      });
    }
  }
}

function addScapulae(film: Projection): void {
  for (const side of [-1, 1]) {
    film.addRod({
      points: [
        [side * 98, 84, 92],
        [side * 104, 86, 40],
        [side * 112, 84, -12],
      ],
      radii: [3.4, 3, 3],
      density: 0.7,
    });
    film.addRod({
      points: [
        [side * 140, 60, 84],
        [side * 128, 74, 34],
        [side * 112, 84, -12],
      ],
      radii: [5, 4, 3],
      density: 0.7,
    });
    film.addRod({
      points: [
        [side * 98, 84, 92],
        [side * 124, 76, 98],
        [side * 146, 50, 110],
      ],
      radii: [3, 3.2, 5],
      density: 0.7,
    });
    film.addRod({
      points: [
        [side * 160, 20, 92],
        [side * 164, 20, 86],
      ],
      radii: [21, 20],
      density: 0.7,
      core: { share: 0.9, density: 0.36 },
    });
  }
}

/**
 * What an imaging plate stores of a projection: the logarithm of the exposure, 12 bits, more where less was in the way.
 *
 * @param seed - Another grain for another exposure.
 */
export function exposePlate(film: Projection, seed: number): Uint16Array {
  const grain = createGrain(seed, grainSize, 1);
  const plate = new Uint16Array(film.path.length);
  for (let i = 0; i < plate.length; i++) {
    const column = i % film.columns;
    const path = film.path[i] ?? 0;
    const quanta = grainAt(grain, grainSize, column, (i - column) / film.columns, 1);
    const value = 3720 - 11.6 * path + quanta * (9 + path * 0.08);
    plate[i] = value < 0 ? 0 : value > 4095 ? 4095 : value;
  }
  return plate;
}
