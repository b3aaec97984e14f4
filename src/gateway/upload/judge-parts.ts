import { type FailedInstance, failureReasons } from '../../dicom/store-response.ts';
import { isUid, type Uid } from '../../dicom/uid.ts';
import { findExistingInstances } from '../../origin/existing-instances.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef } from '../../origin/resource.ts';
import { Part10Error } from '../../part10/part10-error.ts';
import { type FileIdentity, readIdentity } from '../../part10/read-identity.ts';
import type { MayStore } from '../policy/store-policy.ts';
import type { Spooled } from './spool.ts';

/** A file that may be relayed. */
export interface GoodPart {
  readonly identity: FileIdentity;
  readonly file: Spooled;
}

/** What may be relayed, and what not, and why. */
export interface Verdict {
  readonly good: readonly GoodPart[];
  readonly refused: readonly FailedInstance[];
  /** Failure Reasons of files that cannot be read. */
  readonly unreadable: readonly number[];
}

/**
 * Judges every file before the origin sees any of them: that it can be read, that it is of the granted study, that the policy
 * allows it, and that no instance has its SOP Instance UID, at the origin or earlier in the same upload.
 *
 * @param study - The granted one; null: any.
 * @param mayStore - Absent: whatever passes the rest.
 * @throws {FacadeError} The origin cannot be asked what it has.
 */
export async function judgeParts(
  origin: Origin,
  study: Uid | null,
  files: readonly Spooled[],
  options: RequestOptions,
  mayStore?: MayStore,
): Promise<Verdict> {
  const unreadable: number[] = [];
  const refused: FailedInstance[] = [];
  const readable: GoodPart[] = [];
  for (const file of files) {
    const identity = identityOf(file);
    if (identity === null) unreadable.push(failureReasons.cannotUnderstand);
    else if (study !== null && identity.studyUid !== study) refused.push(failed(identity, failureReasons.otherStudy));
    else if (mayStore && !(await mayStore(file.source(), identity.studyUid))) {
      refused.push(failed(identity, failureReasons.notAuthorized));
    } else readable.push({ identity, file });
  }
  const taken = new Set<Uid>(await findExistingInstances(origin, readable.flatMap(refsOf), options));
  const good: GoodPart[] = [];
  for (const part of readable) {
    const uids = refsOf(part).map(({ instance }) => instance);
    if (uids.some((uid) => taken.has(uid))) {
      refused.push(failed(part.identity, failureReasons.duplicateInstance));
    } else {
      good.push(part);
      for (const uid of uids) taken.add(uid);
    }
  }
  return { good, refused, unreadable };
}

function identityOf(file: Spooled): FileIdentity | null {
  try {
    return readIdentity(file.source());
  } catch (error) {
    if (error instanceof Part10Error) return null;
    throw error;
  }
}

/** An origin may go by the data set or by the File Meta Information, which name another instance in some real files. */
function refsOf({ identity: { studyUid: study, seriesUid: series, sopInstanceUid, meta } }: GoodPart): InstanceRef[] {
  const other = meta.mediaStorageSopInstanceUid;
  const instances = isUid(other) && other !== sopInstanceUid ? [sopInstanceUid, other] : [sopInstanceUid];
  return instances.map((instance) => ({ study, series, instance }));
}

const failed = ({ sopClassUid, sopInstanceUid }: FileIdentity, failureReason: number): FailedInstance => ({
  sopClassUid,
  sopInstanceUid,
  failureReason,
});
