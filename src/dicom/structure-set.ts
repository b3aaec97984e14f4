import type { Rgb } from './cielab.ts';
import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';

/** A region of interest: what three sequences of a structure set say of one ROI Number. */
export interface StructureSetRoi {
  /** Of StructureSetROISequence, and its index there. */
  readonly roi: DataSet;
  readonly index: number;
  /** Of ROIContourSequence. Null: no contours. */
  readonly contour: DataSet | null;
  /** Of RTROIObservationsSequence; the first, where there are several. */
  readonly observation: DataSet | null;
}

const roiSequence = tagOf('StructureSetROISequence');
const contourSequence = tagOf('ROIContourSequence');
const observationSequence = tagOf('RTROIObservationsSequence');
const roiNumber = tagOf('ROINumber');
const referencedRoiNumber = tagOf('ReferencedROINumber');
const contours = tagOf('ContourSequence');
const displayColor = tagOf('ROIDisplayColor');

/** The regions of a structure set, in its order (PS3.3 §C.8.8.5, §C.8.8.6, §C.8.8.8). */
export function readRois(dataSet: DataSet): readonly StructureSetRoi[] {
  const contourOf = byRoi(dataSet.items(contourSequence));
  const observationOf = byRoi(dataSet.items(observationSequence));
  return dataSet.items(roiSequence).map((roi, index) => {
    const number = roi.integer(roiNumber);
    return {
      roi,
      index,
      contour: number === null ? null : (contourOf.get(number) ?? null),
      observation: number === null ? null : (observationOf.get(number) ?? null),
    };
  });
}

function byRoi(items: readonly DataSet[]): ReadonlyMap<number, DataSet> {
  const found = new Map<number, DataSet>();
  for (const item of items) {
    const number = item.integer(referencedRoiNumber);
    if (number !== null && !found.has(number)) found.set(number, item);
  }
  return found;
}

export const contourCountOf = ({ contour }: StructureSetRoi): number => contour?.items(contours).length ?? 0;

/** Three integers from 0 to 255 (PS3.3 §C.8.8.6). Null: absent, or something else. */
export function roiColorOf({ contour }: StructureSetRoi): Rgb | null {
  const channels = contour?.numbers(displayColor) ?? [];
  const [red, green, blue] = channels;
  if (channels.length !== 3 || red == null || green == null || blue == null) return null;
  return [red, green, blue].every((one) => Number.isInteger(one) && one >= 0 && one <= 255)
    ? { red, green, blue }
    : null;
}
