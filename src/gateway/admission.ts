import type { ServerResponse } from 'node:http';
import type { LinkGrant, LinkRepresentation } from '../links/grant.ts';

/**
 * Asked when a link is verified, before a cache or an origin is: whether whoever has it opened too many.
 *
 * @param use - What is asked for by it.
 * @throws {FacadeError} RATE_LIMITED
 */
export type Admit = (
  grant: LinkGrant,
  use: LinkRepresentation | 'SEARCH' | 'STORE',
  response: ServerResponse,
) => Promise<void>;
