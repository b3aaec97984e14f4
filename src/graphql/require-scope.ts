import type { Principal } from '../access/principal.ts';
import type { Scope } from '../access/scopes.ts';
import { FacadeError } from '../errors.ts';

/** @throws {FacadeError} FORBIDDEN, with the scope. */
export function requireScope({ scopes }: Pick<Principal, 'scopes'>, scope: Scope): void {
  if (!scopes.has(scope)) throw new FacadeError('FORBIDDEN', `This needs the scope "${scope}"`, { scope });
}
