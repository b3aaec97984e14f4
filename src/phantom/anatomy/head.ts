import { distanceToEllipse } from '../image/slice-canvas.ts';
import { createValueNoise } from '../image/value-noise.ts';
import { distanceToSegment, smoothStep, type Vec3 } from '../image/vector.ts';
import { createBrainDepths } from './brain-depths.ts';
import { createSkullBase } from './skull-base.ts';
import { createTissueMap, forEachVoxel, type SliceGrid, TissueBrush, type TissueMap } from './tissue-map.ts';

/** A lesion in the white matter. */
export interface Lesion {
  readonly centre: Vec3;
  readonly radiusMm: number;
}

const noise = createValueNoise(4711);

/** Radii of the brain along x, y and z, and what lies over it up to the skin, in millimetres. */
const brain = [67, 84, 66] as const;
const cover = 13.5;
const middle = { y: 2, z: 4 };
/** No fold reaches further in: what lies deeper needs no noise. */
const deepestSulcusMm = 33;

/**
 * Draws an axial slice of a head at height `z`. Coordinates are millimetres: x to the patient's left, y to the back, z to
 * the crown; the origin is in the middle, at the height of the thalami. Grey matter follows the zero lines of a smooth
 * noise, which wander through the outer brain much as sulci do.
 */
export function paintHead(grid: SliceGrid, z: number): TissueMap {
  const map = createTissueMap(grid);
  const brush = new TissueBrush();
  const fromSkin = outline(z, cover);
  const fromBrain = outline(z, 0);
  const depths = createBrainDepths(z);
  const base = createSkullBase(z);
  forEachVoxel(grid, (i, x, y) => {
    const skin = fromSkin(x, y);
    if (skin > 1) return; // air, as the map was made
    brush.put('air');
    const depth = -fromBrain(x, y);
    if (depth < 1) paintCover(brush, skin, depth);
    if (depth > -1) paintCerebrum(brush, x, y, z, depth);
    depths(brush, x, y, depth);
    base(brush, x, y);
    brush.store(map, i);
  });
  return map;
}

/** The same slice with lesions in it: a copy, for the slices of other dates are drawn from the same head. */
export function withLesions(map: TissueMap, grid: SliceGrid, z: number, lesions: readonly Lesion[]): TissueMap {
  const near = lesions.filter(({ centre, radiusMm }) => Math.abs(centre[2] - z) < radiusMm + 2);
  if (near.length === 0) return map;
  const copy = { first: map.first.slice(), second: map.second.slice(), share: map.share.slice() };
  const brush = new TissueBrush();
  forEachVoxel(grid, (i, x, y) => {
    for (const { centre, radiusMm } of near) {
      const away = distanceToSegment(x, y, z, centre, centre, radiusMm, radiusMm);
      if (away > 3) continue;
      brush.load(copy, i);
      brush.lay('lesion', away + noise(x / 4, y / 4, z / 4) * 1.3, 1);
      brush.store(copy, i);
    }
  });
  return copy;
}

/** The outline of the head at a height, so many millimetres outside of the brain. */
function outline(z: number, extra: number): (x: number, y: number) => number {
  const narrow = 1 - 0.06 * smoothStep(-18, -48, z); // towards the neck and face
  const radius = z > middle.z ? brain[2] + extra : brain[2] * 1.9 + extra;
  const height = Math.sqrt(Math.max(0.015, 1 - ((z - middle.z) / radius) ** 2));
  const size = z > middle.z ? height : Math.max(0.72, height);
  const radii = [(brain[0] + extra) * size * narrow, (brain[1] + extra) * size] as const;
  return distanceToEllipse({ centre: [0, middle.y], radii, squareness: 0.12 });
}

/** Skin, fat, the two tables of the skull with marrow between, and the fluid over the brain. */
function paintCover(brush: TissueBrush, skin: number, depth: number): void {
  const thickness = -depth - skin;
  const at = (mm: number): number => -depth - (thickness * mm) / cover;
  brush.lay('muscle', skin, 0.6);
  brush.lay('fat', at(12), 0.6);
  brush.lay('bone', at(8), 0.6);
  brush.lay('fat', at(5.5), 0.6);
  brush.lay('bone', at(4.2), 0.6);
  brush.lay('fluid', at(2.2), 0.6);
}

/** White matter, the folded ribbon of grey matter, and the fluid in the sulci and between the hemispheres. */
function paintCerebrum(brush: TissueBrush, x: number, y: number, z: number, depth: number): void {
  brush.put('white');
  const between = Math.abs(x + noise(y / 14, z / 14, 2) * 1.5) - 0.7;
  const inward = Math.min(depth, Math.abs(x) * 0.8 + 3);
  if (inward < deepestSulcusMm) {
    // Folds differ a little between the sides, as they do.
    const side = x > 0 ? 37.3 : 0;
    const warpX = noise(x / 21 + 3.1 + side, y / 21, z / 24) * 7;
    const warpY = noise(x / 21, y / 21 + 9.7 + side, z / 24) * 7;
    const fold = noise((x + warpX) / 11.5 + side, (y + warpY) / 11.5 + 5, z / 17);
    const toSulcus = Math.abs(fold) * 18; // about millimetres from the zero line
    // Sulci close with depth, here sooner, there later; the fissure between the hemispheres stays open.
    const reach = deepestSulcusMm - 6 + (warpX + warpY) * 0.5;
    const sulcus = toSulcus + smoothStep(reach * 0.3, reach, inward) * 7;
    brush.lay('grey', Math.min(sulcus - 5.2, depth - 4, between - 3.1), 0.9);
    brush.lay('fluid', sulcus - 1.1 + 0.05 * inward, 0.7);
  }
  brush.lay('fluid', between, 0.6);
  brush.lay('fluid', depth - 0.5, 0.8);
}
