import { clamp, type Vec3 } from './vector.ts';

/** A rod of one or more pieces; `radii` in millimetres, one a point. A hollow one has a core of another density. */
export interface ProjectedRod {
  readonly points: readonly Vec3[];
  readonly radii: readonly number[];
  /** Added to the path for each millimetre of the shell. */
  readonly density: number;
  /** The core: its share of the radius, and its density, less than the shell's. */
  readonly core?: { readonly share: number; readonly density: number };
}

/**
 * A radiograph before the film: for each pixel the length of the ray through each solid times its density, summed.
 * Parallel rays along y (front to back); columns run along x, rows from the head downwards.
 */
export class Projection {
  readonly columns: number;
  readonly rows: number;
  readonly spacingMm: number;
  readonly path: Float32Array;
  private readonly shells: Float32Array;
  private readonly cores: Float32Array;
  private line = new Float32Array(0);
  private readonly middle: readonly [number, number];

  /** @param middle - x and z of the centre of the picture, in millimetres. */
  constructor(columns: number, rows: number, spacingMm: number, middle: readonly [number, number]) {
    this.columns = columns;
    this.rows = rows;
    this.spacingMm = spacingMm;
    this.middle = middle;
    this.path = new Float32Array(columns * rows);
    this.shells = new Float32Array(columns * rows);
    this.cores = new Float32Array(columns * rows);
  }

  copy(): Projection {
    const copy = new Projection(this.columns, this.rows, this.spacingMm, this.middle);
    copy.path.set(this.path);
    return copy;
  }

  x(column: number): number {
    return this.middle[0] + (column - (this.columns - 1) / 2) * this.spacingMm;
  }

  z(row: number): number {
    return this.middle[1] - (row - (this.rows - 1) / 2) * this.spacingMm;
  }

  column(x: number): number {
    return (x - this.middle[0]) / this.spacingMm + (this.columns - 1) / 2;
  }

  row(z: number): number {
    return (this.middle[1] - z) / this.spacingMm + (this.rows - 1) / 2;
  }

  /**
   * Fills the picture with what is smooth enough to be asked for at every second pixel; the others lie between.
   *
   * @param pathAt - For a height the function that gives the path at x.
   */
  fillSmooth(pathAt: (z: number) => (x: number) => number): void {
    const { columns, rows, path } = this;
    for (let row = 0; row < rows; row += 2) {
      const at = pathAt(this.z(row));
      const start = row * columns;
      for (let column = 0; column < columns; column += 2) path[start + column] = at(this.x(column));
      for (let column = 1; column < columns; column += 2) {
        const left = path[start + column - 1] ?? 0;
        path[start + column] = column + 1 < columns ? (left + (path[start + column + 1] ?? 0)) / 2 : left;
      }
      if (row === 0) continue;
      for (let i = start; i < start + columns; i++) {
        path[i - columns] = ((path[i - 2 * columns] ?? 0) + (path[i] ?? 0)) / 2;
      }
    }
    if (rows % 2 === 0) path.copyWithin((rows - 1) * columns, (rows - 2) * columns, (rows - 1) * columns);
  }

  addRod(rod: ProjectedRod): void {
    this.addJoined([rod]);
  }

  /** Adds rods that are one solid: where they or their pieces overlap, the longest ray counts, not the sum. */
  addJoined(rods: readonly ProjectedRod[]): void {
    const box = { left: this.columns, right: -1, top: this.rows, bottom: -1 };
    for (const rod of rods) {
      for (let i = 1; i < rod.points.length; i++) {
        const from = rod.points[i - 1];
        const to = rod.points[i];
        if (from === undefined || to === undefined) continue;
        this.addPiece(from, to, rod.radii[i - 1] ?? 1, rod.radii[i] ?? 1, rod, box);
      }
    }
    for (let row = box.top; row <= box.bottom; row++) {
      for (let i = row * this.columns + box.left; i <= row * this.columns + box.right; i++) {
        this.path[i] = (this.path[i] ?? 0) + (this.shells[i] ?? 0) - (this.cores[i] ?? 0);
        this.shells[i] = 0;
        this.cores[i] = 0;
      }
    }
  }

  private addPiece(
    from: Vec3,
    to: Vec3,
    radiusFrom: number,
    radiusTo: number,
    { density, core }: ProjectedRod,
    box: { left: number; right: number; top: number; bottom: number },
  ): void {
    const widest = Math.max(radiusFrom, radiusTo);
    const left = Math.max(0, Math.floor(this.column(Math.min(from[0], to[0]) - widest)));
    const right = Math.min(this.columns - 1, Math.ceil(this.column(Math.max(from[0], to[0]) + widest)));
    const top = Math.max(0, Math.floor(this.row(Math.max(from[2], to[2]) + widest)));
    const bottom = Math.min(this.rows - 1, Math.ceil(this.row(Math.min(from[2], to[2]) - widest)));
    if (left > right || top > bottom) return;
    box.left = Math.min(box.left, left);
    box.right = Math.max(box.right, right);
    box.top = Math.min(box.top, top);
    box.bottom = Math.max(box.bottom, bottom);
    const ax = to[0] - from[0];
    const az = to[2] - from[2];
    const flat = ax * ax + az * az;
    // A rod that points at the film is crossed along its length: the ray grows, up to a bound.
    const tilt = Math.min(2.2, Math.sqrt((flat + (to[1] - from[1]) ** 2) / Math.max(flat, 1e-6)));
    const coreSquared = (core?.share ?? 0) ** 2;
    const coreChange = core === undefined ? 0 : density - core.density;
    for (let row = top; row <= bottom; row++) {
      const pz = this.z(row) - from[2];
      for (let column = left; column <= right; column++) {
        const px = this.x(column) - from[0];
        const t = flat === 0 ? 0 : clamp((px * ax + pz * az) / flat, 0, 1);
        const dx = px - ax * t;
        const dz = pz - az * t;
        const radius = radiusFrom + (radiusTo - radiusFrom) * t;
        const squared = radius * radius - dx * dx - dz * dz;
        if (squared <= 0) continue;
        const i = row * this.columns + column;
        const shell = Math.sqrt(squared) * density * 2 * tilt;
        if (shell > (this.shells[i] ?? 0)) this.shells[i] = shell;
        const inner = squared - radius * radius * (1 - coreSquared);
        if (inner <= 0) continue;
        const hollow = Math.sqrt(inner) * coreChange * 2 * tilt;
        if (hollow > (this.cores[i] ?? 0)) this.cores[i] = hollow;
      }
    }
  }

  /** Spreads each ray over its neighbours, as soft tissue does that has no sharp edges. `reach` in pixels. */
  soften(reach: number): void {
    // Two passes of a running mean along each axis: nearly a Gaussian, at a cost that does not grow with the reach.
    for (let pass = 0; pass < 2; pass++) {
      for (let row = 0; row < this.rows; row++) this.runningMean(row * this.columns, 1, this.columns, reach);
      for (let column = 0; column < this.columns; column++) this.runningMean(column, this.columns, this.rows, reach);
    }
  }

  private runningMean(start: number, step: number, count: number, reach: number): void {
    const at = (i: number): number => this.path[start + clamp(i, 0, count - 1) * step] ?? 0;
    const line = this.line.length >= count ? this.line : new Float32Array(count);
    this.line = line;
    let sum = 0;
    for (let i = -reach; i <= reach; i++) sum += at(i);
    for (let i = 0; i < count; i++) {
      line[i] = sum / (2 * reach + 1);
      sum += at(i + reach + 1) - at(i - reach);
    }
    for (let i = 0; i < count; i++) this.path[start + i * step] = line[i] ?? 0;
  }
}
