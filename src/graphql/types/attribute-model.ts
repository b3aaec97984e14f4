import type { AttributePath } from '../../dicom/attribute-path.ts';
import type { DataSet, Element } from '../../dicom/data-set.ts';
import type { InstanceNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';

/** An element, where it stands, and the instance that it was read from: a link to bulk data needs both. */
export interface AttributeModel<E extends Element = Element> {
  readonly element: E;
  readonly path: AttributePath;
  readonly instance: InstanceNode | null;
}

/** An item of a sequence, and where it stands. */
export interface ItemModel {
  readonly dataSet: DataSet;
  readonly path: AttributePath;
  readonly instance: InstanceNode | null;
}

/** Implemented in attribute.ts: what returns attributes needs only this. */
export const AttributeRef = builder.interfaceRef<AttributeModel>('Attribute');
