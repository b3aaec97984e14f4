/** What a voxel of the head is made of. A {@link TissueMap} holds positions in this list. */
export const tissues = [
  'air',
  'fat',
  'bone',
  'muscle',
  'fluid',
  'grey',
  'white',
  'deepGrey',
  'lesion',
  'blood',
] as const;
export type Tissue = (typeof tissues)[number];

const positions = new Map<Tissue, number>(tissues.map((tissue, position) => [tissue, position]));

/** Pixels of a slice; the origin is in its middle. */
export interface SliceGrid {
  readonly columns: number;
  readonly rows: number;
  readonly spacingMm: number;
}

/** One slice of the head: for each voxel two tissues, and the share of the second. */
export interface TissueMap {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly share: Float32Array;
}

/** The voxel being drawn: tissue is laid over tissue, and of two the edge runs through the voxel. */
export class TissueBrush {
  first = 0;
  second = 0;
  share = 0;

  put(tissue: Tissue): void {
    this.first = positions.get(tissue) ?? 0;
    this.second = this.first;
    this.share = 0;
  }

  /** Lays a tissue where `distance`, in millimetres from its edge, is negative. `softMm`: half the width of the edge. */
  lay(tissue: Tissue, distance: number, softMm: number): void {
    if (distance >= softMm) return;
    const cover = distance <= -softMm ? 1 : 0.5 - distance / (2 * softMm);
    if (cover > 0.999) {
      this.put(tissue);
      return;
    }
    // Of two tissues already there the larger part counts.
    if (this.share > 0.5) this.first = this.second;
    this.second = positions.get(tissue) ?? 0;
    this.share = cover;
  }

  load(map: TissueMap, i: number): void {
    this.first = map.first[i] ?? 0;
    this.second = map.second[i] ?? 0;
    this.share = map.share[i] ?? 0;
  }

  store(map: TissueMap, i: number): void {
    map.first[i] = this.first;
    map.second[i] = this.second;
    map.share[i] = this.share;
  }
}

export function createTissueMap({ columns, rows }: SliceGrid): TissueMap {
  const size = columns * rows;
  return { first: new Uint8Array(size), second: new Uint8Array(size), share: new Float32Array(size) };
}

/** Calls back for every voxel of a slice with its place in the arrays and in millimetres. */
export function forEachVoxel(grid: SliceGrid, draw: (i: number, x: number, y: number) => void): void {
  const { columns, rows, spacingMm } = grid;
  for (let row = 0; row < rows; row++) {
    const y = (row - (rows - 1) / 2) * spacingMm;
    for (let column = 0; column < columns; column++) {
      draw(row * columns + column, (column - (columns - 1) / 2) * spacingMm, y);
    }
  }
}

/** An ellipse of one tissue, in a slice. `paired`: there is another on the other side. */
export interface TissueEllipse {
  readonly tissue: Tissue;
  readonly centre: readonly [number, number];
  readonly radii: readonly [number, number];
  readonly rotation?: number;
  readonly squareness?: number;
  readonly softMm?: number;
  readonly paired?: boolean;
}
