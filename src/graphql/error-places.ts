import type { ASTNode, ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

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

/** Yoga makes every error anew before it is written, and with it its places. */
const stringify = (result: ExecutionResult): string =>
  JSON.stringify(result.errors ? { ...result, errors: result.errors.map(withPlaces) } : result);

/** Has errors written with their places, also of what is answered in parts. */
export const writePlaces: Plugin = {
  onExecutionResult({ result, setResult }) {
    if (result && !Array.isArray(result) && 'errors' in result && result.errors) setResult({ ...result, stringify });
  },
  onExecute: () => ({
    onExecuteDone({ result }) {
      if (!(Symbol.asyncIterator in result)) return undefined;
      return { onNext: ({ result: part, setResult }) => setResult(Object.assign({}, part, { stringify })) };
    },
  }),
};
