import { createHash } from 'node:crypto';

/** A bearer token as its caller sent it. It shows in no log, dump or JSON. */
export class CallerToken {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** To be sent to where the caller wants to be known by it, and nowhere else. */
  reveal(): string {
    return this.#text;
  }

  /** Tells two tokens apart in memory, and nothing else of them. */
  fingerprint(): string {
    return createHash('sha256').update(this.#text, 'utf8').digest('base64url');
  }
}

/** The token of an Authorization header (RFC 6750 §2.1); null where there is none of this kind. */
export function parseBearer(authorization: string | undefined): CallerToken | null {
  const [, text] = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*)$/i.exec(authorization ?? '') ?? [];
  return text === undefined ? null : new CallerToken(text);
}

/**
 * When a token says that it ends, in seconds since the epoch; null where it does not say, or is no JWT (RFC 7519 §4.1.4).
 *
 * Nothing of the token is verified: who forges an end shortens or keeps open what their own token opens, and the origin
 * judges that token at every request.
 */
export function expiryOf(token: CallerToken): number | null {
  const [, claims, signature] = token.reveal().split('.');
  if (claims === undefined || signature === undefined) return null;
  try {
    const { exp } = Object(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))) as { exp?: unknown };
    return typeof exp === 'number' && Number.isFinite(exp) ? exp : null;
  } catch {
    return null;
  }
}
