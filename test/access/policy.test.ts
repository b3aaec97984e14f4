import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anonymousIdentity, type Identity } from '../../src/access/identity.ts';
import { createPolicy } from '../../src/access/policy.ts';
import type { IssuerPolicy, PolicyConfig, RowGrant } from '../../src/access/policy-config.ts';
import type { Principal } from '../../src/access/principal.ts';
import type { RowRules } from '../../src/access/row-rules.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';

const issuer = 'https://login.example';

const issuerPolicy: IssuerPolicy = {
  issuer,
  scopeClaims: ['scope', 'roles'],
  scopes: { reader: ['search', 'metadata'], 'user/ImagingStudy.write': ['store'] },
  defaultScopes: [],
  smartScopes: true,
  patient: { claim: 'patient', attribute: 'PatientID', issuerOfPatientID: null },
};

function config(
  changes: Partial<PolicyConfig> & { readonly patient?: Partial<IssuerPolicy['patient']> } = {},
): PolicyConfig {
  const { patient = {}, ...rest } = changes;
  return {
    anonymousScopes: ['search'],
    issuers: [{ ...issuerPolicy, patient: { ...issuerPolicy.patient, ...patient } }],
    apiKeys: [{ id: 'dashboard', scopes: ['statistics'], claims: { site: ['A'] } }],
    rows: { default: 'all', rules: [] },
    ...rest,
  };
}

const user = (claims: Identity['claims'] = {}, changes: Partial<Identity> = {}): Identity => ({
  subject: `${issuer}#user`,
  kind: 'oidc',
  claims: { iss: [issuer], sub: ['user'], ...claims },
  expiresAt: 2_000_000_000,
  token: null,
  ...changes,
});

const key: Identity = { ...anonymousIdentity, subject: 'key:dashboard', kind: 'api-key' };
const none: RowRules = { anyOf: [] };

const scopesOf = (principal: Principal): readonly string[] => [...principal.scopes].sort();

/** Rules as text: attribute=value|value. */
const shown = (rows: RowRules | null): unknown =>
  rows?.anyOf.map(({ origins, studies, attributes }) =>
    [
      ...(origins ? [`origin=${[...origins].join('|')}`] : []),
      ...(studies ? [`study=${[...studies].join('|')}`] : []),
      ...attributes.map(({ tag, values }) => `${tag}=${[...values].join('|')}`),
    ].join(' '),
  );

const patientID = tagOf('PatientID');
const institution = tagOf('InstitutionName');

describe('scopes', () => {
  const policy = createPolicy(config());

  test.each<[string, Identity['claims'], readonly string[]]>([
    ['a mapped value', { scope: ['reader'] }, ['metadata', 'search']],
    ['a mapped value of another claim', { roles: ['reader'] }, ['metadata', 'search']],
    ['a value of a claim that holds no scopes', { groups: ['reader'] }, []],
    ['our own names, with their prefix', { scope: ['dicomweb:admin', 'dicomweb:nothing'] }, ['admin']],
    ['our own names without it, which others may mean otherwise', { roles: ['admin', 'search'] }, []],
    ['a name that every object has', { roles: ['constructor', '__proto__'] }, []],
    ['a SMART scope', { scope: ['user/ImagingStudy.s'] }, ['search']],
    ['a SMART scope that is mapped otherwise', { scope: ['user/ImagingStudy.write'] }, ['store']],
    ['several', { scope: ['user/ImagingStudy.s', 'dicomweb:store'] }, ['search', 'store']],
  ])('are those of %s', (_what, claims, scopes) => {
    expect(scopesOf(policy.principalOf(user(claims)))).toEqual(scopes);
  });

  test('of SMART are nothing where the configuration says so', () => {
    const strict = createPolicy(config({ issuers: [{ ...issuerPolicy, smartScopes: false }] }));
    expect(scopesOf(strict.principalOf(user({ scope: ['user/*.read', 'patient/*.read'] })))).toEqual([]);
  });

  test('that each token of an issuer has', () => {
    const generous = createPolicy(config({ issuers: [{ ...issuerPolicy, defaultScopes: ['statistics'] }] }));
    expect(scopesOf(generous.principalOf(user()))).toEqual(['statistics']);
  });

  test('of keys, of the anonymous, and of tokens that origins judge are those of the configuration', () => {
    const asToken: Identity = { ...anonymousIdentity, kind: 'token', subject: 'token:x' };
    expect([key, anonymousIdentity, asToken].map((identity) => scopesOf(policy.principalOf(identity)))).toEqual([
      ['statistics'],
      ['search'],
      ['search'],
    ]);
  });

  test.each<[string, Identity]>([
    ['a key that is gone', { ...key, subject: 'key:gone' }],
    ['an issuer that is gone', user({ iss: ['https://gone.example'], scope: ['reader'] })],
    ['an issuer that is not said', user({ iss: [], scope: ['reader'] })],
    [
      'a key that claims to have an issuer',
      { ...key, subject: 'key:gone', claims: user({ scope: ['reader'] }).claims },
    ],
  ])('of %s are none', (_what, identity) => {
    expect(scopesOf(policy.principalOf(identity))).toEqual([]);
  });

  test('what the identity proves goes on with it', () => {
    const identity = user({ scope: ['reader'] });
    expect(policy.principalOf(identity)).toMatchObject({
      subject: identity.subject,
      expiresAt: identity.expiresAt,
      token: null,
      identity,
    });
  });
});

describe('a scope for one patient', () => {
  const scope = ['patient/ImagingStudy.rs'];

  test('binds all that its holder may do to that patient', () => {
    const principal = createPolicy(config()).principalOf(user({ scope, patient: ['P-1'] }));
    expect([scopesOf(principal), shown(principal.rows)]).toEqual([
      ['metadata', 'native', 'patient-data', 'rendered', 'search'],
      [`${patientID}=P-1`],
    ]);
  });

  test('opens nothing where the patient is not named', () => {
    for (const claims of [{ scope }, { scope, patient: [] }]) {
      expect(createPolicy(config()).principalOf(user(claims)).rows).toEqual(none);
    }
  });

  test('is bound by the claim, the attribute and the issuer of ids that the configuration names', () => {
    const patient = { claim: 'mrn', attribute: 'ClinicalTrialSubjectID', issuerOfPatientID: 'H1' };
    const { rows } = createPolicy(config({ patient })).principalOf(user({ scope, mrn: ['7'], patient: ['P-1'] }));
    expect(shown(rows)).toEqual([`${tagOf('ClinicalTrialSubjectID')}=7 ${tagOf('IssuerOfPatientID')}=H1`]);
  });

  test('is not bound where all of it is granted for every patient too', () => {
    const claims = { scope: [...scope, 'user/ImagingStudy.rs'], patient: ['P-1'] };
    expect(createPolicy(config()).principalOf(user(claims)).rows).toBeNull();
  });

  test('is not bound where our own names say all of it of every patient', () => {
    const own = ['search', 'metadata', 'rendered', 'native', 'patient-data'].map((name) => `dicomweb:${name}`);
    const claims = { scope: [...scope, ...own], patient: ['P-1'] };
    expect(createPolicy(config()).principalOf(user(claims)).rows).toBeNull();
  });

  test.each<[string, Partial<IssuerPolicy>]>([
    ['a role', { scopes: { reader: ['search', 'metadata', 'rendered', 'native', 'patient-data'] } }],
    ['defaults', { defaultScopes: ['search', 'metadata', 'rendered', 'native', 'patient-data'] }],
    [
      'a role and defaults together',
      { scopes: { reader: ['search', 'metadata'] }, defaultScopes: ['rendered', 'native', 'patient-data'] },
    ],
  ])('is bound where %s of the user would grant all of it', (_what, changes) => {
    const policy = createPolicy(config({ issuers: [{ ...issuerPolicy, ...changes }] }));
    const claims = { scope: [...scope, 'reader'], patient: ['P-1'] };
    expect(shown(policy.principalOf(user(claims)).rows)).toEqual([`${patientID}=P-1`]);
    expect(policy.principalOf(user({ scope: ['reader'] })).rows).toBeNull();
  });

  test('is bound, with what is granted for every patient, where that is less', () => {
    const claims = { scope: [...scope, 'user/ImagingStudy.s'], patient: ['P-1'] };
    expect(shown(createPolicy(config()).principalOf(user(claims)).rows)).toEqual([`${patientID}=P-1`]);
  });

  test('is bound beside the rules, not instead of them', () => {
    const rules: readonly RowGrant[] = [
      { to: { who: 'everyone' }, see: { attributes: { InstitutionName: ['A'] } } },
      { to: { who: 'everyone' }, see: { origins: ['main'] } },
    ];
    const bound = (given: readonly RowGrant[]) =>
      createPolicy(config({ rows: { default: 'none', rules: given } })).principalOf(user({ scope, patient: ['P-1'] }))
        .rows;
    expect(shown(bound(rules))).toEqual([`${institution}=A ${patientID}=P-1`, `origin=main ${patientID}=P-1`]);
    expect(shown(bound([{ to: { who: 'everyone' }, see: 'all' }]))).toEqual([`${patientID}=P-1`]);
    expect(bound([{ to: { who: 'anonymous' }, see: 'all' }])).toEqual(none);
  });
});

describe('rules', () => {
  const see = { attributes: { InstitutionName: ['A'] } };
  const all: Identity[] = [
    user({ groups: ['radiology'], scope: ['reader'] }),
    user({}, { subject: `${issuer}#other` }),
    key,
    anonymousIdentity,
  ];
  const names = ['user', 'other', 'key', 'anonymous'];
  const meant = (to: RowGrant['to']): readonly string[] => {
    const policy = createPolicy(config({ rows: { default: 'none', rules: [{ to, see }] } }));
    return names.filter((_, index) => shown(policy.principalOf(all[index] ?? key).rows)?.toString() !== '');
  };

  test.each<[RowGrant['to'], readonly string[]]>([
    [{ who: 'everyone' }, names],
    [{ who: 'anonymous' }, ['anonymous']],
    [{ issuers: [issuer] }, ['user', 'other']],
    [{ issuers: ['https://else.example'] }, []],
    [{ subjects: [`${issuer}#other`] }, ['other']],
    [{ subjects: ['key:dashboard'] }, ['key']],
    [{ apiKeys: ['dashboard'] }, ['key']],
    [{ scopes: ['reader'] }, ['user']],
    [{ claims: { groups: ['surgery', 'radiology'] } }, ['user']],
    [{ claims: { site: ['A'] } }, ['key']],
    [{ claims: { groups: ['radiology'], site: ['A'] } }, []],
    [{ issuers: [issuer], claims: { groups: ['radiology'] } }, ['user']],
    [{ claims: { missing: ['x'] } }, []],
  ])('to %j are meant for %j', (to, expected) => {
    expect(meant(to)).toEqual(expected);
  });

  test('a subject is also whom the issuer calls so', () => {
    const policy = createPolicy(
      config({ rows: { default: 'none', rules: [{ to: { subjects: ['user'] }, see: 'all' }] } }),
    );
    expect(policy.principalOf(user()).rows).toBeNull();
    expect(policy.principalOf({ ...key, claims: { sub: ['user'] } }).rows).toEqual(none);
  });

  test('add up', () => {
    const rules: readonly RowGrant[] = [
      { to: { who: 'everyone' }, see },
      { to: { issuers: [issuer] }, see: { studyInstanceUIDs: ['1.2.3'] } },
    ];
    const policy = createPolicy(config({ rows: { default: 'none', rules } }));
    expect(shown(policy.principalOf(user()).rows)).toEqual([`${institution}=A`, 'study=1.2.3']);
    expect(shown(policy.principalOf(key).rows)).toEqual([`${institution}=A`]);
  });

  test('nobody for whom there is none sees anything, unless the configuration says all', () => {
    const rules: readonly RowGrant[] = [{ to: { who: 'anonymous' }, see }];
    expect(createPolicy(config({ rows: { default: 'none', rules } })).principalOf(key).rows).toEqual(none);
    expect(createPolicy(config({ rows: { default: 'all', rules } })).principalOf(key).rows).toBeNull();
  });

  describe('that refer to claims', () => {
    const ruled = (value: string, identity: Identity) =>
      createPolicy(
        config({
          rows: {
            default: 'none',
            rules: [{ to: { who: 'everyone' }, see: { attributes: { InstitutionName: [value], PatientID: ['P'] } } }],
          },
        }),
      ).principalOf(identity).rows;

    test('mean its values', () => {
      expect(shown(ruled('claim:sites', user({ sites: ['A', 'B'] })))).toEqual([`${institution}=A|B ${patientID}=P`]);
    });

    test('mean what the configuration of a key says today, whatever was kept', () => {
      expect(shown(ruled('claim:site', { ...key, claims: { site: ['B'] } }))).toEqual([
        `${institution}=A ${patientID}=P`,
      ]);
    });

    test.each([
      ['is missing', user()],
      ['is empty', user({ sites: [] })],
    ])('open nothing where the claim %s', (_what, identity) => {
      expect(ruled('claim:sites', identity)).toEqual(none);
    });

    test('are taken from a token, and what else it says is not', () => {
      const policy = createPolicy(
        config({
          rows: {
            default: 'none',
            rules: [
              { to: { claims: { groups: ['a'] } }, see: { studyInstanceUIDs: ['claim:studies'] } },
              { to: { who: 'everyone' }, see: { origins: ['claim:archives'] } },
            ],
          },
        }),
      );
      expect([...policy.claimsOf(issuer)].sort()).toEqual(
        ['archives', 'groups', 'iss', 'patient', 'roles', 'scope', 'studies', 'sub'].sort(),
      );
      expect([...policy.claimsOf('https://else.example')]).toEqual([]);
    });
  });

  test('of an attribute that PS3.6 does not have end the program at its start', () => {
    const rules: readonly RowGrant[] = [{ to: { who: 'everyone' }, see: { attributes: { Institution: ['A'] } } }];
    expect(() => createPolicy(config({ rows: { default: 'none', rules } }))).toThrow();
  });
});

test('whatever the rules and the claims: without a value that is said or claimed nothing is opened', () => {
  const names_ = fc.constantFrom('a', 'b', 'c');
  const value = fc.oneof(
    names_,
    names_.map((name) => `claim:${name}`),
  );
  const see = fc.record(
    {
      origins: fc.array(value, { minLength: 1, maxLength: 2 }),
      attributes: fc.dictionary(fc.constantFrom('PatientID', 'InstitutionName'), fc.array(value, { maxLength: 2 })),
    },
    { requiredKeys: [] },
  );
  const claims = fc.dictionary(names_, fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }));
  fc.assert(
    fc.property(fc.array(see, { maxLength: 3 }), claims, (sees, held) => {
      const rules = sees.map((one): RowGrant => ({ to: { who: 'everyone' }, see: one }));
      const { rows } = createPolicy(config({ rows: { default: 'none', rules } })).principalOf(user(held));
      const allowed = new Set(['a', 'b', 'c', ...Object.values(held).flat()]);
      for (const { origins, studies, attributes } of rows?.anyOf ?? [
        { origins: new Set(), studies: null, attributes: [] },
      ]) {
        const sets = [
          ...(origins ? [origins] : []),
          ...(studies ? [studies] : []),
          ...attributes.map((rule) => rule.values),
        ];
        expect(sets.length).toBeGreaterThan(0);
        for (const set of sets) {
          expect(set.size).toBeGreaterThan(0);
          expect([...set].every((one) => allowed.has(one))).toBe(true);
        }
      }
      expect(rows).not.toBeNull();
    }),
  );
});
