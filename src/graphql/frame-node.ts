import type { AttributePath } from '../dicom/attribute-path.ts';
import { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { FoundInGroup, FunctionalGroups } from '../dicom/functional-groups.ts';
import type { Tag } from '../dicom/tag.ts';
import type { InstanceNode } from '../planner/nodes.ts';
import type { AttributeSource } from './attribute-field.ts';

/** Where a frame stands: never said of several frames by one value of the instance. */
const positional = new Set(['ImagePositionPatient', 'SliceLocation', 'InStackPositionNumber'].map(tagOf));
const nothing = DataSet.parse({});

/** One frame as a source of fields: its own functional groups, the shared ones, then its instance (PS3.3 §C.7.6.16). */
export class FrameNode implements AttributeSource {
  readonly instance: InstanceNode;
  readonly number: number;
  /** Null: the object has no functional groups. */
  readonly groups: FunctionalGroups | null;
  readonly #isOnly: boolean;

  constructor(instance: InstanceNode, number: number, groups: FunctionalGroups | null, isOnly: boolean) {
    this.instance = instance;
    this.number = number;
    this.groups = groups;
    this.#isOnly = isOnly;
  }

  read(tag: Tag): DataSet | Promise<DataSet> {
    const found = this.find(tag);
    if (found) return found.dataSet;
    return positional.has(tag) && !this.#isOnly ? nothing : this.instance.read(tag);
  }

  /** An attribute in the functional groups that hold for this frame, and the path to it. */
  find(tag: Tag): FoundInGroup | null {
    return this.groups?.findOfFrame(this.number, tag) ?? null;
  }

  /** The groups of this frame alone. */
  get own(): DataSet | null {
    return this.groups?.own(this.number) ?? null;
  }

  placeOf(tag: Tag): { path: AttributePath; instance: InstanceNode } {
    return { path: this.find(tag)?.path ?? [], instance: this.instance };
  }
}
