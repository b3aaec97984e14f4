import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { AuthenticationError } from '../authentication-error.ts';
import type { CallerToken } from '../caller-token.ts';
import { type Identity, subjectOfIssuer } from '../identity.ts';
import { claimValues } from './claim-values.ts';
import { type FetchOptions, fetchJson } from './fetch-json.ts';
import { createIssuerKeys, type IssuerKeys, type KeySet } from './issuer-keys.ts';

/** Signatures with a public key. HMAC is none: whoever can verify can forge. */
export const tokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** Whose access tokens are taken, and what makes one of them good. */
export interface TokenIssuer {
  /** As in the token, letter by letter. */
  readonly issuer: string;
  /** The token is for one of these. */
  readonly audience: readonly string[];
  readonly algorithms: readonly (typeof tokenAlgorithms)[number][];
  /** Of the header, in lower case: `at+jwt` (RFC 9068); `jwt` also where it is absent. */
  readonly tokenTypes: readonly string[];
  /** How far its clock may be from ours. */
  readonly clockSkewSeconds: number;
  /** null: as discovery tells. */
  readonly jwksUrl: string | null;
  /** The claim that is its holder, for ever. */
  readonly subjectClaim: string;
  /** PEM; undefined: the well-known authorities. */
  readonly tlsCa?: string | undefined;
}

export interface AccessTokensOptions {
  readonly issuers: readonly TokenIssuer[];
  /** The claims that are kept. */
  readonly claimsOf: (issuer: string) => ReadonlySet<string>;
  /** Whether identities keep their token, for origins that take it. */
  readonly keepsToken: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told of each time that a provider could not be asked. */
  readonly onFailure?: ((issuer: string, error: Error) => void) | undefined;
}

/** @throws {FacadeError} UNAUTHENTICATED, as an AuthenticationError; UNAVAILABLE: the issuer's keys cannot be had. */
export type IdentifyToken = (token: CallerToken) => Promise<Identity>;

const bounds: Omit<FetchOptions, 'tlsCa'> = { timeoutMs: 5_000, maxBytes: 262_144 };
/** Of tokens that name no key where there are several. */
const maxKeysTried = 8;
const maxSubjectLength = 255; // OpenID Connect Core §2
const lastSecond = 253_402_300_799; // of the year 9999

/**
 * Access tokens of OpenID providers: JWTs (RFC 9068, or what providers made before it), verified by the rules of RFC 8725.
 * Nothing of a token is believed before its signature; its issuer alone is looked at, to know whose keys to ask for.
 */
export function createAccessTokens({
  issuers,
  claimsOf,
  keepsToken,
  clock,
  onFailure,
}: AccessTokensOptions): IdentifyToken {
  const known = new Map(
    issuers.map((issuer) => {
      const keys = createIssuerKeys({
        issuer: issuer.issuer,
        jwksUrl: issuer.jwksUrl,
        fetchJson: (url) => fetchJson(url, { ...bounds, tlsCa: issuer.tlsCa }),
        clock,
        onFailure: onFailure && ((error) => onFailure(issuer.issuer, error)),
      });
      return [issuer.issuer, { issuer, keys, names: claimsOf(issuer.issuer) }];
    }),
  );

  return async (token) => {
    const text = token.reveal();
    const { iss, typ } = peek(text);
    const found = typeof iss === 'string' ? known.get(iss) : undefined;
    if (found === undefined) throw refuse('The token is of no issuer that is known');
    const { issuer, keys, names } = found;
    if (!issuer.tokenTypes.includes(typ)) throw refuse('The token is no access token');
    const claims = await verify(text, issuer, keys, clock);
    // Where the type does not tell, what only ID tokens have does (OpenID Connect Core §2, §3.1.3.6).
    if (typ === 'jwt' && ('at_hash' in claims || 'c_hash' in claims || 'nonce' in claims)) {
      throw refuse('The token is no access token');
    }
    const [subject] = claimValues(claims, issuer.subjectClaim);
    if (subject === undefined || subject.length > maxSubjectLength) throw refuse('The token names nobody');
    const { exp = 0 } = claims;
    return {
      subject: subjectOfIssuer(issuer.issuer, subject),
      kind: 'oidc',
      claims: {
        ...Object.fromEntries([...names].map((name) => [name, claimValues(claims, name)])),
        sub: [subject],
      },
      expiresAt: Math.min(Math.floor(exp) + issuer.clockSkewSeconds, lastSecond),
      token: keepsToken ? token : null,
    };
  };
}

/** What a token says of itself, which nobody has verified. */
function peek(text: string): { readonly iss: unknown; readonly typ: string } {
  try {
    const { typ = 'jwt' } = decodeProtectedHeader(text);
    return {
      iss: decodeJwt(text).iss,
      typ: String(typ)
        .toLowerCase()
        .replace(/^application\//, ''),
    };
  } catch {
    throw refuse('The token is no JWT');
  }
}

async function verify(text: string, issuer: TokenIssuer, keys: IssuerKeys, clock: () => number): Promise<JWTPayload> {
  const first = await keys.current();
  try {
    return await verifyBy(first, text, issuer, clock);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
  }
  const newer = await keys.newerThan(first);
  try {
    return await verifyBy(newer, text, issuer, clock);
  } catch (error) {
    throw refusalOf(error);
  }
}

async function verifyBy(keys: KeySet, text: string, issuer: TokenIssuer, clock: () => number): Promise<JWTPayload> {
  const options = {
    issuer: issuer.issuer,
    audience: [...issuer.audience],
    algorithms: [...issuer.algorithms],
    clockTolerance: issuer.clockSkewSeconds,
    requiredClaims: ['exp'],
    currentDate: new Date(clock()),
  };
  try {
    return (await jwtVerify(text, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error) {
      if (++tried > maxKeysTried) break;
      try {
        return (await jwtVerify(text, key, options)).payload;
      } catch (inner) {
        if (!(inner instanceof errors.JWSSignatureVerificationFailed)) throw inner;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

const refuse = (message: string, cause?: unknown): AuthenticationError =>
  new AuthenticationError('invalid_token', message, { cause });

/** What its holder may be told: what is wrong with a genuine token; of any other, only that it is not one. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) return refuse('The token has ended', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return refuse('The token is for another service', error);
    if (error.claim === 'nbf') return refuse('The token is not good yet', error);
  }
  return refuse('The token is not genuine', error);
}
