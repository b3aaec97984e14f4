import { expect } from 'vitest';
import { type WorldFile, world } from '../../support/ruled-world.ts';
import { type Asking, ask, distinct, type Json, rowsOf, within } from './asking.ts';

const comments = 'attribute(path: "PatientComments") { ... on TextAttribute { values } }';
const commentsOf = (files: readonly WorldFile[]): string[] => files.map(({ patient }) => `Of ${patient || 'nobody'}`);

/** Objects by their ids, and what each says of its patient: of two patients of a study, the one who may be seen. */
export async function askNodes(
  asking: Asking,
  ids: ReadonlyMap<string, string>,
  uids: readonly string[],
): Promise<void> {
  const { visible } = asking;
  const { nodes } = await ask(
    asking,
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on DicomObject { ${comments} } } }`,
    { ids: uids.map((uid) => ids.get(uid)) },
  );
  for (const [index, uid] of uids.entries()) {
    const own = within(uid, visible);
    const told = nodes[index] === null ? null : nodes[index].attribute.values[0];
    if (own.length === 0) expect([uid, told]).toEqual([uid, null]);
    else expect(commentsOf(own)).toContain(told);
  }
}

/** A study, series and instance by their UIDs, and their patient. */
export async function askLookups(asking: Asking, pick: number): Promise<void> {
  const { origin, visible } = asking;
  const { study, series, instance, patient } = world[pick % world.length] as WorldFile;
  const data: Json = await ask(
    asking,
    `query ($origin: ID, $study: UID!, $series: UID!, $instance: UID!, $patient: String!) {
       study(origin: $origin, studyInstanceUID: $study) { ${comments} patient { patientID } }
       series(origin: $origin, studyInstanceUID: $study, seriesInstanceUID: $series) { ${comments} }
       instance(origin: $origin, studyInstanceUID: $study, seriesInstanceUID: $series, sopInstanceUID: $instance) {
         ${comments} }
       patient(origin: $origin, patientID: $patient) {
         patientID ${comments} studies(first: 100) { totalCount nodes { studyInstanceUID } } }
     }`,
    { origin, study, series, instance, patient: patient || 'nobody' },
  );
  for (const [name, uid] of Object.entries({ study, series, instance })) {
    const own = within(uid, visible);
    const told = data[name] === null ? [] : data[name].attribute.values;
    if (own.length === 0) expect([name, uid, data[name]]).toEqual([name, uid, null]);
    else expect(commentsOf(own)).toEqual(expect.arrayContaining(told));
  }
  const ofPatient = rowsOf(visible).filter(([row]) => patient !== '' && row?.patient === patient);
  const studies = distinct(ofPatient.map(([row]) => row?.study ?? ''));
  if (studies.length === 0) return expect(data.patient).toBeNull();
  expect(data.patient).toMatchObject({ patientID: patient, attribute: { values: [`Of ${patient}`] } });
  expect(distinct(data.patient.studies.nodes.map((one: Json) => one.studyInstanceUID))).toEqual(studies);
  expect([null, studies.length]).toContain(data.patient.studies.totalCount);
}
