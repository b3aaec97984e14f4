import type { ExecutionResult, GraphQLError } from 'graphql';

/** A part of an answer that comes in parts: the first has data, those that follow are incremental. */
type Part = ExecutionResult & { readonly incremental?: readonly ExecutionResult[] };

/** A part with its errors in the words of a client. */
export function tellErrorsOfPart(part: Part, tell: (error: GraphQLError) => GraphQLError): Part {
  const { errors, incremental } = part;
  return {
    ...part,
    ...(errors ? { errors: errors.map(tell) } : {}),
    ...(incremental ? { incremental: incremental.map((one) => tellErrorsOfPart(one, tell)) } : {}),
  };
}
