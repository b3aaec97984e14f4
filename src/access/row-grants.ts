import { tagOf } from '../dicom/dictionary.ts';
import { isUid } from '../dicom/uid.ts';
import type { Identity } from './identity.ts';
import type { RowGrant, RowPolicy, StudyConditions } from './policy-config.ts';
import type { AttributeRule, RowRule, RowRules } from './row-rules.ts';

/** Whom rules are asked about. */
interface Asked {
  readonly identity: Identity;
  /** Values of the claims that hold scopes. */
  readonly scopes: readonly string[];
}

const reference = 'claim:';

/** The claims that rules ask for or refer to. */
export function claimsOfGrants(grants: readonly RowGrant[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { to, see } of grants) {
    for (const name of Object.keys(to.claims ?? {})) names.add(name);
    if (see === 'all') continue;
    const values = [
      ...(see.origins ?? []),
      ...(see.studyInstanceUIDs ?? []),
      ...Object.values(see.attributes ?? {}).flat(),
    ];
    for (const value of values) if (value.startsWith(reference)) names.add(value.slice(reference.length));
  }
  return names;
}

/**
 * The studies that somebody may see; null: every one.
 *
 * @param within - What they may see at most, whatever the rules give; null: there is no such bound.
 */
export function rowsOf(policy: RowPolicy, asked: Asked, within: RowRules | null): RowRules | null {
  const met = policy.rules.filter(({ to }) => isMeant(to, asked));
  if (met.length === 0) return policy.default === 'all' ? within : { anyOf: [] };
  if (met.some(({ see }) => see === 'all')) return within;
  const rules = met.flatMap(({ see }) => (see === 'all' ? [] : ruleOf(see, asked.identity)));
  return { anyOf: within === null ? rules : rules.flatMap((rule) => within.anyOf.map((bound) => both(rule, bound))) };
}

function isMeant({ who, issuers, subjects, apiKeys, scopes, claims }: RowGrant['to'], asked: Asked): boolean {
  const { identity } = asked;
  const own = identity.kind === 'oidc' ? identity.claims : {};
  const key = identity.kind === 'api-key' ? [identity.subject.replace(/^key:/, '')] : [];
  return (
    (who === undefined || who === 'everyone' || identity.kind === who) &&
    meets(issuers, own['iss']) &&
    meets(subjects, [identity.subject, ...(own['sub'] ?? [])]) &&
    meets(apiKeys, key) &&
    meets(scopes, asked.scopes) &&
    Object.entries(claims ?? {}).every(([name, values]) => meets(values, identity.claims[name]))
  );
}

/** Nothing is asked for, or one of it is there. */
const meets = (asked: readonly string[] | undefined, found: readonly string[] = []): boolean =>
  asked === undefined || asked.some((value) => found.includes(value));

/** No rule where a condition has no value left: a claim that is missing opens nothing. */
function ruleOf(
  { origins, studyInstanceUIDs, attributes = {} }: StudyConditions,
  identity: Identity,
): readonly RowRule[] {
  const valuesOf = (values: readonly string[]): ReadonlySet<string> =>
    new Set(
      values.flatMap((value) =>
        value.startsWith(reference) ? (identity.claims[value.slice(reference.length)] ?? []) : [value],
      ),
    );
  const rule: RowRule = {
    origins: origins === undefined ? null : valuesOf(origins),
    studies: studyInstanceUIDs === undefined ? null : new Set([...valuesOf(studyInstanceUIDs)].filter(isUid)),
    attributes: Object.entries(attributes).map(
      ([keyword, values]): AttributeRule => ({ tag: tagOf(keyword), values: valuesOf(values) }),
    ),
  };
  const sets = [rule.origins, rule.studies, ...rule.attributes.map(({ values }) => values)];
  const isConditional = sets.some((set) => set !== null);
  return isConditional && sets.every((set) => set === null || set.size > 0) ? [rule] : [];
}

/** What both allow. */
const both = (a: RowRule, b: RowRule): RowRule => ({
  origins: intersection(a.origins, b.origins),
  studies: intersection(a.studies, b.studies),
  attributes: [...a.attributes, ...b.attributes],
});

function intersection<T>(a: ReadonlySet<T> | null, b: ReadonlySet<T> | null): ReadonlySet<T> | null {
  if (a === null || b === null) return a ?? b;
  return new Set([...a].filter((value) => b.has(value)));
}
