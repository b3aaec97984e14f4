import { AuthenticationError } from './authentication-error.ts';
import { type CallerToken, parseBearer } from './caller-token.ts';

/** The headers of a request, each with all of its values: `IncomingMessage.headersDistinct`. */
export type RequestHeaders = NodeJS.Dict<string[]>;

/** What a request has to show, not looked at yet. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'api-key'; readonly text: string }
  | { readonly kind: 'bearer'; readonly token: CallerToken };

/**
 * The credentials of a request: `Authorization: Bearer`, or `X-API-Key` where keys are taken. Those of another scheme are
 * somebody else's, as a proxy's, and count as none.
 *
 * @throws {AuthenticationError} More than one, or a bearer token that is none or is longer than 8,192 characters.
 */
export function readCredentials(headers: RequestHeaders, { apiKeys }: { readonly apiKeys: boolean }): Credentials {
  const authorization = headers['authorization'] ?? [];
  const keys = apiKeys ? (headers['x-api-key'] ?? []) : [];
  const bearers = authorization.filter((value) => /^bearer\b/i.test(value));
  if (authorization.length > 1 || keys.length > 1 || bearers.length + keys.length > 1) {
    throw new AuthenticationError('invalid_request', 'More than one credential');
  }
  const [key] = keys;
  if (key !== undefined) return { kind: 'api-key', text: key };
  const [bearer] = bearers;
  if (bearer === undefined) return { kind: 'none' };
  const token = parseBearer(bearer);
  if (token === null) throw new AuthenticationError('invalid_token', 'Not a bearer token');
  return { kind: 'bearer', token };
}
