import { describe, expect, test } from 'vitest';
import { anyOfRules, createRowGuard, mayHaveVisible } from '../../src/access/row-guard.ts';
import type { RowRules } from '../../src/access/row-rules.ts';
import { DataSet, type JsonDataSet } from '../../src/dicom/data-set.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { rulesOf, where } from '../support/ruled-world.ts';

const judge = (rules: RowRules, json: JsonDataSet, untold: readonly string[] = []) => {
  const dataSet = DataSet.parse(json);
  return createRowGuard(rules, 'main')?.judge((tag) => (untold.map(tagOf).includes(tag) ? null : dataSet));
};
const patient = (...values: readonly unknown[]): JsonDataSet => ({ [tagOf('PatientID')]: { vr: 'LO', Value: values } });
const physician = (name: object): JsonDataSet => ({ [tagOf('ReferringPhysicianName')]: { vr: 'PN', Value: [name] } });

describe('an attribute', () => {
  const rules = rulesOf([where('PatientID', 'P-1', 'P-2')]);

  test('meets a rule by any of its values', () => {
    expect(judge(rules, patient('P-1'))).toBe(true);
    expect(judge(rules, patient('P-9', 'P-2'))).toBe(true);
  });

  test('does not meet it by a part, in other letters, or with a wildcard in it', () => {
    for (const value of ['P', 'P-11', 'p-1', 'P-?', '*', 'P-1,P-2', 1])
      expect(judge(rules, patient(value))).toBe(false);
    expect(judge(rulesOf([where('PatientID', '*', 'P-?')]), patient('P-1'))).toBe(false);
  });

  test('does not meet it by being absent, empty or no text', () => {
    expect(judge(rules, {})).toBe(false);
    expect(judge(rules, { [tagOf('PatientID')]: { vr: 'LO' } })).toBe(false);
    expect(judge(rules, patient(null, ''))).toBe(false);
    expect(judge(rulesOf([where('PatientID', '')]), patient(''))).toBe(false);
    expect(judge(rules, { [tagOf('PatientID')]: { vr: 'OB', InlineBinary: 'UC0x' } })).toBe(false);
  });

  test('meets it without the spaces that fill it up', () => {
    expect(judge(rules, patient('P-1 '))).toBe(true);
  });

  test('that is a name meets it by any of its groups, however many carets end it', () => {
    const names = rulesOf([where('ReferringPhysicianName', 'Yamada^Tarou', '山田^太郎^')]);
    expect(judge(names, physician({ Alphabetic: 'Yamada^Tarou^^^' }))).toBe(true);
    expect(judge(names, physician({ Alphabetic: 'Else', Ideographic: '山田^太郎' }))).toBe(true);
    expect(judge(names, physician({ Alphabetic: 'Yamada^Tarou^Dr' }))).toBe(false);
    expect(judge(names, physician({ Alphabetic: 'Yamada' }))).toBe(false);
  });
});

test('what is not told is not settled, unless the rest settles it', () => {
  const both = rulesOf([
    {
      origins: null,
      studies: null,
      attributes: [
        ['PatientID', ['P-1']],
        ['InstitutionName', ['North']],
      ],
    },
  ]);
  expect(judge(both, patient('P-1'), ['InstitutionName'])).toBeNull();
  expect(judge(both, patient('P-2'), ['InstitutionName'])).toBe(false);
  const either = rulesOf([where('InstitutionName', 'North'), where('PatientID', 'P-1')]);
  expect(judge(either, patient('P-1'), ['InstitutionName'])).toBe(true);
  expect(judge(either, patient('P-2'), ['InstitutionName'])).toBeNull();
});

test('rules of other origins say nothing of this one', () => {
  const rules = rulesOf([{ ...where('PatientID', 'P-1'), origins: ['other'] }]);
  expect(judge(rules, patient('P-1'))).toBe(false);
  expect([mayHaveVisible(rules, 'main'), mayHaveVisible(rules, 'other')]).toEqual([false, true]);
});

test('there is no guard where everything may be seen, and one that allows nothing where there is no rule', () => {
  expect(createRowGuard(null, 'main')).toBeNull();
  expect(createRowGuard(rulesOf([{ origins: ['main'], studies: null, attributes: [] }]), 'main')).toBeNull();
  expect(judge(rulesOf([]), patient('P-1'))).toBe(false);
});

test('of several sets of rules what any allows may be seen; none binds where one of them is no set', () => {
  const [one, two] = [rulesOf([where('PatientID', 'P-1')]), rulesOf([where('PatientID', 'P-2')])];
  expect(judge(anyOfRules([one, two]) ?? one, patient('P-2'))).toBe(true);
  expect(anyOfRules([one, null])).toBeNull();
  expect(anyOfRules([])).toEqual({ anyOf: [] });
});
