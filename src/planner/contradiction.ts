import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { OriginError } from '../origin/origin-errors.ts';

const sopClassUid = tagOf('SOPClassUID');
const refusals: ReadonlySet<number> = new Set([204, 400, 404, 405, 406, 414, 501]);

/** The origin answers that there is no such resource, or that it does not do this. */
export const isRefused = (error: unknown): boolean => error instanceof OriginError && refusals.has(error.status ?? 0);

/** 400: the origin does not do what it was asked for. */
export const isBadRequest = (error: unknown): boolean => error instanceof OriginError && error.status === 400;

/**
 * Metadata of which a part only came: every instance has a SOP Class UID (PS3.3 §C.12.1), and Orthanc with
 * `StudiesMetadata: MainDicomTags` leaves it out with nearly everything else.
 */
export const isPartialMetadata = (dataSets: readonly DataSet[]): boolean =>
  dataSets.every((dataSet) => !dataSet.has(sopClassUid));
