import { distanceToSegment, type Vec3 } from './vector.ts';

/** Millimetres from the edge of a shape, in the plane of the slice: negative inside. Need be right near the edge only. */
export type Distance = (x: number, y: number) => number;

/** What a shape may change: 1 inside, 0 outside, a part of it on the edge. The values of a canvas painted with 1 on 0. */
export type Mask = Float32Array;

export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface EllipseShape {
  readonly centre: readonly [number, number];
  readonly radii: readonly [number, number];
  /** Radians, from the column direction to the row direction. */
  readonly rotation?: number;
  /** 0 for an ellipse, up to 1 for one with the shoulders of a squared circle. */
  readonly squareness?: number;
}

/**
 * One slice, painted shape over shape with smooth edges. Coordinates are millimetres from the centre of the slice: x to
 * the patient's left (columns), y to the back (rows).
 */
export class SliceCanvas {
  readonly columns: number;
  readonly rows: number;
  readonly spacingMm: number;
  readonly values: Float32Array;

  constructor(columns: number, rows: number, spacingMm: number) {
    this.columns = columns;
    this.rows = rows;
    this.spacingMm = spacingMm;
    this.values = new Float32Array(columns * rows);
  }

  clear(background: number): void {
    this.values.fill(background);
  }

  x(column: number): number {
    return (column - (this.columns - 1) / 2) * this.spacingMm;
  }

  y(row: number): number {
    return (row - (this.rows - 1) / 2) * this.spacingMm;
  }

  /** Paints `value` where `distance` is negative, inside `clip` only. `softMm` is half the width of the edge. */
  paint(bounds: Bounds, distance: Distance, value: number, clip?: Mask, softMm = this.spacingMm / 2): void {
    const left = this.firstColumn(bounds.left - softMm);
    const right = this.lastColumn(bounds.right + softMm);
    const bottom = this.lastRow(bounds.bottom + softMm);
    for (let row = this.firstRow(bounds.top - softMm); row <= bottom; row++) {
      this.paintEdge(row, left, right, distance, value, clip, softMm);
    }
  }

  ellipse(shape: EllipseShape, value: number, clip?: Mask, softMm = this.spacingMm / 2): void {
    const distance = distanceToEllipse(shape);
    if ((shape.rotation ?? 0) !== 0) {
      this.paint(boundsOf(shape), distance, value, clip, softMm);
      return;
    }
    // The inside of an ellipse needs no distances: its rows are known, and most of a slice is inside of something.
    const { centre, radii } = shape;
    const smallest = Math.min(...radii);
    const reach = 1 + softMm / smallest;
    const core = 1 - softMm / smallest;
    const bottom = this.lastRow(centre[1] + radii[1] * reach);
    for (let row = this.firstRow(centre[1] - radii[1] * reach); row <= bottom; row++) {
      const y = this.y(row);
      const outer = halfWidth(shape, y, reach);
      if (outer < 0) continue;
      const left = this.firstColumn(centre[0] - outer);
      const right = this.lastColumn(centre[0] + outer);
      const inner = core > 0 ? halfWidth(shape, y, core) : -1;
      if (inner < this.spacingMm) {
        this.paintEdge(row, left, right, distance, value, clip, softMm);
        continue;
      }
      const from = Math.max(left, this.firstColumn(centre[0] - inner) + 1);
      const to = Math.min(right, this.lastColumn(centre[0] + inner) - 1);
      this.paintEdge(row, left, from - 1, distance, value, clip, softMm);
      for (let i = row * this.columns + from; i <= row * this.columns + to; i++) {
        if (clip === undefined) this.values[i] = value;
        else this.blend(i, value, clip[i] ?? 0);
      }
      this.paintEdge(row, to + 1, right, distance, value, clip, softMm);
    }
  }

  /** The section at height `z` of a rod with round ends. */
  rod(from: Vec3, to: Vec3, radiusFrom: number, radiusTo: number, z: number, value: number, clip?: Mask): void {
    const widest = Math.max(radiusFrom, radiusTo);
    if (z < Math.min(from[2], to[2]) - widest || z > Math.max(from[2], to[2]) + widest) return;
    const bounds = {
      left: Math.min(from[0], to[0]) - widest,
      right: Math.max(from[0], to[0]) + widest,
      top: Math.min(from[1], to[1]) - widest,
      bottom: Math.max(from[1], to[1]) + widest,
    };
    this.paint(bounds, (x, y) => distanceToSegment(x, y, z, from, to, radiusFrom, radiusTo), value, clip);
  }

  /** The first and last column or row that touches a coordinate, within the slice. */
  firstColumn(x: number): number {
    return Math.max(0, Math.floor(x / this.spacingMm + (this.columns - 1) / 2));
  }

  lastColumn(x: number): number {
    return Math.min(this.columns - 1, Math.ceil(x / this.spacingMm + (this.columns - 1) / 2));
  }

  firstRow(y: number): number {
    return Math.max(0, Math.floor(y / this.spacingMm + (this.rows - 1) / 2));
  }

  lastRow(y: number): number {
    return Math.min(this.rows - 1, Math.ceil(y / this.spacingMm + (this.rows - 1) / 2));
  }

  /** Moves a pixel towards a value: 0 not at all, 1 all the way. */
  blend(index: number, value: number, share: number): void {
    const before = this.values[index] ?? 0;
    this.values[index] = before + (value - before) * share;
  }

  private paintEdge(
    row: number,
    left: number,
    right: number,
    distance: Distance,
    value: number,
    clip: Mask | undefined,
    softMm: number,
  ): void {
    const y = this.y(row);
    for (let column = left; column <= right; column++) {
      const away = distance(this.x(column), y);
      if (away >= softMm) continue;
      const index = row * this.columns + column;
      const coverage = away <= -softMm ? 1 : 0.5 - away / (2 * softMm);
      this.blend(index, value, clip === undefined ? coverage : coverage * (clip[index] ?? 0));
    }
  }
}

/** Half the width at height `y` of an ellipse without rotation whose radii are `scale` times as long; -1: none. */
export function halfWidth({ centre, radii, squareness = 0 }: EllipseShape, y: number, scale: number): number {
  const v = (y - centre[1]) / radii[1];
  const vv = v * v;
  const cross = 1 - squareness;
  const root = cross * cross * vv * vv - vv * vv + scale * scale * scale * scale;
  const uu = root < 0 ? -1 : Math.sqrt(root) - cross * vv;
  return uu < 0 ? -1 : radii[0] * Math.sqrt(uu);
}

function boundsOf({ centre, radii, rotation = 0 }: EllipseShape): Bounds {
  const reachX = rotation === 0 ? radii[0] : Math.max(...radii);
  const reachY = rotation === 0 ? radii[1] : Math.max(...radii);
  return { left: centre[0] - reachX, right: centre[0] + reachX, top: centre[1] - reachY, bottom: centre[1] + reachY };
}

/** How far a point is from the edge of an ellipse, measured along the ray from its centre. */
export function distanceToEllipse({ centre, radii, rotation = 0, squareness = 0 }: EllipseShape): Distance {
  const [cx, cy] = centre;
  const [rx, ry] = radii;
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const cross = 2 * (1 - squareness);
  return (px, py) => {
    const dx = px - cx;
    const dy = py - cy;
    const u = (dx * cos + dy * sin) / rx;
    const v = (dy * cos - dx * sin) / ry;
    const uu = u * u;
    const vv = v * v;
    const radius = Math.sqrt(Math.sqrt(uu * uu + vv * vv + cross * uu * vv));
    return radius < 1e-6 ? -Math.min(rx, ry) : Math.sqrt(dx * dx + dy * dy) * (1 - 1 / radius);
  };
}
