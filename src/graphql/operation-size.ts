import { type DocumentNode, type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';

/** Selections nested deeper than this are refused; the deepest question of the schema needs about 15. */
export const maxDepth = 30;

interface Size {
  readonly fields: number;
  readonly depth: number;
}

/**
 * Measures an operation that has passed validation: fields with fragments spread, and how deep they are nested. A
 * fragment is measured once, so that fragments of fragments cost their reader nothing.
 *
 * @returns COST_LIMIT or DEPTH_LIMIT, with need and limit; null where the operation keeps within both.
 */
export function findExcess(
  document: DocumentNode,
  operationName: string | null | undefined,
  maxCost: number,
): GraphQLError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Size>();

  function measure(selectionSet: SelectionSetNode | undefined): Size {
    let [fields, depth] = [0, 0];
    for (const selection of selectionSet?.selections ?? []) {
      const isField = selection.kind === Kind.FIELD;
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD ? ofFragment(selection.name.value) : measure(selection.selectionSet);
      fields += below.fields + (isField ? 1 : 0);
      depth = Math.max(depth, below.depth + (isField ? 1 : 0));
    }
    return { fields, depth };
  }

  function ofFragment(name: string): Size {
    const known = measured.get(name);
    if (known) return known;
    const size = measure(fragments.get(name)?.selectionSet);
    measured.set(name, size);
    return size;
  }

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName != null && definition.name?.value !== operationName) continue;
    const { fields, depth } = measure(definition.selectionSet);
    if (fields > maxCost) return bound('COST_LIMIT', 'selects too many fields', fields, maxCost);
    if (depth > maxDepth) return bound('DEPTH_LIMIT', 'is nested too deep', depth, maxDepth);
  }
  return null;
}

const bound = (code: 'COST_LIMIT' | 'DEPTH_LIMIT', what: string, need: number, limit: number): GraphQLError =>
  new GraphQLError(`The operation ${what}: ${need}, of at most ${limit}`, {
    extensions: { code, retryable: false, need, limit },
  });
