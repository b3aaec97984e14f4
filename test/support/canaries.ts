import { phantomCatalogue } from '../../src/phantom/catalogue.ts';

/** Names and numbers of the phantom patients, and of patients that tests make up. */
const people = [
  ...Object.values(phantomCatalogue).flatMap(({ patient, accessionNumber, referringPhysicianName }) => [
    patient.patientID,
    patient.patientName,
    ...patient.patientName.split('='),
    accessionNumber,
    referringPhysicianName,
  ]),
  'Doe^John',
  'Doe^Jane',
].filter((text) => text.length > 3);

/** The secrets that tests sign links with, as they may be written. */
const secrets = [1, 2, 3, 7].flatMap((seed) => {
  const bytes = Buffer.alloc(32, seed);
  return [bytes.toString('base64url'), bytes.toString('hex'), bytes.toString('base64')];
});

const patterns: readonly (readonly [string, RegExp])[] = [
  ['a link', /\/(?:links|dicomweb)\/[A-Za-z0-9_-]{43}/],
  [
    'a token or a signature',
    /(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[a-z])[A-Za-z0-9_-]{60,}/,
  ],
  ['a JWT', /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\./],
  ['credentials', /\b(?:Bearer|Basic) +(?=[A-Za-z0-9+/_.~-]*\d)[A-Za-z0-9+/_.~-]{6,}/i],
  ['a value that was searched by', /\b(?:PatientName|PatientID|AccessionNumber|StudyInstanceUID)=[^",\s]/],
];

/**
 * What stands in a text and must not stand in anything that the program writes for others than its caller: names of patients
 * and of what they are known by, secrets, tokens, signatures, values of queries.
 *
 * @param planted - Texts that this test planted.
 */
export function findCanaries(text: string, planted: readonly string[] = []): readonly string[] {
  const texts = [...people, ...secrets, ...planted].filter((canary) => text.includes(canary));
  return [...new Set(texts), ...patterns.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []))];
}
