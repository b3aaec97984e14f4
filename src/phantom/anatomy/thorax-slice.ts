import { createGrain, grainAt } from '../image/random.ts';
import { distanceToEllipse, type EllipseShape, halfWidth, type Mask, SliceCanvas } from '../image/slice-canvas.ts';
import { clamp, smoothStep } from '../image/vector.ts';
import {
  abdomen,
  airways,
  cage,
  cageScale,
  clavicles,
  type Ellipsoid,
  heart,
  hounsfield as hu,
  lungSections,
  lungVessels,
  nodule,
  ribHeight,
  ribs,
  spine,
  type Tube,
  veins,
  vessels,
} from './thorax.ts';

const grainSize = 256;

/** Paints axial slices of the thorax in Hounsfield units. */
export interface ThoraxPainter {
  /**
   * @param z - Height of the slice in millimetres, up to 120 above and below the tracheal bifurcation.
   * @returns Hounsfield units row by row, until the next slice is painted over them.
   */
  paint(z: number): Float32Array;
}

export function createThoraxPainter(size: number, spacingMm: number): ThoraxPainter {
  const lungTree = lungVessels();
  const grain = createGrain(7, grainSize, 1);
  const canvas = new SliceCanvas(size, size, spacingMm);
  const cavity = new SliceCanvas(size, size, spacingMm);
  const lungs = new SliceCanvas(size, size, spacingMm);
  return {
    paint(z) {
      canvas.clear(hu.air);
      cavity.clear(0);
      lungs.clear(0);
      paintTable(canvas);
      paintBodyWall(canvas, z);
      paintRibs(canvas, z);
      cavity.ellipse(scaled(cage.centre, cage.radii, cageScale(z), cage.squareness), 1);
      for (const lung of lungSections(z)) lungs.ellipse({ ...lung, squareness: 0.35 }, 1);
      paintLungs(canvas, z, cavity.values, lungs.values, lungTree);
      paintMediastinum(canvas, z, cavity.values);
      paintAbdomen(canvas, z, cavity.values);
      paintSpine(canvas, z);
      addGrain(canvas, z, grain);
      return canvas.values;
    },
  };
}

function scaled(
  centre: readonly [number, number],
  radii: readonly [number, number],
  scale: number,
  squareness = 0,
): EllipseShape {
  return { centre, radii: [radii[0] * scale, radii[1] * scale], squareness };
}

/** The section of an ellipsoid at a height, or undefined where it has none. */
function section({ centre, radii }: Ellipsoid, z: number): EllipseShape | undefined {
  const share = 1 - ((z - centre[2]) / radii[2]) ** 2;
  if (share <= 0.004) return undefined;
  const scale = Math.sqrt(share);
  return { centre: [centre[0], centre[1]], radii: [radii[0] * scale, radii[1] * scale] };
}

function paintEllipsoid(canvas: SliceCanvas, solid: Ellipsoid, z: number, value: number, clip?: Mask, soft?: number) {
  const shape = section(solid, z);
  if (shape !== undefined) canvas.ellipse(shape, value, clip, soft);
}

function paintTube(canvas: SliceCanvas, tube: Tube, z: number, value: number, clip?: Mask, extraMm = 0): void {
  for (let i = 1; i < tube.points.length; i++) {
    const from = tube.points[i - 1];
    const to = tube.points[i];
    if (from === undefined || to === undefined) continue;
    canvas.rod(from, to, (tube.radii[i - 1] ?? 1) + extraMm, (tube.radii[i] ?? 1) + extraMm, z, value, clip);
  }
}

function paintTable(canvas: SliceCanvas): void {
  const arc = distanceToEllipse({ centre: [0, -330], radii: [520, 456] });
  const bounds = { left: -165, right: 165, top: 100, bottom: 140 };
  canvas.paint(bounds, (x, y) => Math.abs(arc(x, y)) - 1.2, -150);
  canvas.paint({ ...bounds, top: 60 }, (x, y) => Math.abs(arc(x, y) - 14) - 1, -350);
}

function paintBodyWall(canvas: SliceCanvas, z: number): void {
  const shoulder = smoothStep(50, 120, z);
  const waist = smoothStep(-20, -120, z);
  const body: EllipseShape = {
    centre: [0, 1],
    radii: [163 + 8 * shoulder - 5 * waist, 111 - 12 * shoulder],
    squareness: 0.3,
  };
  canvas.ellipse(body, hu.skin);
  canvas.ellipse({ ...body, radii: [body.radii[0] - 2.2, body.radii[1] - 2.2] }, hu.fat);
  const scale = cageScale(z);
  canvas.ellipse(scaled([0, 2], [144, 100], 0.25 + 0.75 * scale, 0.25), hu.muscle, undefined, 1.5);
  for (const side of [-1, 1]) {
    // Latissimus and shoulder girdle, breast muscle, and the muscles beside the spine.
    const upper = smoothStep(-30, 60, z);
    canvas.ellipse(
      { centre: [side * 128, 34], radii: [15 + 8 * upper, 46], rotation: side * 0.25 },
      hu.muscle,
      undefined,
      2,
    );
    if (upper > 0.1) {
      canvas.ellipse(
        { centre: [side * 66, -84 + 12 * shoulder], radii: [60 * upper, 11], rotation: side * 0.22 },
        hu.muscle,
      );
      canvas.ellipse(
        { centre: [side * 66, -92 + 12 * shoulder], radii: [56 * upper, 1.2], rotation: side * 0.22 },
        hu.fat,
      );
    }
    canvas.ellipse({ centre: [side * 27, 88 - 6 * shoulder], radii: [26, 15] }, hu.muscle, undefined, 1.5);
    paintScapula(canvas, z, side);
  }
}

function paintScapula(canvas: SliceCanvas, z: number, side: number): void {
  const height = smoothStep(-22, 10, z);
  if (height < 0.05) return;
  const shape: EllipseShape = { centre: [side * 112, 70], radii: [34 * height, 4], rotation: side * -0.62 };
  canvas.ellipse({ ...shape, radii: [36 * height, 11] }, hu.muscle, undefined, 2);
  canvas.ellipse(shape, hu.cortex * 0.8);
  canvas.ellipse({ ...shape, radii: [28 * height, 1.9] }, hu.marrow);
  if (z > 40) canvas.ellipse({ centre: [side * 134, 44], radii: [11, 13] }, hu.cortex * 0.7);
  if (z > 40) canvas.ellipse({ centre: [side * 134, 44], radii: [8.5, 10.5] }, hu.marrow);
}

function paintRibs(canvas: SliceCanvas, z: number): void {
  const scale = cageScale(z);
  const middle: EllipseShape = scaled(
    cage.centre,
    [cage.radii[0] + ribs.thicknessMm + 1, cage.radii[1] + ribs.thicknessMm + 1],
    scale,
    cage.squareness,
  );
  const fromRing = distanceToEllipse(middle);
  const outer = 1 + (1.7 * ribs.thicknessMm) / Math.min(...middle.radii);
  const inner = 1 - (1.7 * ribs.thicknessMm) / Math.min(...middle.radii);
  const bottom = canvas.lastRow(middle.centre[1] + middle.radii[1] * outer);
  for (let row = canvas.firstRow(middle.centre[1] - middle.radii[1] * outer); row <= bottom; row++) {
    const y = canvas.y(row);
    const reach = halfWidth(middle, y, outer);
    const hole = halfWidth(middle, y, inner);
    const left = canvas.firstColumn(-reach);
    const right = canvas.lastColumn(reach);
    for (let column = left; column <= right; column++) {
      const x = canvas.x(column);
      if (Math.abs(x) < hole) continue;
      const across = fromRing(x, y) / ribs.thicknessMm;
      if (across > 1.4 || across < -1.4) continue;
      const angle = Math.atan2(Math.abs(x), y - middle.centre[1]);
      if (angle < 0.16 || angle > 2.85) continue;
      const along = ribHeight(0, angle) - z;
      const rib = clamp(Math.round(along / ribs.pitchMm), 0, ribs.count - 1);
      const up = (along - rib * ribs.pitchMm) / ribs.heightMm;
      // From the middle of the rib (0) over its surface (1) outwards: marrow, cortex, and cartilage in front.
      const squared = across * across + up * up;
      const cover = clamp(0.5 - (squared - 1) * 1.6, 0, 1);
      if (cover === 0) continue;
      const marrow = clamp(0.5 - (squared - 0.42) * 1.6, 0, 1);
      const bone = hu.cortex * 0.9 + (hu.marrow - hu.cortex * 0.9) * marrow;
      const value = bone + (hu.cartilage - bone) * smoothStep(2.3, 2.4, angle);
      canvas.blend(row * canvas.columns + column, value, cover);
    }
  }
  if (z < 72 && z > -78) {
    const sternum: EllipseShape = {
      centre: [0, -92 * Math.min(1, scale + 0.06)],
      radii: [17 - Math.abs(z) * 0.05, 6.5],
      squareness: 0.4,
    };
    canvas.ellipse(sternum, hu.cortex * 0.6);
    canvas.ellipse({ ...sternum, radii: [sternum.radii[0] - 1.8, 4.8] }, hu.marrow * 0.7);
  }
  for (const clavicle of clavicles) {
    paintTube(canvas, clavicle, z, hu.muscle, undefined, 8);
    paintTube(canvas, clavicle, z, hu.cortex);
    paintTube(canvas, clavicle, z, hu.marrow, undefined, -2.6);
  }
}

function paintLungs(canvas: SliceCanvas, z: number, cavity: Mask, lungs: Mask, tree: readonly Tube[]): void {
  const { values, columns, rows } = canvas;
  for (let row = 0; row < rows; row++) {
    // Dependent lung is denser: it lies below, under its own weight.
    const lung = hu.lung + 26 * ((canvas.y(row) + 80) / 160);
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const open = cavity[i] ?? 0;
      if (open === 0) continue;
      const inside = open * (lungs[i] ?? 0);
      const before = values[i] ?? 0;
      values[i] = inside === 0 ? before + (hu.fat - before) * open : before + (lung - before) * inside;
    }
  }
  for (const vessel of tree) paintTube(canvas, vessel, z, hu.blood * 0.6, lungs);
  for (let spike = 0; spike < 7; spike++) {
    const turn = spike * 0.9;
    const [x, y, height] = nodule.centre;
    const tip = [x + 16 * Math.cos(turn), y + 15 * Math.sin(turn), height + 9 * Math.cos(turn * 2.3)] as const;
    canvas.rod(nodule.centre, tip, 2.6, 0.3, z, hu.nodule - 120, lungs);
  }
  paintEllipsoid(canvas, nodule, z, hu.nodule, undefined, 1.4);
}

function paintMediastinum(canvas: SliceCanvas, z: number, cavity: Mask): void {
  const scale = cageScale(z);
  // Fat fills what lies between the lungs: narrow at the great vessels, wide at the heart.
  const wide = smoothStep(40, -10, z);
  canvas.ellipse(
    { centre: [-2, -6 * scale], radii: [33 + 6 * wide, 74 * scale], squareness: 0.2 },
    hu.fat,
    cavity,
    1.2,
  );
  paintEllipsoid(canvas, heart.pericardium, z, hu.fat, cavity);
  paintEllipsoid(canvas, heart.myocardium, z, hu.myocardium, cavity);
  for (const chamber of heart.chambers) paintEllipsoid(canvas, chamber, z, hu.blood, cavity, 1.6);
  canvas.ellipse({ centre: [7, 31], radii: [8, 5.5] }, hu.muscle - 15);
  canvas.ellipse({ centre: [6, 30], radii: [2, 1.2] }, hu.air * 0.7);
  if (z > 66)
    for (const side of [-1, 1])
      canvas.ellipse({ centre: [side * 17, -2], radii: [9 * smoothStep(66, 90, z), 13] }, 170);
  for (const airway of Object.values(airways)) paintTube(canvas, airway, z, hu.muscle, undefined, 1.7);
  for (const vessel of Object.values(vessels)) paintTube(canvas, vessel, z, hu.blood);
  for (const vein of Object.values(veins)) paintTube(canvas, vein, z, hu.vein);
  for (const airway of Object.values(airways)) paintTube(canvas, airway, z, hu.air);
}

function paintAbdomen(canvas: SliceCanvas, z: number, cavity: Mask): void {
  if (z > -40) return;
  paintEllipsoid(canvas, abdomen.domeLeft, z, hu.fat, cavity);
  paintEllipsoid(canvas, abdomen.liver, z, hu.liver, cavity);
  const stomach = section(abdomen.stomach, z);
  if (stomach !== undefined) {
    canvas.ellipse({ ...stomach, radii: [stomach.radii[0] + 3, stomach.radii[1] + 3] }, hu.muscle + 20, cavity);
    canvas.ellipse(stomach, hu.fluid, cavity);
    // The patient lies on the back: air floats in front of fluid, with a level between.
    const inside = distanceToEllipse(stomach);
    const bounds = { left: 0, right: 90, top: -80, bottom: -20 };
    canvas.paint(bounds, (x, y) => Math.max(inside(x, y), y + 26), hu.air, cavity);
  }
  paintEllipsoid(canvas, abdomen.spleen, z, hu.spleen, cavity);
  const branch = smoothStep(-58, -80, z);
  if (branch > 0) {
    canvas.ellipse({ centre: [-40, 8], radii: [22 * branch, 3], rotation: -0.5 }, hu.blood - 20, cavity);
    canvas.ellipse({ centre: [-66, -26], radii: [3, 20 * branch], rotation: 0.5 }, hu.blood - 20, cavity);
    canvas.ellipse({ centre: [-24, 24], radii: [13, 9] }, hu.blood - 40, cavity);
  }
  for (const tube of [vessels.aorta]) paintTube(canvas, tube, z, hu.blood);
}

function paintSpine(canvas: SliceCanvas, z: number): void {
  const phase = (((z + 400) % spine.pitchMm) + spine.pitchMm) % spine.pitchMm;
  const inDisc = phase < spine.discMm;
  const body: EllipseShape = { centre: [spine.x, spine.y], radii: spine.radii, squareness: 0.25 };
  const behind = spine.y + 24;
  canvas.ellipse({ centre: [0, behind + 2], radii: [22, 17] }, hu.muscle, undefined, 2);
  if (inDisc) {
    canvas.ellipse(body, hu.disc);
  } else {
    canvas.ellipse(body, hu.cortex * 0.75);
    canvas.ellipse({ ...body, radii: [spine.radii[0] - 1.6, spine.radii[1] - 1.6] }, hu.marrow, undefined, 1.2);
  }
  const bone = hu.cortex * 0.85;
  if (phase > 8 && phase < 20) {
    for (const side of [-1, 1]) {
      canvas.rod([side * 12, behind - 8, z], [side * 15, behind, z], 5, 4.5, z, bone);
      canvas.rod([side * 13, behind, z], [side * 38, behind + 6, z], 5.5, 4, z, bone);
      canvas.rod([side * 13, behind, z], [side * 37, behind + 6, z], 3.4, 2.2, z, hu.marrow);
    }
  }
  if (phase > 4) {
    canvas.ellipse({ centre: [0, behind], radii: [15, 13.5] }, bone);
    canvas.rod([0, behind + 12, z], [0, behind + 27 - phase * 0.2, z], 4.4, 3, z, bone);
    canvas.rod([0, behind + 13, z], [0, behind + 26 - phase * 0.2, z], 2, 1.4, z, hu.marrow);
  }
  canvas.ellipse({ centre: [0, behind - 1], radii: [11, 9.5] }, hu.fat + 60);
  canvas.ellipse({ centre: [0, behind - 1], radii: [9, 7.5] }, hu.fluid);
  canvas.ellipse({ centre: [0, behind - 1], radii: [5.5, 4] }, 38);
}

function addGrain(canvas: SliceCanvas, z: number, grain: Float32Array): void {
  const slice = Math.round(z);
  const { values, columns, rows } = canvas;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      values[i] = Math.max(-1024, (values[i] ?? 0) + 11 * grainAt(grain, grainSize, column, row, slice));
    }
  }
}
