import { createPolicy } from '../../src/access/policy.ts';
import type { RowGrant, RowPolicy } from '../../src/access/policy-config.ts';
import type { Ruled } from './ruled.ts';
import type { RuleKeyword, WorldRule } from './ruled-world.ts';

/** Who asks, as the headers of a test say it: a name, and the values of the claim `claim`. */
export interface Caller {
  readonly name: string;
  readonly claim: readonly string[];
}

/** One of whom nothing is known, one with a claim of one value, and one whose claim fits several attributes. */
export const callers: readonly Caller[] = [
  { name: 'ann', claim: [] },
  { name: 'bob', claim: ['P-1'] },
  { name: 'cat', claim: ['P-2', 'South', '1.4', 'coarse'] },
];

/** As `RuledFacade.query` takes it. */
export const headerOf = ({ name, claim }: Caller): string => [name, ...claim].join('/');

/** What the program makes of rules as they are configured, for whoever asks. */
export function ruledBy(rows: RowPolicy): Ruled {
  const policy = createPolicy({ anonymousScopes: [], issuers: [], apiKeys: [], rows });
  return { rows: (identity) => policy.principalOf(identity).rows };
}

/** What docs/access.md says that the rules mean for a caller. null: everything may be seen. */
export function rulesFor(
  { name, claim }: Caller,
  { default: otherwise, rules }: RowPolicy,
): readonly WorldRule[] | null {
  const isFor = ({ to }: RowGrant): boolean => {
    const { who, subjects, claims } = to;
    if (who === 'anonymous') return false;
    if (subjects !== undefined && !subjects.includes(name)) return false;
    return Object.entries(claims ?? {}).every(
      ([key, values]) => key === 'claim' && values.some((v) => claim.includes(v)),
    );
  };
  const own = rules.filter(isFor);
  if (own.length === 0) return otherwise === 'all' ? null : [];
  const valuesOf = (values: readonly string[]) =>
    values.flatMap((value) => (value.startsWith('claim:') ? (value === 'claim:claim' ? claim : []) : value));
  const known: WorldRule[] = [];
  for (const { see } of own) {
    if (see === 'all') return null;
    const attributes = Object.entries(see.attributes ?? {}).map(
      ([keyword, values]) => [keyword as RuleKeyword, valuesOf(values)] as const,
    );
    const origins = see.origins && valuesOf(see.origins);
    // What is no UID names no study.
    const studies = see.studyInstanceUIDs && valuesOf(see.studyInstanceUIDs).filter((value) => /^[0-9.]+$/.test(value));
    const conditions = [origins, studies, ...attributes.map(([, values]) => values)].filter((one) => one !== undefined);
    // Nothing that is asked for, or nothing that would do: that opens nothing.
    if (conditions.length === 0 || conditions.some((values) => values.length === 0)) continue;
    known.push({ origins: origins ?? null, studies: studies ?? null, attributes });
  }
  return known;
}
