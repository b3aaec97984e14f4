import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';

/** Bounds of a document, held before it is validated: what reads it takes more than linear time. */
export interface DocumentBounds {
  /** Lexical tokens: names, values and punctuation. Default 10,000. */
  readonly maxTokens: number;
  /** Selections nested in each other, with fragments spread. Default 30; the deepest question of the schema needs about 15. */
  readonly maxDepth: number;
  /** Fields that one operation selects, with fragments spread. Default 2,000. */
  readonly maxFields: number;
  /** Default 500. */
  readonly maxAliases: number;
  /** Default 200. */
  readonly maxDirectives: number;
}

export const defaultDocumentBounds: DocumentBounds = {
  maxTokens: 10_000,
  maxDepth: 30,
  maxFields: 2_000,
  maxAliases: 500,
  maxDirectives: 200,
};

/** Validation compares fragments with each other, and looks at each for every operation. */
const maxFragments = 200;
const maxOperations = 50;

interface Size {
  readonly fields: number;
  readonly depth: number;
}

/** Counted where they are written, not where fragments are spread. */
interface Written {
  aliases: number;
  directives: number;
}

/**
 * Checks a document against its bounds, in time that grows with what is written in it: a fragment is measured once, so that
 * fragments of fragments cost their reader nothing.
 *
 * @throws {GraphQLError} COST_LIMIT or DEPTH_LIMIT, with need and limit. GRAPHQL_VALIDATION_FAILED: a fragment spreads itself.
 */
export function checkDocument(document: DocumentNode, bounds: DocumentBounds): void {
  const written: Written = { aliases: 0, directives: 0 };
  const selections = new Map<string, SelectionSetNode>();
  const operations: SelectionSetNode[] = [];
  let fragments = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition.selectionSet);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments++;
      selections.set(definition.name.value, definition.selectionSet);
    }
    if ('directives' in definition) written.directives += definition.directives?.length ?? 0;
    if ('variableDefinitions' in definition) {
      for (const { directives } of definition.variableDefinitions ?? []) written.directives += directives?.length ?? 0;
    }
  }
  keepTo('operations', operations.length, maxOperations);
  keepTo('fragments', fragments, maxFragments);

  const measured = new Map<string, Size | 'begun'>();
  const sizeOfFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known === 'begun') throw cycle(name);
    if (known !== undefined) return known;
    measured.set(name, 'begun');
    const size = measure(selections.get(name), sizeOfFragment, written);
    measured.set(name, size);
    return size;
  };
  for (const name of selections.keys()) sizeOfFragment(name);
  const sizes = operations.map((selectionSet) => measure(selectionSet, sizeOfFragment, written));

  keepTo('aliases', written.aliases, bounds.maxAliases);
  keepTo('directives', written.directives, bounds.maxDirectives);
  for (const { fields, depth } of [...sizes, ...measured.values()].filter((size) => size !== 'begun')) {
    if (depth > bounds.maxDepth) throw passed('DEPTH_LIMIT', 'document is nested too deep', depth, bounds.maxDepth);
    keepTo('fields', fields, bounds.maxFields);
  }
}

function measure(
  selectionSet: SelectionSetNode | undefined,
  sizeOfFragment: (name: string) => Size,
  written: Written,
): Size {
  let [fields, depth] = [0, 0];
  for (const selection of selectionSet?.selections ?? []) {
    written.directives += selection.directives?.length ?? 0;
    const isField = selection.kind === Kind.FIELD;
    if (isField && selection.alias) written.aliases++;
    const below =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? sizeOfFragment(selection.name.value)
        : measure(selection.selectionSet, sizeOfFragment, written);
    fields += below.fields + (isField ? 1 : 0);
    depth = Math.max(depth, below.depth + (isField ? 1 : 0));
  }
  return { fields, depth };
}

function keepTo(what: string, need: number, limit: number): void {
  if (need > limit) throw passed('COST_LIMIT', `document has too many ${what}`, need, limit);
}

/** A bound that is passed: 400, but 200 for those who accept application/json alone (GraphQL over HTTP §6.4.1). */
export const passed = (code: 'COST_LIMIT' | 'DEPTH_LIMIT', what: string, need: number, limit: number): GraphQLError =>
  new GraphQLError(`The ${what}: ${need}, of at most ${limit}`, {
    extensions: { code, retryable: false, need, limit, http: { status: 400, spec: true } },
  });

const cycle = (name: string): GraphQLError =>
  new GraphQLError(`Fragment "${name}" spreads itself`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400, spec: true } },
  });
