import type { ASTNode, GraphQLError } from 'graphql';

/** An error may be about every field of a document; more places than these tell nobody anything. */
const maxPlaces = 4;

/** The same error with the places that its tokens tell: documents do not keep their text (see parse-document.ts). */
export function withPlaces<E extends GraphQLError>(error: E): E {
  const { nodes } = error;
  return nodes === undefined ? error : Object.assign(error, { locations: placesOf(nodes) });
}

const placesOf = (nodes: readonly ASTNode[]): readonly { line: number; column: number }[] =>
  nodes
    .slice(0, maxPlaces)
    .flatMap(({ loc }) => (loc ? [{ line: loc.startToken.line, column: loc.startToken.column }] : []));
