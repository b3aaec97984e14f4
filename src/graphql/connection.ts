import type { ArgBuilder, InputFieldMap, ObjectRef } from '@pothos/core';
import { encodeCursor, type Position, parseCursor, questionHash } from '../planner/cursor.ts';
import type { SchemaTypes } from './builder.ts';
import { builder } from './builder.ts';

/** What a list field resolves to. Cursors are made when they are asked for. */
export interface ConnectionModel<Node> {
  readonly edges: readonly EdgeModel<Node>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Null unless exact. */
  readonly totalCount: number | null;
}

export interface EdgeModel<Node> {
  readonly node: Node;
  readonly cursor: () => string;
}

type FullSchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
type NodeRef<Node> = ObjectRef<FullSchemaTypes, Node> | ReturnType<typeof builder.interfaceRef<Node>>;

const PageInfo = builder.objectRef<ConnectionModel<unknown>>('PageInfo').implement({
  description: 'Where a page stands (Relay Cursor Connections). Pages go forward only.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      nullable: false,
      description: 'There is more, or there may be: a search that has looked at 20,000 rows ends its page.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      nullable: false,
      description: 'This page began after a cursor.',
    }),
    startCursor: t.string({ description: 'Of the first edge.', resolve: ({ edges }) => edges[0]?.cursor() ?? null }),
    endCursor: t.string({
      description: 'Of the last edge: `after` of the next page.',
      resolve: ({ edges }) => edges.at(-1)?.cursor() ?? null,
    }),
  }),
});

/**
 * Adds the connection and the edge of a type to the schema.
 *
 * The two casts stand for what the types of the builder cannot say: that a reference to `Node` resolves to a `Node`.
 */
export function addConnection<Node>(name: string, nodes: string, nodeRef: NodeRef<Node>) {
  const Edge = builder.objectRef<EdgeModel<Node>>(`${name}Edge`).implement({
    description: `One of the ${nodes}, and where it stands.`,
    fields: (t) => ({
      cursor: t.string({
        nullable: false,
        description: 'Opaque; good for the same list, filter and order.',
        resolve: ({ cursor }) => cursor(),
      }),
      node: t.field({
        type: nodeRef as ObjectRef<FullSchemaTypes, Node>,
        nullable: false,
        description: 'The object itself.',
        resolve: ({ node }) => node as never,
      }),
    }),
  });
  return builder.objectRef<ConnectionModel<Node>>(`${name}Connection`).implement({
    description: `A page of ${nodes}.`,
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        nullable: { list: false, items: false },
        description: 'With cursors.',
        resolve: ({ edges }) => edges,
      }),
      nodes: t.field({
        type: [nodeRef as ObjectRef<FullSchemaTypes, Node>],
        nullable: { list: false, items: false },
        description: 'Without cursors.',
        resolve: ({ edges }) => edges.map(({ node }) => node) as never,
      }),
      pageInfo: t.field({
        type: PageInfo,
        nullable: false,
        description: 'Where the page stands.',
        resolve: (page) => page,
      }),
      totalCount: t.field({
        type: 'Count',
        description: 'All matches, on all pages. Null unless it is exact.',
        resolve: ({ totalCount }) => totalCount,
      }),
    }),
  });
}

/** `first` and `after` of a list. */
export const pageArguments = (t: { arg: ArgBuilder<FullSchemaTypes> }, first: number, limit: number) =>
  ({
    first: t.arg.int({ defaultValue: first, description: `Objects on the page: 0 to ${limit}.` }),
    after: t.arg.string({ description: 'endCursor of the page before.' }),
  }) satisfies InputFieldMap;

/**
 * A page of a list that is there whole, in its order.
 *
 * @param question - What the list is: its parent and filter. A cursor is good for the same question only.
 * @throws {FacadeError} BAD_USER_INPUT: the cursor is of another question.
 */
export function pageOfAll<Node>(
  all: readonly Node[],
  question: unknown,
  first: number,
  after: string | null,
): ConnectionModel<Node> {
  const hash = questionHash(question);
  const position = after === null ? null : parseCursor(hash, after, 'index');
  const start = position?.kind === 'index' ? position.index : 0;
  const page = all.slice(start, start + first);
  const at = (index: number): Position => ({ kind: 'index', index });
  return {
    edges: page.map((node, offset) => ({ node, cursor: () => encodeCursor(hash, at(start + offset + 1)) })),
    hasNextPage: start + page.length < all.length,
    hasPreviousPage: start > 0,
    totalCount: all.length,
  };
}
