import type { Principal } from '../access/principal.ts';
import { mayHaveVisible } from '../access/row-guard.ts';
import { FacadeError } from '../errors.ts';
import type { Links } from '../links/links.ts';
import type { Origin } from '../origin/origin.ts';

/** The origins that a principal may see anything of; those that take the caller's own token are asked with it. */
export function originsFor(
  origins: ReadonlyMap<string, Origin>,
  { subject, token, rows }: Principal,
): ReadonlyMap<string, Origin> {
  const visible = rows === null ? origins : new Map([...origins].filter(([id]) => mayHaveVisible(rows, id)));
  if (token === null) return visible;
  // One user may have two tokens, of which one may see less: what is kept for one is not for the other.
  const caller = { subject: `${subject} ${token.fingerprint()}`, token };
  return new Map([...visible].map(([id, origin]) => [id, origin.forCaller(caller)]));
}

/** Keeps a principal's token, for those who open the links that are minted for it. */
export type KeepToken = (principal: Principal) => void;

/**
 * Links that keep the principal's token where they lead to an origin that takes it.
 *
 * @throws {FacadeError} From each method: UNAUTHENTICATED where there is no token, REPRESENTATION_UNAVAILABLE where none
 *   can be kept.
 */
export function keepTokenFor<L extends Links>(
  links: L,
  principal: Principal,
  origins: ReadonlyMap<string, Origin>,
  keep: KeepToken | undefined,
): L {
  let isKept = false;
  const prepare = (origin: Origin | undefined): void => {
    if (origin?.config.credentials.kind !== 'forward' || isKept) return;
    const facts = { origin: origin.id };
    if (principal.token === null) {
      throw new FacadeError('UNAUTHENTICATED', "This origin takes the caller's own bearer token", facts);
    }
    if (keep === undefined) {
      throw new FacadeError('REPRESENTATION_UNAVAILABLE', "No links can be opened with the caller's own token", facts);
    }
    keep(principal);
    isKept = true;
  };
  return new Proxy(links, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        prepare(origins.get(String(args[0]))); // the first argument of each is the id of an origin
        return Reflect.apply(method, target, args);
      };
    },
  });
}
