import type { Scope } from './scopes.ts';

/** What there is to decide by: who may do what, on which studies. */
export interface PolicyConfig {
  /** What those may do who are not known, and those whose token only origins judge. */
  readonly anonymousScopes: readonly Scope[];
  readonly issuers: readonly IssuerPolicy[];
  readonly apiKeys: readonly ApiKeyPolicy[];
  readonly rows: RowPolicy;
}

/** What the claims of an issuer's tokens mean. */
export interface IssuerPolicy {
  /** As in its tokens. */
  readonly issuer: string;
  /** Claims that hold scopes, roles or groups. */
  readonly scopeClaims: readonly string[];
  /** What a value of these claims grants. */
  readonly scopes: Readonly<Record<string, readonly Scope[]>>;
  /** What each valid token grants. */
  readonly defaultScopes: readonly Scope[];
  /** Whether scopes of SMART App Launch on ImagingStudy grant what they say. */
  readonly smartScopes: boolean;
  readonly patient: PatientBinding;
}

/** What a scope of the form `patient/...` is bound to. */
export interface PatientBinding {
  /** The claim that holds the patient's id. */
  readonly claim: string;
  /** Keyword of the attribute that holds it too. */
  readonly attribute: string;
  /** Of that id, where the archive has ids of several issuers; null: it is not looked at. */
  readonly issuerOfPatientID: string | null;
}

/** What a key grants. */
export interface ApiKeyPolicy {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** For rules: what is known of its holder. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

export interface RowPolicy {
  /** What those see for whom there is no rule. */
  readonly default: 'none' | 'all';
  readonly rules: readonly RowGrant[];
}

/** Some principals see some studies. Those of several rules see what any of them gives. */
export interface RowGrant {
  /** All that are given must hold; at least one is. */
  readonly to: {
    /** `everyone`: whoever it is; `anonymous`: who is not known. */
    readonly who?: 'everyone' | 'anonymous' | undefined;
    readonly issuers?: readonly string[] | undefined;
    /** As the issuer tells them, or whole, as in viewer.subject. */
    readonly subjects?: readonly string[] | undefined;
    /** Ids. */
    readonly apiKeys?: readonly string[] | undefined;
    /** Values of the claims that hold scopes. */
    readonly scopes?: readonly string[] | undefined;
    /** One of these values of each of these claims. */
    readonly claims?: Readonly<Record<string, readonly string[]>> | undefined;
  };
  readonly see: 'all' | StudyConditions;
}

/** Studies by what they have in common: all that are given must hold. A value `claim:NAME` is that claim's. */
export interface StudyConditions {
  /** Ids of origins. */
  readonly origins?: readonly string[] | undefined;
  readonly studyInstanceUIDs?: readonly string[] | undefined;
  /** By keyword. */
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined;
}
