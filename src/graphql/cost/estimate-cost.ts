import {
  type FieldNode,
  type GraphQLCompositeType,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import type { Capabilities } from '../../origin/capabilities/capabilities.ts';
import type { Level } from '../../origin/search.ts';
import type { FieldDeclaration } from '../../planner/declaration.ts';
import { foreseeRequests } from '../../planner/foresee-requests.ts';
import { readNeed } from '../../planner/need.ts';
import { reckonSize } from './list-sizes.ts';
import { type Reading, type SelectedField, selectFields } from './select-fields.ts';

/** What an operation is reckoned to come to, before any of it is done. */
export interface CostEstimate {
  /** `values + linkCost * links + requestCost * requests`. */
  readonly cost: number;
  /** Fields of the answer, each as often as its object: what is written into the answer, and the work to read it. */
  readonly values: number;
  readonly links: number;
  /** Origin requests, by the plan that would be made. */
  readonly requests: number;
  /** Values that are in no list. */
  readonly valuesAtRoot: number;
  /** Of each list: the values of one of its objects, without those in lists below it. */
  readonly valuesPerObject: ReadonlyMap<FieldNode, number>;
}

/** A signature takes about as long as writing so many values. */
export const linkCost = 5;
/** A request to an origin takes about as long as writing so many values. */
export const requestCost = 1_000;

const linkTypes: ReadonlySet<string> = new Set([
  'SignedUrl',
  'SignedUrlTemplate',
  'SignedDicomwebRoot',
  'CreateUploadPayload',
]);

/** Types whose objects are found by a search or a lookup, by the level of their rows. */
const levels: Readonly<Record<string, Level>> = {
  Study: 'study',
  StudyConnection: 'study',
  Node: 'study',
  Patient: 'study',
  Series: 'series',
  SeriesConnection: 'series',
  Instance: 'instance',
  InstanceConnection: 'instance',
};

/** Pages that a scan of all studies is reckoned to read. */
const scanRequests = 5;

/**
 * Reckons the cost of an operation from its selection, its variables, the pages that it asks for and the requests that would
 * be planned for them. docs/limits.md has the formula, with examples.
 *
 * Bounds on the document's size and depth are to hold already: the walk visits every selected field once.
 *
 * @param limit - Where the cost passes it, no more requests are planned: the cost is then more than what is told.
 * @param capabilitiesOf - Of an origin by its id; without an id, of the default. Null: there is none.
 */
export function estimateCost(
  reading: Reading,
  operation: OperationDefinitionNode,
  limit: number,
  capabilitiesOf: (originId: string | null) => Capabilities | null,
): CostEstimate {
  const valuesPerObject = new Map<FieldNode, number>();
  let [values, links, requests] = [0, 0, 0];
  const costOf = (): number => values + linkCost * links + requestCost * requests;

  /**
   * @param count - Objects of this type.
   * @param page - Of a connection: objects on its page.
   * @returns Values of one object, without those in lists.
   */
  function visit(
    type: GraphQLCompositeType,
    nodes: readonly { readonly selectionSet?: FieldNode['selectionSet'] }[],
    count: number,
    page: number | null,
  ): number {
    const selected = selectFields(
      reading,
      type,
      nodes.map(({ selectionSet }) => selectionSet),
    );
    values += count * selected.length;
    let own = selected.length;
    for (const one of selected) own += visitField(one, count, page);
    return own;
  }

  function visitField(selected: SelectedField, count: number, page: number | null): number {
    const { type, field, nodes } = selected;
    const below = getNamedType(field.type);
    if (!isCompositeType(below)) return 0;
    const [node] = nodes;
    const args = argumentsOf(selected);
    const isConnection = below.name.endsWith('Connection');
    const isList = isListType(getNullableType(field.type));
    const size = isList && page !== null ? page : isList || isConnection ? reckonSize(type.name, field, args) : 1;
    if (linkTypes.has(below.name)) links += count;
    requests += requestsOf(selected, args, count, size);
    const perObject = visit(below, nodes, isList ? count * size : count, isConnection ? size : null);
    if (!isList) return perObject;
    valuesPerObject.set(node, Math.max(perObject, valuesPerObject.get(node) ?? 0));
    return 0;
  }

  function argumentsOf({ field, nodes: [node] }: SelectedField): Readonly<Record<string, unknown>> {
    try {
      return getArgumentValues(field, node, reading.variables);
    } catch {
      return {}; // execution says what is wrong with them
    }
  }

  function requestsOf(
    { type, field, nodes }: SelectedField,
    args: Readonly<Record<string, unknown>>,
    count: number,
    size: number,
  ): number {
    const { enters } = (field.extensions['dicom'] ?? {}) as FieldDeclaration;
    const isRoot = type === reading.schema.getQueryType();
    if ((!isRoot && enters !== 'search') || costOf() > limit) return 0;
    const below = getNamedType(field.type);
    if (below.name === 'StudyStatistics') return scanRequests;
    const level = levels[below.name];
    if (level === undefined) return isRoot ? 0 : count;
    const { origin } = args;
    const capabilities = capabilitiesOf(typeof origin === 'string' ? origin : null);
    if (capabilities === null || !isObjectType(type)) return count;
    const info = {
      schema: reading.schema,
      fragments: reading.fragments,
      variableValues: reading.variables,
      parentType: type,
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
    };
    return count * foreseeRequests(readNeed(info, level), size, capabilities);
  }

  const root = reading.schema.getRootType(operation.operation);
  const valuesAtRoot = root ? visit(root, [operation], 1, null) : 0;
  return { cost: costOf(), values, links, requests, valuesAtRoot, valuesPerObject };
}
