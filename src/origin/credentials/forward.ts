import { FacadeError } from '../../errors.ts';
import type { Authorizer } from './authorizer.ts';

/** The caller's own token, as it was sent. Nothing goes to the origin for someone who sent none. */
export function createForwardAuthorizer(): Authorizer {
  return {
    async headersFor({ caller, facts }) {
      if (caller === null) {
        throw new FacadeError('UNAUTHENTICATED', `Origin "${facts.origin}" takes the caller's own bearer token`, {
          origin: facts.origin,
        });
      }
      return { authorization: `Bearer ${caller.token.reveal()}` };
    },
    onRefused: () => false,
    close: async () => {},
  };
}
