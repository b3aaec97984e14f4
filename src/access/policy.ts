import { tagOf } from '../dicom/dictionary.ts';
import { type Identity, subjectOfApiKey } from './identity.ts';
import type { ApiKeyPolicy, IssuerPolicy, PolicyConfig } from './policy-config.ts';
import type { Principal } from './principal.ts';
import { claimsOfGrants, rowsOf } from './row-grants.ts';
import type { RowRules } from './row-rules.ts';
import { type Scope, scopes } from './scopes.ts';
import { smartGrantOf } from './smart-scopes.ts';

/** Who may do what: asked at each request, and again where a link is opened. */
export interface Policy {
  /** Nobody that the configuration does not know any more may do anything. */
  principalOf(identity: Identity): Principal;
  /** The claims of an issuer's tokens that decide: no other is kept. */
  claimsOf(issuer: string): ReadonlySet<string>;
}

/** A value of a claim that names a scope of ours, without a mapping: `dicomweb:search`. */
const ownPrefix = 'dicomweb:';

const issuerClaim = 'iss';

/** What an identity may do, and whether it may do that for one patient alone. */
interface Granted {
  readonly scopes: ReadonlySet<Scope>;
  /** Values of the claims that hold scopes. */
  readonly values: readonly string[];
  readonly patient: RowRules | null;
}

/**
 * Decides by configuration alone: the same identity gets the same, until the configuration is another.
 *
 * @throws {Error} An attribute of a rule is no keyword of PS3.6.
 */
export function createPolicy(config: PolicyConfig): Policy {
  const issuers = new Map(config.issuers.map((issuer) => [issuer.issuer, issuer]));
  const keys = new Map(config.apiKeys.map((key) => [subjectOfApiKey(key.id), key]));
  const ruleClaims = claimsOfGrants(config.rows.rules);
  for (const { see } of config.rows.rules) if (see !== 'all') Object.keys(see.attributes ?? {}).forEach(tagOf);
  for (const { patient } of config.issuers) tagOf(patient.attribute);
  const unknown: Granted = { scopes: new Set(config.anonymousScopes), values: [], patient: null };

  function describe(identity: Identity): { granted: Granted; identity: Identity } {
    const [issuer = ''] = identity.claims[issuerClaim] ?? [];
    switch (identity.kind) {
      case 'anonymous':
      case 'token':
        return { granted: unknown, identity };
      case 'api-key': {
        const key = keys.get(identity.subject);
        return { granted: grantedToKey(key), identity: { ...identity, claims: key?.claims ?? {} } };
      }
      case 'oidc':
        return { granted: grantedByIssuer(issuers.get(issuer), identity), identity };
    }
  }

  return {
    principalOf(asked) {
      const { granted, identity } = describe(asked);
      const { subject, expiresAt, token } = asked;
      const rows = rowsOf(config.rows, { identity, scopes: granted.values }, granted.patient);
      return Object.freeze({ subject, scopes: granted.scopes, expiresAt, token, rows, identity: asked });
    },
    claimsOf(issuer) {
      const known = issuers.get(issuer);
      if (known === undefined) return new Set();
      return new Set([issuerClaim, 'sub', ...known.scopeClaims, known.patient.claim, ...ruleClaims]);
    },
  };
}

const nothing: Granted = { scopes: new Set(), values: [], patient: null };

const grantedToKey = (key: ApiKeyPolicy | undefined): Granted =>
  key === undefined ? nothing : { ...nothing, scopes: new Set(key.scopes) };

function grantedByIssuer(issuer: IssuerPolicy | undefined, { claims }: Identity): Granted {
  if (issuer === undefined) return nothing;
  const values = issuer.scopeClaims.flatMap((claim) => claims[claim] ?? []);
  const granted = new Set(issuer.defaultScopes);
  /** What the token itself says of every patient. */
  const forAll = new Set<Scope>();
  const forPatient = new Set<Scope>();
  for (const value of values) {
    const mapped = Object.hasOwn(issuer.scopes, value) ? issuer.scopes[value] : undefined;
    const smart = mapped === undefined && issuer.smartScopes ? smartGrantOf(value) : null;
    const own = smart?.context === 'patient' ? forPatient : forAll;
    for (const scope of mapped ?? smart?.scopes ?? ownScopeOf(value)) (mapped ? granted : own).add(scope);
  }
  // One set of scopes goes with one set of studies: what is granted for a patient alone binds all to that patient. Roles are
  // of the user, whatever app was launched, and a launch for a patient is to narrow what the user may do.
  const isBound = [...forPatient].some((scope) => !forAll.has(scope));
  return {
    scopes: new Set([...granted, ...forAll, ...forPatient]),
    values,
    patient: isBound ? patientRules(issuer, claims) : null,
  };
}

function ownScopeOf(value: string): readonly Scope[] {
  const scope = scopes.find((name) => value === ownPrefix + name);
  return scope === undefined ? [] : [scope];
}

/** Of a token without the claim: a patient that is not named is nobody, not everybody. */
function patientRules({ patient }: IssuerPolicy, claims: Identity['claims']): RowRules {
  const ids = new Set(claims[patient.claim] ?? []);
  if (ids.size === 0) return { anyOf: [] };
  const attributes = [{ tag: tagOf(patient.attribute), values: ids }];
  if (patient.issuerOfPatientID !== null) {
    attributes.push({ tag: tagOf('IssuerOfPatientID'), values: new Set([patient.issuerOfPatientID]) });
  }
  return { anyOf: [{ origins: null, studies: null, attributes }] };
}
