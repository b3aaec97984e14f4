import type { OriginConfig } from '../origin-config.ts';
import type { OriginErrorFacts } from '../origin-errors.ts';
import { createAwsAuthorizer } from './aws.ts';
import type { Caller } from './credentials.ts';
import { createForwardAuthorizer } from './forward.ts';
import { createOAuthAuthorizer } from './oauth.ts';

/** What credentials may depend on of a request. */
export interface RequestToAuthorize {
  readonly method: 'GET' | 'POST';
  /** Absolute, with path and query exactly as they go over the wire. */
  readonly url: string;
  readonly accept: string;
  /** Of a POST: bytes of its body, which is streamed and cannot be read before. */
  readonly contentLength: number | null;
  /** Whom the request is for; null: for ourselves. */
  readonly caller: Caller | null;
  readonly facts: OriginErrorFacts;
  readonly signal: AbortSignal;
}

/** Puts credentials on the requests to one origin. */
export interface Authorizer {
  /**
   * The headers that show who we are.
   *
   * @throws {OriginError} No credentials can be had now.
   * @throws {FacadeError} UNAUTHENTICATED: they would be the caller's, who sent none.
   * @throws The reason of the signal.
   */
  headersFor(request: RequestToAuthorize): Promise<Readonly<Record<string, string>>>;
  /**
   * Told of an Authorization that the origin answered 401.
   *
   * @returns Whether the next headers will hold another one, so that the request is worth sending again.
   */
  onRefused(authorization: string): boolean;
  close(): Promise<void>;
}

export function createAuthorizer(config: OriginConfig): Authorizer {
  const { credentials } = config;
  switch (credentials.kind) {
    case 'none':
      return fixed(() => ({}));
    case 'basic': {
      const { user, password } = credentials;
      const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
      return fixed(() => ({ authorization }));
    }
    case 'bearer': {
      const { token } = credentials;
      return fixed(async () => ({ authorization: `Bearer ${typeof token === 'string' ? token : await token()}` }));
    }
    case 'oauth':
      return createOAuthAuthorizer(credentials, config);
    case 'aws':
      return createAwsAuthorizer(credentials);
    case 'forward':
      return createForwardAuthorizer();
  }
}

/** Credentials that are the same for every request. */
function fixed(
  headers: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>,
): Authorizer {
  return {
    headersFor: async () => headers(),
    onRefused: () => false,
    close: async () => {},
  };
}
