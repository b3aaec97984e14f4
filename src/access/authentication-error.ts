import { FacadeError } from '../errors.ts';

/**
 * Credentials are missing, bad, or sent in a way that leaves open which are meant. Says in `challenge` what the caller is to be
 * told by the header WWW-Authenticate (RFC 6750 §3), without a word of what it sent.
 */
export class AuthenticationError extends FacadeError {
  readonly challenge: string;

  /**
   * @param error - null: there were none at all, about which nothing is to be said (RFC 6750 §3.1).
   * @param message - Characters of RFC 6750 §3: printable ASCII without `"` and `\`.
   */
  constructor(error: 'invalid_request' | 'invalid_token' | null, message: string, options?: ErrorOptions) {
    super(error === 'invalid_request' ? 'BAD_USER_INPUT' : 'UNAUTHENTICATED', message, {}, options);
    this.challenge = [
      'Bearer realm="dicomweb-graphql"',
      ...(error === null ? [] : [`error="${error}"`, `error_description="${message}"`]),
    ].join(', ');
  }
}
