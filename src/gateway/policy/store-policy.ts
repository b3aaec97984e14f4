import type { RowGuard } from '../../access/row-guard.ts';
import { DataSet } from '../../dicom/data-set.ts';
import type { Uid } from '../../dicom/uid.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import { OriginError } from '../../origin/origin-errors.ts';
import { search } from '../../origin/search.ts';
import { Part10Error } from '../../part10/part10-error.ts';
import { readHead } from '../../part10/read-head.ts';
import type { FileSource } from '../../part10/read-identity.ts';
import type { Source } from '../source.ts';
import { createJudgedInstances } from './judged-instances.ts';
import { visibleInstances } from './visible-instances.ts';

/** Whether a file may be stored by the one for whom the link was minted. */
export type MayStore = (file: FileSource, study: Uid) => Promise<boolean>;

const headBytes = [64 * 1024, 4 * 2 ** 20];

/**
 * A file may be stored where it may be seen by its own attributes, and where something may be seen of its study, if the origin
 * has that: nobody adds to a study that is not theirs to see.
 *
 * @param source - Of everything that the origin has, as it is now.
 * @throws {OriginError} From each call: what the origin has could not be asked.
 */
export function createStorePolicy(source: Source, guard: RowGuard, options: RequestOptions): MayStore {
  const studies = new Map<Uid, Promise<boolean>>();
  const judged = createJudgedInstances();

  async function isOpen(study: Uid): Promise<boolean> {
    if (!(await hasStudy(source, study, options))) return true;
    return (await visibleInstances(source, { study }, guard, judged, options)).length > 0;
  }

  return async (file, study) => {
    const dataSet = attributesOf(file, guard);
    if (dataSet === null || guard.judge(() => dataSet) !== true) return false;
    const known = studies.get(study) ?? isOpen(study);
    studies.set(study, known);
    return known;
  };
}

/** null: they cannot be told, or in two ways. */
function attributesOf(file: FileSource, { tags }: RowGuard): DataSet | null {
  for (const size of headBytes) {
    try {
      const json = readHead(file.subarray(0, Math.min(size, file.length)), tags, size >= file.length);
      if (json !== null) return DataSet.parse(json);
    } catch (error) {
      if (error instanceof Part10Error) return null;
      throw error;
    }
  }
  return null;
}

async function hasStudy({ origin }: Source, study: Uid, options: RequestOptions): Promise<boolean> {
  const query = { level: 'series', scope: { study }, matches: new Map(), includeFields: [], limit: 1 } as const;
  try {
    return (await search(origin, query, options)).dataSets.length > 0;
  } catch (error) {
    // Some origins answer so where they have nothing of the study yet.
    if (error instanceof OriginError && error.status === 404) return false;
    throw error;
  }
}
