import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import { type InstanceType, type PixelUse, sopClassTable } from './sop-class-table.ts';
import { tag } from './tag.ts';

export type { InstanceType } from './sop-class-table.ts';

interface SopClass {
  readonly name: string;
  readonly type: InstanceType;
  readonly pixels: PixelUse;
}

/** How much of its instance a data set holds. */
export interface Completeness {
  /**
   * The whole data set is there, as metadata gives it: an attribute that is absent does not exist. In a row of a search,
   * the default, the origin may just not have told it.
   */
  readonly isComplete?: boolean;
}

const sopClasses: ReadonlyMap<string, SopClass> = new Map(
  sopClassTable.map(([uid, name, type, pixels]) => [`1.2.840.10008.5.1.4.${uid}`, { name, type, pixels }]),
);

const sopClassUid = tagOf('SOPClassUID');
const rows = tagOf('Rows');
const columns = tagOf('Columns');
const numberOfFrames = tagOf('NumberOfFrames');
const bitsAllocated = tagOf('BitsAllocated');
const pixelData = tag('7FE00010');
const floatPixelData = [tag('7FE00008'), tag('7FE00009')];

/** The name of a storage SOP Class, as in PS3.6 Table A-1; null for a private one, or one that came after this table. */
export function sopClassName(uid: string): string | null {
  return sopClasses.get(uid)?.name ?? null;
}

export function sopClassType(uid: string | null): InstanceType {
  return sopClasses.get(uid ?? '')?.type ?? 'OtherInstance';
}

/**
 * Whether an instance has pixel data; null where that cannot be told.
 *
 * Its absence from metadata says nothing: some archives leave compressed pixel data out. So the SOP Class decides first
 * (spectroscopy has Rows and Columns, but no pixels), then Rows and Columns: image objects cannot be without them
 * (PS3.3 §C.7.6.3), and an RT Dose has them where it has a grid.
 */
export function hasPixels(dataSet: DataSet, { isComplete = false }: Completeness = {}): boolean | null {
  if ([pixelData, ...floatPixelData].some((tag) => dataSet.element(tag)?.isEmpty === false)) return true;
  if (pixelUseOf(dataSet) === 'none') return false;
  const [height, width] = [dataSet.integer(rows), dataSet.integer(columns)];
  if (height !== null && width !== null) return height > 0 && width > 0;
  const isTold = isComplete || (dataSet.has(rows) && dataSet.has(columns));
  return isTold ? false : null;
}

/**
 * How many frames an instance has: 0 without pixel data, 1 where NumberOfFrames is absent, null where it is not known.
 *
 * Absent from a row of a search, NumberOfFrames is not taken for 1 where the SOP Class always has it: the origin left
 * it out.
 */
export function frameCountOf(dataSet: DataSet, { isComplete = false }: Completeness = {}): number | null {
  const isPixels = hasPixels(dataSet, { isComplete });
  if (isPixels !== true) return isPixels === null ? null : 0;
  const element = dataSet.element(numberOfFrames);
  if (!element || element.isEmpty) {
    return pixelUseOf(dataSet) === 'multi' && !isComplete ? null : 1;
  }
  const count = dataSet.integer(numberOfFrames);
  return count !== null && count > 0 ? count : null;
}

/**
 * Whether an instance can be shown as an image (PS3.18 §8.7.4): its pixel data is there and made of integers. Floating
 * point parametric maps have no rendering that the standard defines. Null where that cannot be told.
 */
export function isRenderable(dataSet: DataSet, completeness: Completeness = {}): boolean | null {
  const isFloat = floatPixelData.some((tag) => dataSet.has(tag));
  const isFloatMap =
    sopClassType(dataSet.text(sopClassUid)) === 'ParametricMap' && (dataSet.integer(bitsAllocated) ?? 0) > 16;
  return isFloat || isFloatMap ? false : hasPixels(dataSet, completeness);
}

/** A SOP Class that is not known may have pixels: private ones often are images. */
function pixelUseOf(dataSet: DataSet): PixelUse {
  return sopClasses.get(dataSet.text(sopClassUid) ?? '')?.pixels ?? 'single';
}
