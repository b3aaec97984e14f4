import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';

const [shared, perFrame, identification, referencedSegment, segmentationType] = [
  tagOf('SharedFunctionalGroupsSequence'),
  tagOf('PerFrameFunctionalGroupsSequence'),
  tagOf('SegmentIdentificationSequence'),
  tagOf('ReferencedSegmentNumber'),
  tagOf('SegmentationType'),
];

/** Frames of each segment, of segmentations that were asked for it: their number of frames goes into thousands. */
const known = new WeakMap<DataSet, ReadonlyMap<number, readonly number[]>>();

/**
 * The frames of a segmentation that show one of its segments, from 1 (PS3.3 §C.8.20.3.1). Null: a label map, in which
 * every frame shows all segments.
 */
export function framesOfSegment(dataSet: DataSet, segment: number): readonly number[] | null {
  if (dataSet.text(segmentationType) === 'LABELMAP') return null;
  const frames = known.get(dataSet) ?? collectFrames(dataSet);
  known.set(dataSet, frames);
  return frames.get(segment) ?? [];
}

function collectFrames(dataSet: DataSet): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  const ofAll = segmentOf(dataSet.items(shared)[0]);
  for (const [index, groups] of dataSet.items(perFrame).entries()) {
    const segment = segmentOf(groups) ?? ofAll;
    if (segment === null) continue;
    const frames = found.get(segment);
    if (frames) frames.push(index + 1);
    else found.set(segment, [index + 1]);
  }
  return found;
}

/** Several numbers in one frame are not allowed but in a tree of surfaces: the first counts. */
const segmentOf = (groups: DataSet | undefined): number | null =>
  groups?.items(identification)[0]?.integer(referencedSegment) ?? null;
