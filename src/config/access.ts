import { resolve } from 'node:path';
import type { ApiKeyEntry, IssuerEntry, RuleEntry } from './access-settings.ts';
import { readCertificates } from './certificates.ts';
import type { CheckedValues } from './check-values.ts';
import { chooseOne } from './choose-one.ts';
import type { ScopeName } from './grammars.ts';
import type { Problem } from './problem.ts';
import type { Command } from './setting.ts';

type Values = Readonly<Record<string, readonly string[]>>;

/** An OpenID provider whose access tokens are taken, and what their claims grant. */
export interface IssuerSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: NonNullable<IssuerEntry['algorithms']>;
  readonly tokenTypes: readonly string[];
  readonly clockSkewSeconds: number;
  /** null: as discovery tells. */
  readonly jwksUrl: string | null;
  readonly subjectClaim: string;
  /** PEM. */
  readonly tlsCa?: string;
  readonly scopeClaims: readonly string[];
  readonly scopes: Readonly<Record<string, readonly ScopeName[]>>;
  readonly defaultScopes: readonly ScopeName[];
  readonly smartScopes: boolean;
  readonly patient: {
    readonly claim: string;
    readonly attribute: string;
    readonly issuerOfPatientID: string | null;
  };
}

export interface ApiKeySettings {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly ScopeName[];
  /** Seconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  readonly claims: Values;
}

export interface RuleSettings {
  readonly to: {
    readonly who?: 'everyone' | 'anonymous' | undefined;
    readonly issuers?: readonly string[] | undefined;
    readonly subjects?: readonly string[] | undefined;
    readonly apiKeys?: readonly string[] | undefined;
    readonly scopes?: readonly string[] | undefined;
    readonly claims?: Values | undefined;
  };
  readonly see:
    | 'all'
    | {
        readonly origins?: readonly string[] | undefined;
        readonly studyInstanceUIDs?: readonly string[] | undefined;
        readonly attributes?: Values | undefined;
      };
}

/** Who is known, what they may do, and on which studies. */
export interface AccessConfig {
  readonly anonymousScopes: readonly ScopeName[];
  readonly issuers: readonly IssuerSettings[];
  readonly apiKeys: readonly ApiKeySettings[];
  readonly rows: { readonly default: 'none' | 'all'; readonly rules: readonly RuleSettings[] };
}

/**
 * Whoever is not known may do something only in the demo, or where that is said by name: configured access control is not
 * undone by a default, and a server without any does not start by itself.
 */
export function resolveAccess(
  command: Command,
  checked: CheckedValues,
  originIds: readonly string[],
  problems: Problem[],
): AccessConfig {
  const { values, sources, faulty } = checked;
  const issuers = resolveIssuers(checked, problems);
  const apiKeys = resolveApiKeys(checked, problems);
  const isFaulty = [...faulty].some((name) => name.startsWith('access.') || name === 'anonymousScopes');
  const isKnown = issuers.length + apiKeys.length > 0;
  const isNamed = sources.has('anonymousScopes');
  const anonymousScopes = isKnown && !isNamed ? [] : values.anonymousScopes;
  if (!isKnown && anonymousScopes.length === 0 && !isFaulty) {
    problems.push({
      where: command,
      message:
        'needs to know who asks: --access-issuer, or access.issuers or access.apiKeys in a file; or that anyone may ask, ' +
        'and what: --anonymous-scopes search,metadata,rendered',
    });
  }
  const { rules } = values.access.rows;
  return {
    anonymousScopes,
    issuers,
    apiKeys,
    rows: {
      default: sources.has('access.rows.default') || rules.length > 0 ? values.access.rows.default : 'all',
      rules: resolveRules(checked, { issuers, apiKeys, originIds }, problems),
    },
  };
}

function resolveIssuers(checked: CheckedValues, problems: Problem[]): readonly IssuerSettings[] {
  const { values, sources, faulty } = checked;
  const chosen = chooseOne(['access.issuer', 'access.issuers'], checked, problems);
  const audience = sources.get('access.audience');
  if (chosen?.name !== 'access.issuer' && audience !== undefined && !faulty.has('access.issuer')) {
    problems.push({ where: audience.where, message: 'is for --access-issuer, which is not set' });
  }
  if (chosen === null) return [];
  if (chosen.name === 'access.issuer') {
    if (values.access.audience.length === 0 && !faulty.has('access.audience')) {
      problems.push({ where: chosen.where, message: 'needs --access-audience too: what its tokens must be for' });
    }
    const issuer = values.access.issuer ?? '';
    return [toIssuer({ issuer, audience: values.access.audience }, chosen.where, chosen.folder, problems)];
  }
  const known = new Set<string>();
  return values.access.issuers.map((entry, index) => {
    const where = `${chosen.where}[${index}]`;
    if (known.has(entry.issuer)) problems.push({ where: `${where}.issuer`, message: 'is another entry too' });
    known.add(entry.issuer);
    return toIssuer(entry, where, chosen.folder, problems);
  });
}

function toIssuer(entry: IssuerEntry, where: string, folder: string, problems: Problem[]): IssuerSettings {
  const { caFile, patient, ...rest } = entry;
  return {
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    tokenTypes: ['at+jwt', 'jwt'],
    clockSkewSeconds: 30,
    jwksUrl: null,
    subjectClaim: 'sub',
    scopeClaims: ['scope', 'scp'],
    scopes: {},
    defaultScopes: [],
    smartScopes: true,
    ...rest,
    ...readCertificates(caFile && resolve(folder, caFile), `${where}.caFile`, problems),
    patient: { claim: 'patient', attribute: 'PatientID', issuerOfPatientID: null, ...patient },
  };
}

function resolveApiKeys({ values, sources }: CheckedValues, problems: Problem[]): readonly ApiKeySettings[] {
  const { where = 'access.apiKeys' } = sources.get('access.apiKeys') ?? {};
  const known = new Set<string>();
  return values.access.apiKeys.map((entry: ApiKeyEntry, index) => {
    const { id, sha256, scopes, claims = {}, expires } = entry;
    if (known.has(id)) problems.push({ where: `${where}[${index}].id`, message: 'is the id of another key too' });
    known.add(id);
    const expiresAt = expires === undefined ? null : Date.parse(expires) / 1000;
    return { id, name: entry.name ?? id, sha256, scopes, claims, expiresAt };
  });
}

/** A rule that names what is not there would silently open nothing, or nothing of what was meant. */
function resolveRules(
  { values, sources }: CheckedValues,
  known: {
    readonly issuers: readonly IssuerSettings[];
    readonly apiKeys: readonly ApiKeySettings[];
    readonly originIds: readonly string[];
  },
  problems: Problem[],
): readonly RuleSettings[] {
  const { where: list = 'access.rows.rules' } = sources.get('access.rows.rules') ?? {};
  return values.access.rows.rules.map(({ to, see }: RuleEntry, index) => {
    const where = `${list}[${index}]`;
    const miss = (place: string, message: string): void => void problems.push({ where: `${where}.${place}`, message });
    if (Object.keys(to).length === 0) miss('to', 'must say to whom: who: everyone, where it is for all');
    const conditions = Object.keys(see).length;
    if (conditions === 0) miss('see', 'must have a condition, or say all: true');
    if (see.all && conditions > 1) miss('see.all', 'not together with conditions');
    if (to.issuer?.some((url) => known.issuers.every(({ issuer }) => issuer !== url))) {
      miss('to.issuer', 'is no issuer of access.issuers');
    }
    const isAmbiguous = to.subject?.some((subject) => !/#|^key:/.test(subject)) && to.issuer === undefined;
    if (isAmbiguous && known.issuers.length > 1) miss('to.subject', 'needs to.issuer too: several are configured');
    if (to.apiKey?.some((id) => known.apiKeys.every((key) => key.id !== id))) {
      miss('to.apiKey', 'is no key of access.apiKeys');
    }
    if (see.origin?.some((id) => !id.startsWith('claim:') && !known.originIds.includes(id))) {
      miss('see.origin', 'is no origin that is configured');
    }
    const { who, issuer, subject, apiKey, scope, claims } = to;
    return {
      to: { who, issuers: issuer, subjects: subject, apiKeys: apiKey, scopes: scope, claims },
      see: see.all
        ? 'all'
        : { origins: see.origin, studyInstanceUIDs: see.studyInstanceUID, attributes: see.attributes },
    };
  });
}
