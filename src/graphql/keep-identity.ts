import type { Principal } from '../access/principal.ts';

/** Keeps for whom links are minted: by when one is opened, its policy is asked about that again. */
export type KeepIdentity = (principal: Principal) => void;

/**
 * Links that keep the principal's identity before the first of them leaves.
 *
 * @throws From each method: what keeping throws, for then no link could be opened.
 */
export function keepIdentityFor<L extends object>(links: L, principal: Principal, keep: KeepIdentity | undefined): L {
  // Whoever sends no credentials is known anyway.
  if (keep === undefined || principal.identity.kind === 'anonymous') return links;
  let isKept = false;
  return new Proxy(links, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        if (!isKept) keep(principal);
        isKept = true;
        return Reflect.apply(method, target, args);
      };
    },
  });
}
