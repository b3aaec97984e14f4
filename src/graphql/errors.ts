import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import type { Logger } from 'pino';
import { errorCodes, isCodedError } from '../errors.ts';
import { withPlaces } from './error-places.ts';

/**
 * What a caller reads of an error: a stable code, whether a retry may help, and facts as fields. What no room threw on
 * purpose is a bug: logged with the request's id, and told as INTERNAL without a word of it.
 */
export function toClientError(error: unknown, requestId: string, logger: Logger): GraphQLError {
  const coded = withPlaces(toCodedError(error, requestId, logger));
  // What Yoga says of requests that it does not take.
  if (coded.extensions['code'] === 'BAD_REQUEST') coded.extensions['code'] = 'BAD_USER_INPUT';
  return coded;
}

function toCodedError(error: unknown, requestId: string, logger: Logger): GraphQLError {
  const graphqlError = error instanceof GraphQLError ? error : null;
  const cause = graphqlError?.originalError ?? (graphqlError ? null : error);
  if (isCodedError(cause)) {
    return new GraphQLError(cause.message, {
      ...located(graphqlError),
      extensions: { code: cause.code, retryable: errorCodes[cause.code].retryable, ...cause.facts },
    });
  }
  if (cause instanceof GraphQLError && typeof cause.extensions['code'] === 'string') {
    return new GraphQLError(cause.message, { ...located(graphqlError), extensions: cause.extensions });
  }
  if (graphqlError && (cause === null || cause === undefined)) return graphqlError;
  logger.error({ requestId, err: cause }, 'a fault of ours');
  return new GraphQLError('A fault of the facade', {
    ...located(graphqlError),
    extensions: { code: 'INTERNAL', retryable: false, requestId },
  });
}

function located(error: GraphQLError | null): GraphQLErrorOptions {
  if (error === null) return {};
  const { nodes = null, source = null, positions = null, path = null } = error;
  return { nodes, source, positions, path };
}
