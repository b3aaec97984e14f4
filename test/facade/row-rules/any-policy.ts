import fc from 'fast-check';
import type { RowGrant, RowPolicy, StudyConditions } from '../../../src/access/policy-config.ts';
import { callers } from '../../support/ruled-callers.ts';
import { type RuleKeyword, ruleAttributes, world } from '../../support/ruled-world.ts';
import { distinct, originIds } from './asking.ts';

const keywords = Object.keys(ruleAttributes) as RuleKeyword[];
const studies = distinct(world.map(({ study }) => study));

/** Some of what there is, of what there is not, and of what a claim says. */
const someOf = (values: readonly string[], nowhere: string): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.subarray([...values, nowhere], { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom<string[][]>(['claim:claim'], ['claim:missing'], ['claim:claim', nowhere]) },
  );

const anyAttribute = fc.constantFrom(...keywords).chain((keyword) => {
  const values = distinct(world.map((file) => file[ruleAttributes[keyword]])).filter(Boolean);
  return someOf(values, 'Elsewhere').map((some) => [keyword, some] as const);
});

/** One of four: a rule of many conditions opens nothing, and finds nothing out. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const anyConditions: fc.Arbitrary<StudyConditions> = fc.record({
  origins: seldom(someOf(originIds, 'elsewhere')),
  studyInstanceUIDs: seldom(someOf(studies, '9.9')),
  attributes: fc
    .uniqueArray(anyAttribute, { selector: ([keyword]) => keyword, maxLength: 2 })
    .map((some) => (some.length === 0 ? undefined : Object.fromEntries(some))),
});

const anyGrant: fc.Arbitrary<RowGrant> = fc.record({
  to: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ who: 'everyone' } as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<RowGrant['to'][]>(
        { who: 'anonymous' },
        { subjects: ['ann', 'cat'] },
        { claims: { claim: ['South', 'P-1'] } },
        { subjects: ['bob', 'cat'], claims: { claim: ['P-2'] } },
        { claims: { missing: ['P-1'] } },
      ),
    },
  ),
  see: fc.oneof({ weight: 12, arbitrary: anyConditions }, { weight: 1, arbitrary: fc.constant('all' as const) }),
});

/** Rules as they are configured, for callers that differ. */
export const anyPolicy: fc.Arbitrary<RowPolicy> = fc.record({
  default: fc.constantFrom('none', 'all'),
  rules: fc.array(anyGrant, { maxLength: 4 }),
});

export const anyCaller = fc.constantFrom(...callers);
