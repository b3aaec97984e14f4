import type { DataSet, JsonDataSet, JsonElement } from './data-set.ts';
import { tagOf } from './dictionary.ts';

/** Failure Reason (0008,1197): what a store says of an instance that it did not take (PS3.18 §I.2.2, PS3.7 §C). */
export const failureReasons = {
  processingFailure: 0x0110,
  duplicateInstance: 0x0111,
  sopClassNotSupported: 0x0122,
  notAuthorized: 0x0124,
  outOfResources: 0xa700,
  /** Of the range "data set does not match": its Study Instance UID is not that of the request. */
  otherStudy: 0xa901,
  cannotUnderstand: 0xc000,
} as const;

export interface StoredInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Warning Reason (0008,1196): it was stored, but for something. */
  readonly warningReason: number | null;
  /** null: not told. */
  readonly retrieveUrl: string | null;
}

export interface FailedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly failureReason: number;
}

/** What became of each instance of a request to store. */
export interface StoreResult {
  readonly stored: readonly StoredInstance[];
  readonly failed: readonly FailedInstance[];
  /** Failure Reasons of what has no UIDs that could be read. */
  readonly otherFailures: readonly number[];
  /** Of the study; null: not told. */
  readonly retrieveUrl: string | null;
}

const tags = {
  retrieveUrl: tagOf('RetrieveURL'),
  referencedSopClassUid: tagOf('ReferencedSOPClassUID'),
  referencedSopInstanceUid: tagOf('ReferencedSOPInstanceUID'),
  warningReason: tagOf('WarningReason'),
  failureReason: tagOf('FailureReason'),
  failedSopSequence: tagOf('FailedSOPSequence'),
  referencedSopSequence: tagOf('ReferencedSOPSequence'),
  otherFailuresSequence: tagOf('OtherFailuresSequence'),
} as const;

/** The data set that answers a request to store (PS3.18 §10.5.3, Table I.2-1). Sequences without items are left out. */
export function toStoreResponse({ stored, failed, otherFailures, retrieveUrl }: StoreResult): JsonDataSet {
  const dataSet: Record<string, JsonElement> = { [tags.retrieveUrl]: one('UR', retrieveUrl) };
  if (failed.length > 0) {
    dataSet[tags.failedSopSequence] = sequence(
      failed.map((instance) => ({
        ...references(instance),
        [tags.failureReason]: one('US', instance.failureReason),
      })),
    );
  }
  if (stored.length > 0) {
    dataSet[tags.referencedSopSequence] = sequence(
      stored.map((instance) => ({
        ...references(instance),
        [tags.retrieveUrl]: one('UR', instance.retrieveUrl),
        ...(instance.warningReason === null ? {} : { [tags.warningReason]: one('US', instance.warningReason) }),
      })),
    );
  }
  if (otherFailures.length > 0) {
    dataSet[tags.otherFailuresSequence] = sequence(
      otherFailures.map((reason) => ({ [tags.failureReason]: one('US', reason) })),
    );
  }
  return dataSet;
}

/** Reads such a data set. What lacks a UID is left out; a failure without a reason is a processing failure. */
export function parseStoreResponse(dataSet: DataSet): StoreResult {
  const reasonOf = (item: DataSet): number => item.integer(tags.failureReason) ?? failureReasons.processingFailure;
  return {
    stored: dataSet.items(tags.referencedSopSequence).flatMap((item) => {
      const named = namesOf(item);
      if (named === null) return [];
      return [{ ...named, warningReason: item.integer(tags.warningReason), retrieveUrl: item.text(tags.retrieveUrl) }];
    }),
    failed: dataSet.items(tags.failedSopSequence).flatMap((item) => {
      const named = namesOf(item);
      return named === null ? [] : [{ ...named, failureReason: reasonOf(item) }];
    }),
    otherFailures: dataSet.items(tags.otherFailuresSequence).map(reasonOf),
    retrieveUrl: dataSet.text(tags.retrieveUrl),
  };
}

/** All stored; some stored, or with warnings; none stored, for bad syntax or for another reason (PS3.18 Table 10.5.3-1). */
export function storeStatus({ stored, failed, otherFailures }: StoreResult): 200 | 202 | 400 | 409 {
  if (stored.length === 0) {
    const reasons = [...otherFailures, ...failed.map(({ failureReason }) => failureReason)];
    return reasons.every((reason) => reason >= failureReasons.cannotUnderstand) ? 400 : 409;
  }
  const isWhole = failed.length === 0 && otherFailures.length === 0;
  return isWhole && stored.every(({ warningReason }) => warningReason === null) ? 200 : 202;
}

function namesOf(item: DataSet): { readonly sopClassUid: string; readonly sopInstanceUid: string } | null {
  const sopInstanceUid = item.uid(tags.referencedSopInstanceUid);
  if (sopInstanceUid === null) return null;
  return { sopClassUid: item.uid(tags.referencedSopClassUid) ?? '', sopInstanceUid };
}

const references = ({ sopClassUid, sopInstanceUid }: { sopClassUid: string; sopInstanceUid: string }): JsonDataSet => ({
  [tags.referencedSopClassUid]: one('UI', sopClassUid),
  [tags.referencedSopInstanceUid]: one('UI', sopInstanceUid),
});

const one = (vr: string, value: string | number | null): JsonElement =>
  value === null || value === '' ? { vr } : { vr, Value: [value] };

const sequence = (items: readonly JsonDataSet[]): JsonElement => ({ vr: 'SQ', Value: items });
