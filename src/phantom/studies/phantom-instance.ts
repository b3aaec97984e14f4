import { explicitVrLittleEndian } from '../../dicom/transfer-syntax.ts';
import type { TissueMap } from '../anatomy/tissue-map.ts';
import type { Projection } from '../image/projection.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';

/** One file of a study, before it is written. */
export interface PhantomInstance {
  /** Below the folder of the study: `axial/0001`. */
  readonly path: string;
  readonly dataSet: PhantomDataSet;
  readonly transferSyntaxUid: string;
}

/** What studies of one run share, so that it is computed once. */
export interface PhantomWorkshop {
  /** Slices of one head by their height: both dates and all weightings show the same. */
  readonly headSlices: Map<number, TissueMap>;
  /** The thorax of both chest radiographs. */
  thorax?: Projection;
}

/** Computes the instances of a study one by one: a caller that waits between two lets others have the processor. */
export type StudyBuilder = (workshop: PhantomWorkshop) => Iterable<PhantomInstance> | AsyncIterable<PhantomInstance>;

export function instance(
  series: string,
  instanceNumber: number,
  dataSet: PhantomDataSet,
  transferSyntaxUid: string = explicitVrLittleEndian,
): PhantomInstance {
  return { path: `${series}/${String(instanceNumber).padStart(4, '0')}`, dataSet, transferSyntaxUid };
}
