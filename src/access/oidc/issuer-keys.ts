import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { FacadeError } from '../../errors.ts';
import { FetchError } from './fetch-json.ts';

/** Finds the key that a token's header names. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The keys of one issuer, as they are known. */
export interface IssuerKeys {
  /**
   * Those to begin with.
   *
   * @throws {FacadeError} UNAVAILABLE: there are none, or they are too old, and the provider cannot be asked.
   */
  current(): Promise<KeySet>;
  /**
   * Those that may have a key which `seen` has not; the same where they were asked for a moment ago.
   *
   * @throws {FacadeError} UNAVAILABLE: the provider cannot be asked, so that the key may be genuine or not.
   */
  newerThan(seen: KeySet): Promise<KeySet>;
}

export interface IssuerKeysOptions {
  readonly issuer: string;
  /** null: as discovery tells. */
  readonly jwksUrl: string | null;
  readonly fetchJson: (url: URL) => Promise<Readonly<Record<string, unknown>>>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told of each time that the provider could not be asked. */
  readonly onFailure?: ((error: Error) => void) | undefined;
}

/** How old keys may be before they are asked for again, beside their use. */
const freshMs = 600_000;
/** How old keys may be that are still used while the provider cannot be asked: a key that it took back is good for so long. */
const maxAgeMs = 3_600_000;
/** How soon an unknown key may have them asked for again: whoever makes up keys causes no more than that. */
const cooldownMs = 30_000;
/** How soon a provider that could not be asked is asked again. */
const retryMs = 5_000;

/** Keys are asked for when they are first needed, and once at a time. */
export function createIssuerKeys({ issuer, jwksUrl, fetchJson, clock, onFailure }: IssuerKeysOptions): IssuerKeys {
  let known: { readonly keys: KeySet; readonly at: number } | null = null;
  let failedAt = -Infinity;
  let pending: Promise<KeySet> | null = null;

  async function load(): Promise<KeySet> {
    try {
      const url = jwksUrl === null ? await discover(issuer, fetchJson) : new URL(jwksUrl);
      const keys = toKeySet(await fetchJson(url));
      known = { keys, at: clock() };
      failedAt = -Infinity;
      return keys;
    } catch (error) {
      failedAt = clock();
      if (error instanceof Error) onFailure?.(error);
      throw unavailable(error);
    }
  }

  function renew(): Promise<KeySet> {
    if (clock() - failedAt < retryMs) return Promise.reject(unavailable());
    pending ??= load().finally(() => {
      pending = null;
    });
    return pending;
  }

  return {
    async current() {
      const age = known === null ? Infinity : clock() - known.at;
      if (known === null || age >= maxAgeMs) return renew();
      if (age >= freshMs) renew().catch(() => {}); // told by onFailure
      return known.keys;
    },
    async newerThan(seen) {
      if (known !== null && known.keys !== seen) return known.keys;
      return known !== null && clock() - known.at < cooldownMs ? known.keys : renew();
    },
  };
}

const unavailable = (cause?: unknown): FacadeError =>
  new FacadeError('UNAVAILABLE', 'The provider of identities cannot be asked for its keys now', {}, { cause });

/** @see https://openid.net/specs/openid-connect-discovery-1_0.html §4 */
async function discover(issuer: string, fetchJson: IssuerKeysOptions['fetchJson']): Promise<URL> {
  const found = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (found['issuer'] !== issuer) throw new FetchError('The discovered issuer is another one');
  const url = URL.parse(String(found['jwks_uri']));
  if (url === null) throw new FetchError('No jwks_uri');
  return url;
}

/** Only what is for signatures and public: a secret among them (`kty: oct`) could never be meant. */
function toKeySet(json: Readonly<Record<string, unknown>>): KeySet {
  const { keys } = json;
  if (!Array.isArray(keys)) throw new FetchError('No key set');
  const usable = keys.filter((key: unknown): key is JSONWebKeySet['keys'][number] => {
    const { kty, use } = Object(key) as { kty?: unknown; use?: unknown };
    return typeof kty === 'string' && kty !== 'oct' && (use === undefined || use === 'sig');
  });
  if (usable.length === 0) throw new FetchError('No key');
  return createLocalJWKSet({ keys: usable.slice(0, maxKeys) });
}

const maxKeys = 100;
