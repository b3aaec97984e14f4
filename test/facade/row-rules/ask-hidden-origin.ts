import { expect } from 'vitest';
import type { Asking, OriginId } from './asking.ts';

const questions = [
  'searchStudies(origin: $origin) { totalCount }',
  'searchSeries(origin: $origin) { totalCount }',
  'searchInstances(origin: $origin) { totalCount }',
  'study(origin: $origin, studyInstanceUID: "1.1") { id }',
  'series(origin: $origin, seriesInstanceUID: "1.1.1") { id }',
  'instance(origin: $origin, sopInstanceUID: "1.1.1.1") { id }',
  'patient(origin: $origin, patientID: "P-1") { patientID }',
  'studyStatistics(origin: $origin) { studies }',
];

/** An origin of which no rule allows anything is none: what is asked of it is answered as of one that is not there. */
export async function askHiddenOrigin(
  { facade, name, origin }: Asking,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  async function answersOf(id: OriginId | 'nowhere') {
    const query = `query ($origin: ID, $ids: [ID!]!) {
      ${questions.map((question, index) => `q${index}: ${question}`).join(' ')} nodes(ids: $ids) { id } }`;
    const upload = 'mutation ($origin: ID) { createUpload(input: { origin: $origin }) { url } }';
    const of = { origin: id, ids: [...ids.values()].map((one) => movedTo(id, one, origin)) };
    const answers = [await facade.query(name, query, of), await facade.query(name, upload, { origin: id })];
    return answers.map(({ data, errors }) => ({ data, errors }));
  }
  facade.requests.length = 0;
  const [hidden, nowhere] = [await answersOf(origin), await answersOf('nowhere')];
  const codes = hidden.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions['code']) ?? []);
  expect(codes).toEqual([...questions, ...ids, 'createUpload'].map(() => 'UNKNOWN_ORIGIN'));
  expect(hidden).toEqual(nowhere);
  expect(facade.requests).toEqual([]);
}

/** The id of the same object at another origin. */
const movedTo = (origin: string, id: string, from: OriginId): string =>
  Buffer.from(Buffer.from(id, 'base64url').toString().replace(` ${from} `, ` ${origin} `)).toString('base64url');
