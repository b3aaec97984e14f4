import { InterfaceRef, type ObjectRef } from '@pothos/core';
import { InstanceNode, type SeriesNode } from '../planner/nodes.ts';
import type { AttributeSource } from './attribute-field.ts';
import { builder, type SchemaTypes } from './builder.ts';
import type { FrameNode } from './frame-node.ts';
import { ImageSource } from './image-source.ts';

type FullSchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
type ModuleRef = ReturnType<typeof builder.objectRef<AttributeSource>>;

/** A type of the graph whose objects a module can be asked of. */
export type ModuleParent =
  | ObjectRef<FullSchemaTypes, InstanceNode>
  | ObjectRef<FullSchemaTypes, SeriesNode>
  | ObjectRef<FullSchemaTypes, FrameNode>
  | InterfaceRef<FullSchemaTypes, InstanceNode>;

export interface ModuleOptions {
  /** What it tells: a sentence. */
  readonly description: string;
  /** Its name in PS3.3, and the section in brackets. */
  readonly definedIn: string;
  /** Where it is a field, and under which name. */
  readonly on: readonly (readonly [parent: ModuleParent, field: string])[];
  readonly fields: Parameters<ModuleRef['implement']>[0]['fields'];
}

/**
 * Adds a module of PS3.3 to the schema: a type of its attributes, and a field of that type on each parent.
 *
 * A module reads from what its parent reads from, so that its fields are planned as if they stood on the parent: those
 * that rows can tell cost no request. The object is always there; each of its fields is null where the attribute is
 * absent. Whether all of them are is not looked at, since that would cost every query of one of them the rest.
 */
export function addModule(name: string, { description, definedIn, on, fields }: ModuleOptions): ModuleRef {
  const type = builder.objectRef<AttributeSource>(name);
  type.implement({ description: `${description} ${definedIn}.`, ...(fields ? { fields } : {}) });
  // The field stands in many types: what it is called is enough there.
  const options = { type, nullable: false, description: `${definedIn.split(' (')[0]}.` } as const;
  for (const [parent, field] of on) {
    if (parent instanceof InterfaceRef) {
      builder.interfaceFields(parent, (t) => ({ [field]: t.field({ ...options, resolve: toSource }) }));
    } else {
      builder.objectFields(parent as ObjectRef<FullSchemaTypes, AttributeSource>, (t) => ({
        [field]: t.field({ ...options, resolve: toSource }),
      }));
    }
  }
  return type;
}

const toSource = (parent: AttributeSource): AttributeSource =>
  parent instanceof InstanceNode ? new ImageSource(parent) : parent;
