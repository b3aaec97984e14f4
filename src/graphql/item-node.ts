import type { AttributePath } from '../dicom/attribute-path.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import { InstanceNode } from '../planner/nodes.ts';
import type { AttributeSource } from './attribute-field.ts';

/** An item of a sequence as a source of fields: `t.attribute` reads from it as from an instance. */
export class ItemNode implements AttributeSource {
  readonly dataSet: DataSet;
  /** From the instance (or study or series) that it was read from. */
  readonly path: AttributePath;
  /** What a link to bulk data in it needs. Null: read from a study or a series. */
  readonly instance: InstanceNode | null;

  constructor(dataSet: DataSet, path: AttributePath, instance: InstanceNode | null) {
    this.dataSet = dataSet;
    this.path = path;
    this.instance = instance;
  }

  read(): DataSet {
    return this.dataSet;
  }

  placeOf() {
    return { path: this.path, instance: this.instance };
  }

  /** The items of a sequence in it. */
  items(tag: Tag): readonly ItemNode[] {
    return itemsOf(this, this.dataSet, tag);
  }
}

/** Sources that know where in an instance the data set stands that they give for an attribute. */
interface Placed {
  placeOf(tag: Tag): { readonly path: AttributePath; readonly instance: InstanceNode | null };
}

const isPlaced = (source: object): source is Placed => 'placeOf' in source;

/** The items of a sequence of a source, in the order of the data set that was read for it. */
export function itemsOf(source: AttributeSource, dataSet: DataSet, tag: Tag): readonly ItemNode[] {
  const { path, instance } = isPlaced(source)
    ? source.placeOf(tag)
    : { path: [], instance: source instanceof InstanceNode ? source : null };
  return dataSet.items(tag).map((item, index) => new ItemNode(item, [...path, { tag, item: index }], instance));
}
