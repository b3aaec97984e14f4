import { type GraphQLNamedType, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import type { OperationAudit } from '../../audit/operation-audit.ts';
import { InstanceNode, SeriesNode, StudyNode } from '../../planner/nodes.ts';
import { PatientNode } from '../patient-node.ts';

/** Where the trail of an operation is found; null: none is kept. */
export interface Audited {
  readonly audit: OperationAudit | null;
}

/** Makes every field that gives objects of a study say so to the operation's trail. Once a schema. */
export function observeNodes(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || !givesNodes(getNamedType(field.type))) continue;
      field.resolve = (source, args, context: Audited, info) => {
        const value: unknown = resolve(source, args, context, info);
        const { audit } = context;
        if (audit === null) return value;
        const tell = (given: unknown): unknown => {
          tellOf(given, audit);
          return given;
        };
        return value instanceof Promise ? value.then(tell) : tell(value);
      };
    }
  }
  return schema;
}

function givesNodes(type: GraphQLNamedType): boolean {
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  if (type.name === 'Node' || type.name === 'Patient' || type.name.endsWith('Connection')) return true;
  return type.getInterfaces().some(({ name }) => name === 'Node');
}

function tellOf(value: unknown, audit: OperationAudit): void {
  if (value instanceof StudyNode || value instanceof SeriesNode || value instanceof InstanceNode) {
    audit.saw(value.loaders.origin.id, value.study);
  } else if (value instanceof PatientNode) {
    tellOf(value.study, audit);
  } else if (Array.isArray(value)) {
    for (const one of value) if (!(one instanceof Promise)) tellOf(one, audit);
    for (const one of value) if (one instanceof Promise) one.then((node) => tellOf(node, audit)).catch(() => undefined);
  } else if (typeof value === 'object' && value !== null && 'edges' in value && Array.isArray(value.edges)) {
    for (const { node } of value.edges) tellOf(node, audit);
  }
}
