import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isCompositeType,
  isUnionType,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';

/** An operation with what it depends on. */
export interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One field of the answer: every place of the document that selects it, merged as execution merges them. */
export interface SelectedField {
  readonly type: GraphQLCompositeType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: [FieldNode, ...FieldNode[]];
}

/**
 * The fields that some selections of one object come to, with fragments, `@skip` and `@include`. A deferred fragment counts:
 * it is answered later, but answered. Fragments on several types count each, although an object is of one of them.
 */
export function selectFields(
  reading: Reading,
  type: GraphQLCompositeType,
  selectionSets: readonly (SelectionSetNode | undefined)[],
): readonly SelectedField[] {
  const selected = new Map<string, SelectedField>();
  const spread = new Set<string>();

  function collect(at: GraphQLCompositeType, selectionSet: SelectionSetNode | undefined): void {
    for (const selection of selectionSet?.selections ?? []) {
      if (isLeftOut(selection, reading.variables)) continue;
      if (selection.kind === 'Field') {
        const field = fieldOf(reading.schema, at, selection.name.value);
        if (!field) continue;
        const key = `${at.name} ${(selection.alias ?? selection.name).value}`;
        const known = selected.get(key);
        if (known) known.nodes.push(selection);
        else selected.set(key, { type: at, field, nodes: [selection] });
        continue;
      }
      const isSpread = selection.kind === 'FragmentSpread';
      if (isSpread && spread.has(selection.name.value)) continue;
      if (isSpread) spread.add(selection.name.value);
      const fragment = isSpread ? reading.fragments[selection.name.value] : selection;
      const condition = fragment?.typeCondition && reading.schema.getType(fragment.typeCondition.name.value);
      collect(isCompositeType(condition) ? condition : at, fragment?.selectionSet);
    }
  }

  for (const selectionSet of selectionSets) collect(type, selectionSet);
  return [...selected.values()];
}

/** Introspection has fields that stand on no type. */
function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (type === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isUnionType(type) ? undefined : type.getFields()[name];
}

function isLeftOut(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (!node.directives?.length) return false;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return true;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false;
}
