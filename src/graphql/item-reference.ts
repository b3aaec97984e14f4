import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { type Reference, referencesIn } from '../dicom/references.ts';
import type { Uid } from '../dicom/uid.ts';
import type { InstanceNode } from '../planner/nodes.ts';

const sopInstanceUid = tagOf('ReferencedSOPInstanceUID');
const sopClassUid = tagOf('ReferencedSOPClassUID');
const frameNumber = tagOf('ReferencedFrameNumber');
const segmentNumber = tagOf('ReferencedSegmentNumber');
const purposeOfReference = tagOf('PurposeOfReferenceCodeSequence');

/** A reference that one item makes, and the instance that the item is in. */
export interface ItemReference extends Reference {
  readonly from: InstanceNode;
}

const known = new WeakMap<DataSet, ReadonlyMap<Uid, Reference>>();

/** All references of a data set by their instance, read once: reports make thousands of them. */
function referencesByInstance(metadata: DataSet, study: Uid): ReadonlyMap<Uid, Reference> {
  const found =
    known.get(metadata) ?? new Map(referencesIn(metadata, study).map((one) => [one.sopInstanceUid, one] as const));
  known.set(metadata, found);
  return found;
}

/**
 * The instance that an item refers to, with the frames and segments of this reference alone, and the series and study
 * that the whole data set tells of it (evidence of a report, Referenced Series Sequence). Null: the item names none.
 */
export function referenceOfItem(instance: InstanceNode, metadata: DataSet, item: DataSet): ItemReference | null {
  const uid = item.uid(sopInstanceUid);
  if (uid === null) return null;
  const all = referencesByInstance(metadata, instance.study).get(uid);
  return {
    from: instance,
    sopInstanceUid: uid,
    sopClassUid: item.uid(sopClassUid) ?? all?.sopClassUid ?? null,
    seriesInstanceUid: all?.seriesInstanceUid ?? null,
    studyInstanceUid: all?.studyInstanceUid ?? null,
    frameNumbers: item.numbers(frameNumber).filter((number) => number !== null),
    segmentNumbers: item.numbers(segmentNumber).filter((number) => number !== null),
    purposes: [...item.items(purposeOfReference)],
  };
}
