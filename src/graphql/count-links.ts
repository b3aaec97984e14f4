import { FacadeError } from '../errors.ts';
import type { Links } from '../links/links.ts';

/** How many links an operation has minted. */
export interface LinkCount {
  minted: number;
}

/**
 * Links that count themselves against the bound of an operation; a template is one.
 *
 * @throws {FacadeError} LINK_BUDGET, from the method that would pass it: one field is null, the rest stands.
 */
export function countLinks<L extends Links>(links: L, limit: number, count: LinkCount = { minted: 0 }): L {
  return new Proxy(links, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        if (count.minted >= limit) {
          const need = count.minted + 1;
          throw new FacadeError('LINK_BUDGET', `The operation mints more than ${limit} links`, { need, limit });
        }
        count.minted++;
        return Reflect.apply(method, target, args);
      };
    },
  });
}
