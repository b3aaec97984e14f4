import { type Ellipsoid, heart, nodule } from '../anatomy/thorax.ts';
import { phantomUid } from '../phantom-uid.ts';
import { ctGrid, heightOfSlice } from './ct-grid.ts';

/** A code: value, scheme, meaning. */
type Coded = readonly [string, string, string];

/** What the demo's segmentation and measurements are of. */
export interface RegionFacts {
  readonly number: number;
  readonly label: string;
  readonly solid: Ellipsoid;
  readonly category: Coded;
  readonly type: Coded;
  readonly site: Coded;
  readonly trackingUid: string;
  /** Recommended Display CIELab Value, of a colour with white D50 (PS3.3 §C.10.7.1.1). */
  readonly cieLab: readonly number[];
}

export const regionFacts: readonly RegionFacts[] = [
  {
    number: 1,
    label: 'Nodule 1',
    solid: nodule,
    category: ['49755003', 'SCT', 'Morphologically Abnormal Structure'],
    type: ['27925004', 'SCT', 'Nodule'],
    site: ['42400003', 'SCT', 'Upper lobe of right lung'],
    trackingUid: phantomUid('ct-chest/nodule'),
    cieLab: [43908, 46774, 48830],
  },
  {
    number: 2,
    label: 'Heart',
    solid: heart.pericardium,
    category: ['123037004', 'SCT', 'Anatomical Structure'],
    type: ['80891009', 'SCT', 'Heart'],
    site: ['80891009', 'SCT', 'Heart'],
    trackingUid: phantomUid('ct-chest/heart'),
    cieLab: [35119, 45489, 39835],
  },
];

/** The section of a region with one slice: a byte a pixel, 0 or 1. */
export interface RegionSection {
  /** Number of the slice, from 1. */
  readonly slice: number;
  readonly mask: Uint8Array;
}

/** A region with its sections and what was measured on the slices. */
export interface Region extends RegionFacts {
  readonly sections: readonly RegionSection[];
  readonly voxels: number;
  readonly meanHu: number;
  readonly deviationHu: number;
}

/** Gathers the regions while slices are painted: which pixels, and their values. */
export class RegionGatherer {
  readonly #regions = regionFacts.map((facts) => ({
    facts,
    sections: [] as RegionSection[],
    voxels: 0,
    sum: 0,
    sumOfSquares: 0,
  }));

  /** @param values - Hounsfield units of the slice, before they are rounded for storage. */
  add(slice: number, values: Float32Array): void {
    for (const region of this.#regions) {
      const mask = sectionOf(region.facts.solid, heightOfSlice(slice));
      if (mask === null) continue;
      region.sections.push({ slice, mask });
      for (const [i, inside] of mask.entries()) {
        if (inside === 0) continue;
        const value = Math.round(values[i] ?? 0);
        region.voxels++;
        region.sum += value;
        region.sumOfSquares += value * value;
      }
    }
  }

  finish(): readonly Region[] {
    return this.#regions.map(({ facts, sections, voxels, sum, sumOfSquares }) => {
      const mean = sum / voxels;
      return {
        ...facts,
        sections,
        voxels,
        meanHu: mean,
        deviationHu: Math.sqrt(Math.max(0, sumOfSquares / voxels - mean * mean)),
      };
    });
  }
}

/** Pixels whose middle lies in the solid; null where the slice passes it by. */
function sectionOf({ centre, radii }: Ellipsoid, z: number): Uint8Array | null {
  const { size, spacingMm } = ctGrid;
  const height = ((z - centre[2]) / radii[2]) ** 2;
  if (height >= 1) return null;
  const mask = new Uint8Array(size * size);
  let found = false;
  for (let row = 0; row < size; row++) {
    const down = (((row - (size - 1) / 2) * spacingMm - centre[1]) / radii[1]) ** 2;
    for (let column = 0; column < size; column++) {
      const across = (((column - (size - 1) / 2) * spacingMm - centre[0]) / radii[0]) ** 2;
      if (height + down + across > 1) continue;
      mask[row * size + column] = 1;
      found = true;
    }
  }
  return found ? mask : null;
}
