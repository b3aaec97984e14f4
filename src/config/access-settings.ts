import { z } from 'zod';
import { originId, type ScopeName, scope, visibleText } from './grammars.ts';
import { choice, list, mustBe, text, wholeNumberSchema } from './setting.ts';

/** A text, or a list of texts: most things are one. */
const oneOrMore = <T>(item: z.ZodType<T, string>, max = 500): z.ZodType<readonly T[], string | readonly string[]> =>
  z.preprocess(
    (written: unknown) => (typeof written === 'string' ? [written] : written),
    z
      .array(item, mustBe('a text or a list'))
      .min(1, mustBe('at least one'))
      .max(max, mustBe(`a list of at most ${max}`)),
  ) as z.ZodType<readonly T[], string | readonly string[]>;

/** Names in a file of whoever runs a provider: claims, scopes, roles. */
const name = visibleText;
const claims = z.record(name, oneOrMore(name), mustBe('claims, each with its values'));
const scopes = z.array(scope, mustBe('a list of scopes')).max(20, mustBe('a list of at most 20'));

/** An issuer as its tokens have it, letter by letter: https, or http on this machine; no query, fragment and user. */
export const issuerUrl = z
  .string(mustBe('an https URL'))
  .max(512, mustBe('at most 512 characters'))
  .refine((written) => {
    const url = URL.parse(written);
    return url !== null && isSafe(url) && !/[?#]/.test(written);
  }, mustBe('an https URL without query and fragment (or http on this machine)'));

const keysUrl = z.string(mustBe('an https URL')).refine((written) => {
  const url = URL.parse(written);
  return url !== null && isSafe(url) && !written.includes('#');
}, mustBe('an https URL without fragment (or http on this machine)'));

const isSafe = ({ protocol, hostname, username, password }: URL): boolean =>
  (protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname))) &&
  username + password === '';

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

/** Attributes of patient, study, series or instance that rules may ask for. */
export const ruleAttributes = [
  'PatientID',
  'IssuerOfPatientID',
  'ResponsibleOrganization',
  'AdmissionID',
  'AccessionNumber',
  'StudyID',
  'StudyDescription',
  'ReferringPhysicianName',
  'ConsultingPhysicianName',
  'PhysiciansOfRecord',
  'NameOfPhysiciansReadingStudy',
  'RequestingService',
  'ClinicalTrialSponsorName',
  'ClinicalTrialProtocolID',
  'ClinicalTrialProtocolName',
  'ClinicalTrialSiteID',
  'ClinicalTrialSiteName',
  'ClinicalTrialSubjectID',
  'Modality',
  'SeriesDescription',
  'BodyPartExamined',
  'ProtocolName',
  'PerformingPhysicianName',
  'OperatorsName',
  'InstitutionName',
  'InstitutionalDepartmentName',
  'StationName',
  'Manufacturer',
  'SOPClassUID',
] as const;

const ruleAttribute = z.enum(ruleAttributes, mustBe(`one of ${ruleAttributes.join(', ')}`));

const patient = z.strictObject(
  {
    claim: name.exactOptional(),
    attribute: ruleAttribute.exactOptional(),
    issuerOfPatientID: name.exactOptional(),
  },
  mustBe('names and values'),
);

const issuerEntry = z.strictObject(
  {
    issuer: issuerUrl,
    audience: oneOrMore(name, 16),
    algorithms: z
      .array(z.enum(algorithms, mustBe(`one of ${algorithms.join(', ')}`)), mustBe('a list'))
      .min(1, mustBe('a list of at least one'))
      .max(10, mustBe('a list of at most 10'))
      .exactOptional(),
    tokenTypes: z
      .array(z.enum(['at+jwt', 'jwt'], mustBe('at+jwt or jwt')), mustBe('a list'))
      .min(1, mustBe('a list of at least one'))
      .max(2, mustBe('a list of at most 2'))
      .exactOptional(),
    clockSkewSeconds: wholeNumberSchema(0, 300).exactOptional(),
    jwksUrl: keysUrl.exactOptional(),
    caFile: z.string(mustBe('a path')).min(1, mustBe('a path')).exactOptional(),
    subjectClaim: name.exactOptional(),
    scopeClaims: oneOrMore(name, 16).exactOptional(),
    scopes: z.record(name, scopes, mustBe('values of claims, each with the scopes that it grants')).exactOptional(),
    defaultScopes: scopes.exactOptional(),
    smartScopes: z.boolean(mustBe('true or false')).exactOptional(),
    patient: patient.exactOptional(),
  },
  mustBe('names and values'),
);

/** A day, from which on it is over, or a moment; in seconds since the epoch. */
const moment = z
  .string(mustBe('a day or a moment'))
  .refine(
    (written) =>
      /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(written) &&
      !Number.isNaN(Date.parse(written)),
    mustBe('a day (2027-06-30) or a moment with its zone (2027-06-30T12:00:00Z)'),
  );

const keyId = z
  .string(mustBe('an id of letters, digits and "-"'))
  .refine((written) => /^[A-Za-z0-9-]{1,32}$/.test(written), mustBe('1 to 32 letters, digits or "-"'));

/** A key for a program, as a file knows it. */
export const apiKeyEntry = z.strictObject(
  {
    id: keyId,
    name: name.exactOptional(),
    sha256: z
      .string(mustBe('a hash'))
      .refine((written) => /^[A-Za-z0-9_-]{43}$/.test(written), mustBe('a hash, as "api-key make" prints it')),
    scopes,
    expires: moment.exactOptional(),
    claims: claims.exactOptional(),
  },
  mustBe('names and values'),
);

const to = z.strictObject(
  {
    who: z.enum(['everyone', 'anonymous'], mustBe('everyone or anonymous')).exactOptional(),
    issuer: oneOrMore(issuerUrl).exactOptional(),
    subject: oneOrMore(name).exactOptional(),
    apiKey: oneOrMore(keyId).exactOptional(),
    scope: oneOrMore(name).exactOptional(),
    claims: claims.exactOptional(),
  },
  mustBe('names and values'),
);

const uidOrClaim = z
  .string(mustBe('a UID'))
  .refine(
    (written) => /^(claim:.+|\d+(\.\d+)*)$/.test(written) && (written.startsWith('claim:') || written.length <= 64),
    mustBe('a UID, or claim: and the name of one'),
  );
const originOrClaim = z
  .string(mustBe('the id of an origin'))
  .refine(
    (written) => written.startsWith('claim:') || originId.safeParse(written).success,
    mustBe('the id of an origin, or claim: and the name of one'),
  );

const see = z.strictObject(
  {
    all: z.literal(true, mustBe('true')).exactOptional(),
    origin: oneOrMore(originOrClaim, 32).exactOptional(),
    studyInstanceUID: oneOrMore(uidOrClaim, 10_000).exactOptional(),
    attributes: z
      .partialRecord(ruleAttribute, oneOrMore(name), mustBe('attributes by keyword, each with its values'))
      .exactOptional(),
  },
  mustBe('all: true, or conditions'),
);

const ruleEntry = z.strictObject({ to, see }, mustBe('to and see'));

export type IssuerEntry = z.infer<typeof issuerEntry>;
export type ApiKeyEntry = z.infer<typeof apiKeyEntry>;
export type RuleEntry = z.infer<typeof ruleEntry>;

/** Every key of an entry, for suggestions. */
export const accessEntryKeys: readonly string[] = [
  ...[issuerEntry, patient, apiKeyEntry, ruleEntry, to, see].flatMap(({ shape }) => Object.keys(shape)),
  ...ruleAttributes,
];

/** What those may do who are not known; the demo of nobody real lets them do everything. */
export const anonymousScopes = list<ScopeName, ScopeName>(scope, {
  group: 'Access',
  placeholder: 'SCOPE,...',
  max: 20,
  help: 'What those may do who are not known: search, metadata, rendered, native, store, statistics, patient-data, admin. Where issuers or API keys are configured, nothing unless it is said here.',
  default: {
    demo: ['search', 'metadata', 'rendered', 'native', 'store', 'statistics', 'patient-data', 'admin'],
    serve: [],
  },
});

/** Who is known, and who may see which studies (docs/access.md). */
export const accessSettings = {
  issuer: text({
    group: 'Access',
    placeholder: 'URL',
    schema: issuerUrl,
    help: 'Take access tokens (JWT) of this OpenID provider: its issuer, as the tokens have it.',
    default: undefined,
  }),
  audience: list(name, {
    group: 'Access',
    placeholder: 'AUDIENCE,...',
    max: 16,
    help: 'What tokens of --access-issuer must be for: one of these stands in their aud.',
    default: [],
  }),
  issuers: list(issuerEntry, {
    group: 'Access',
    placeholder: 'LIST',
    max: 32,
    help: 'Several providers, or one with more to say: issuer, audience, algorithms, what its claims grant.',
    fileOnly: true,
    default: [],
  }),
  apiKeys: list(apiKeyEntry, {
    group: 'Access',
    placeholder: 'LIST',
    max: 1_000,
    help: 'Keys for programs, by their hash: dicomweb-graphql api-key make prints both.',
    fileOnly: true,
    default: [],
  }),
  rows: {
    default: choice(['none', 'all'], {
      group: 'Access',
      placeholder: 'WHICH',
      help: 'Which studies those see for whom there is no rule: none or all. Where there are no rules at all, all.',
      default: 'none',
    }),
    rules: list(ruleEntry, {
      group: 'Access',
      placeholder: 'LIST',
      max: 1_000,
      help: 'Who sees which studies: to whom, by issuer, subject, claims or API key; and what, by attributes.',
      fileOnly: true,
      default: [],
    }),
  },
};
