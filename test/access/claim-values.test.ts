import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimValues } from '../../src/access/oidc/claim-values.ts';

const claims = {
  scope: 'a  b',
  scp: ['c d', 'e'],
  group: 'a b',
  roles: ['x', 7, true, null, {}, '', 1.5],
  realm_access: { roles: ['deep'] },
  'https://a.example/roles': ['url'],
  'realm_access.other': 'flat',
  count: 3,
  long: ['x'.repeat(1_025), 'y'],
  many: Array.from({ length: 600 }, (_, n) => `v${n}`),
};

test.each<[string, readonly string[]]>([
  ['scope', ['a', 'b']],
  ['scp', ['c d', 'e']],
  ['group', ['a b']],
  ['roles', ['x', '7', 'true']],
  ['realm_access.roles', ['deep']],
  ['realm_access.other', ['flat']],
  ['https://a.example/roles', ['url']],
  ['count', ['3']],
  ['long', ['y']],
  ['realm_access', []],
  ['missing', []],
  ['roles.0', []],
  ['constructor', []],
  ['__proto__.x', []],
  ['toString', []],
])('%s is %j', (name, values) => {
  expect(claimValues(claims, name)).toEqual(values);
});

test('no more than 500 values are kept', () => {
  expect(claimValues(claims, 'many')).toHaveLength(500);
});

test('whatever a token says, a claim is texts', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (anything, name) => {
      const values = claimValues(anything, name);
      expect(values.every((value) => typeof value === 'string' && value !== '' && value.length <= 1_024)).toBe(true);
    }),
  );
});
