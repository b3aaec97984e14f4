import { anonymousIdentity } from '../../access/identity.ts';
import type { KeptIdentities } from '../../access/kept-identities.ts';
import type { Policy } from '../../access/policy.ts';
import type { Principal } from '../../access/principal.ts';
import { anyOfRules, createRowGuard, type RowGuard } from '../../access/row-guard.ts';
import { representationScope, type Scope } from '../../access/scopes.ts';
import { FacadeError } from '../../errors.ts';
import { isWithoutPatientData, type LinkGrant, type LinkRepresentation } from '../../links/grant.ts';
import type { LinkKeys } from '../../links/keys.ts';
import type { Source } from '../source.ts';
import { guardedSource } from './guarded-source.ts';
import { createJudgedInstances, type JudgedInstances } from './judged-instances.ts';

/** What the one for whom a link was minted may do by it now. */
export interface Bearer {
  /** As today's policy sees them, those that may: one, but for who had tokens with several claims. */
  readonly principals: readonly Principal[];
  /** What may be seen of the grant's origin; null: everything. */
  readonly guard: RowGuard | null;
}

/** Asks, whenever a link is opened, whether it may still be. */
export interface LinkPolicy {
  /**
   * @param scope - What is done by the link now.
   * @throws {FacadeError} FORBIDDEN: the scope was taken away. UNAUTHENTICATED: it is not known any more for whom the link
   *   was minted.
   */
  bearerOf(grant: Pick<LinkGrant, 'keyId' | 'subject' | 'origin'>, scope: Scope): Promise<Bearer>;
  /**
   * The source of the grant's origin as its bearer may see it.
   *
   * @param source - Of everything that the origin has.
   * @throws As {@link bearerOf}. FORBIDDEN, too: patient data may not be seen any more, and the link was made when it might.
   */
  open(grant: LinkGrant, representation: LinkRepresentation, source: Source): Promise<Source>;
}

export interface LinkPolicyOptions {
  readonly policy: Pick<Policy, 'principalOf'>;
  readonly identities: Pick<KeptIdentities, 'find'>;
  readonly keys: Pick<LinkKeys, 'subject'>;
  readonly judged?: JudgedInstances;
}

/**
 * Today's policy, on what is kept of the subject at minting; anonymous is what it is today.
 *
 * Where a subject was minted links with several sets of claims, each is judged by itself, scopes and rows together: the link
 * tells of none. It opens what any of them may see.
 */
export function createLinkPolicy(options: LinkPolicyOptions): LinkPolicy {
  const { policy, identities, keys, judged = createJudgedInstances() } = options;
  // Keys may be replaced under a running program: nothing of them is remembered.
  const isAnonymous = ({ keyId, subject }: Pick<LinkGrant, 'keyId' | 'subject'>): boolean =>
    keys.subject(keyId, anonymousIdentity.subject) === subject;

  async function bearerOf(grant: Pick<LinkGrant, 'keyId' | 'subject' | 'origin'>, scope: Scope): Promise<Bearer> {
    const known = isAnonymous(grant) ? [anonymousIdentity] : await identities.find(grant.subject);
    if (known.length === 0) {
      throw new FacadeError('UNAUTHENTICATED', 'For whom this link was made is not known any more: ask for a new link');
    }
    const principals = known.map((identity) => policy.principalOf(identity)).filter(({ scopes }) => scopes.has(scope));
    if (principals.length === 0) {
      throw new FacadeError('FORBIDDEN', `The one for whom this link was made lacks the scope "${scope}"`, { scope });
    }
    return { principals, guard: createRowGuard(anyOfRules(principals.map(({ rows }) => rows)), grant.origin) };
  }

  return {
    bearerOf,
    async open(grant, representation, source) {
      const { principals } = await bearerOf(grant, representationScope(representation));
      // Such links lead to clean pixels alone; what was given to one with patient data was not looked at.
      const allowed = isWithoutPatientData(grant)
        ? principals
        : principals.filter(({ scopes }) => scopes.has('patient-data'));
      if (allowed.length === 0) throw withheld();
      const guard = createRowGuard(anyOfRules(allowed.map(({ rows }) => rows)), grant.origin);
      return guard === null ? source : guardedSource(source, guard, judged);
    },
  };
}

const withheld = (): FacadeError =>
  new FacadeError('FORBIDDEN', 'The one for whom this link was made lacks the scope "patient-data"', {
    scope: 'patient-data',
  });
