import type { AttributePath } from './attribute-path.ts';
import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import { isPrivateTag, type Tag } from './tag.ts';

/** Storage SOP Classes whose frames are described by functional groups (PS3.3 §A.1.4), below 1.2.840.10008.5.1.4.1.1. */
const classes: ReadonlySet<string> = new Set(
  [
    ...['2.1', '2.2', '4.1', '4.3', '4.4', '6.2', '6.3', '12.1.1', '12.2.1', '13.1.1', '13.1.2', '13.1.3', '13.1.4'],
    ...['13.1.5', '14.1', '14.2', '30', '66.4', '66.7', '66.8', '77.1.5.4', '77.1.5.8', '77.1.6', '77.1.8', '77.1.9'],
    ...['128.1', '130', '481.23', '481.24', '501.1'],
  ].map((suffix) => `1.2.840.10008.5.1.4.1.1.${suffix}`),
);

/** Whether instances of a SOP Class have functional groups: what single-frame images say at their top is in them. */
export function hasFunctionalGroups(sopClassUid: string | null): boolean {
  return classes.has(sopClassUid ?? '');
}

/** The data set that an attribute stands in, and the path to that. */
export interface FoundInGroup {
  readonly dataSet: DataSet;
  readonly path: AttributePath;
}

const shared = tagOf('SharedFunctionalGroupsSequence');
const perFrame = tagOf('PerFrameFunctionalGroupsSequence');

/**
 * The functional groups of an enhanced multi-frame object (PS3.3 §C.7.6.16): what all frames share, and what each has of
 * its own. A group that a frame has of its own is not among the shared ones.
 */
export class FunctionalGroups {
  readonly #shared: DataSet | undefined;
  readonly #frames: readonly DataSet[];

  private constructor(sharedGroups: DataSet | undefined, frames: readonly DataSet[]) {
    this.#shared = sharedGroups;
    this.#frames = frames;
  }

  /** Null: an object without functional groups. */
  static of(dataSet: DataSet): FunctionalGroups | null {
    const [sharedGroups] = dataSet.items(shared);
    const frames = dataSet.items(perFrame);
    return sharedGroups === undefined && frames.length === 0 ? null : new FunctionalGroups(sharedGroups, frames);
  }

  /** The groups of a frame alone, without the shared ones. */
  own(frame: number): DataSet | null {
    return this.#frames[frame - 1] ?? null;
  }

  /** Where a frame has an attribute: in its own groups, else in the shared ones. Frames are counted from 1. */
  findOfFrame(frame: number, tag: Tag): FoundInGroup | null {
    const own = this.#frames[frame - 1];
    return (own ? findIn(own, tag, [{ tag: perFrame, item: frame - 1 }]) : null) ?? this.findShared(tag);
  }

  /** Where all frames have an attribute: in the shared groups, or in those of the only frame. */
  findShared(tag: Tag): FoundInGroup | null {
    const found = this.#shared ? findIn(this.#shared, tag, [{ tag: shared, item: 0 }]) : null;
    const [only, second] = this.#frames;
    return found ?? (only && !second ? findIn(only, tag, [{ tag: perFrame, item: 0 }]) : null);
  }
}

/** A macro is a sequence of one item, as a rule. Private groups repeat attributes in meanings of their own. */
function findIn(groups: DataSet, tag: Tag, path: AttributePath): FoundInGroup | null {
  if (groups.has(tag)) return { dataSet: groups, path };
  for (const macro of groups.tags()) {
    if (isPrivateTag(macro)) continue;
    const [item] = groups.items(macro);
    if (item?.has(tag)) return { dataSet: item, path: [...path, { tag: macro, item: 0 }] };
  }
  return null;
}
