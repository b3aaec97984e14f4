import { FacadeError, isCodedError } from '../errors.ts';
import { isOpaque, type LinkGrant } from '../links/grant.ts';

/**
 * What whoever opened a link is told of an error: an opaque link tells nothing of where it leads, and so its errors do not.
 * For `catch` of a promise.
 *
 * @throws The error, or one of the same code without the origin's id.
 */
export const hidingOrigin =
  (grant: Pick<LinkGrant, 'version'>) =>
  (error: unknown): never => {
    throw isOpaque(grant) ? withoutOrigin(error) : error;
  };

function withoutOrigin(error: unknown): unknown {
  if (!isCodedError(error) || typeof error.facts?.['origin'] !== 'string') return error;
  const { origin, ...facts } = error.facts;
  return new FacadeError(error.code, error.message.replaceAll(` "${origin}"`, ''), facts, { cause: error });
}
