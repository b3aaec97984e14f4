import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../src/access/scopes.ts';
import { el, part10 } from '../part10/part10-writer.ts';
import { ctImage } from '../support/archive.ts';
import { type Answer, startGraphql, type TestGraphql } from '../support/graphql.ts';
import { markedAttributes, markedObject, privateMarks } from '../support/marked-object.ts';

const bounds = { maxCost: 1e9 };
const documentBounds = { maxTokens: 1e6, maxAliases: 1e6, maxFields: 1e6 };
const withoutPatientData = scopes.filter((scope) => scope !== 'patient-data');

/** Of standard sequences that the profile does not touch, one holds what it does. */
const files = [
  markedObject({
    AnatomicRegionSequence: [{ CodeMeaning: 'Chest', PatientID: 'SECRET ID', '00090010': 'SECRET CREATOR' }],
    ReferencedImageSequence: [
      { ReferencedSOPInstanceUID: '2.25.4711', PurposeOfReferenceCodeSequence: [{ CodeMeaning: 'Localizer' }] },
    ],
  }),
];

let graphql: TestGraphql;
let others: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files }, scopes: withoutPatientData, bounds, documentBounds });
  others = await startGraphql({ archive: { files }, bounds, documentBounds });
});
afterAll(async () => {
  await graphql[Symbol.asyncDispose]();
  await others[Symbol.asyncDispose]();
});

/** Where an answer has errors, with code and scope. */
const refusals = ({ errors = [] }: Answer): readonly (readonly unknown[])[] =>
  errors.map(({ path = [], extensions }) => [path.join('.'), extensions['code'], extensions['scope']]);

const forbidden = (...paths: readonly string[]) => paths.map((path) => [path, 'FORBIDDEN', 'patient-data']);

async function attributesOf(asked: TestGraphql, paths: readonly string[]) {
  const fields = paths.map((path, index) => `a${index}: attribute(path: ${JSON.stringify(path)}) { tag }`);
  const answer = await asked.query(`{ searchInstances { nodes { ${fields.join(' ')} } } }`);
  const values: readonly unknown[] = Object.values(answer.data.searchInstances.nodes[0]);
  return { answer, values };
}

describe.each<readonly [string, readonly string[]]>([
  ['by its tag', markedAttributes.map(({ tag }) => tag)],
  ['by its keyword', markedAttributes.map(({ keyword }) => keyword)],
  ['that is private, by tag', Object.keys(privateMarks)],
  ['that is private, by its creator', ['0009xx01{SECRET CREATOR}']],
  ['in an item', ['AnatomicRegionSequence[0].PatientID', 'AnatomicRegionSequence[0].00100020']],
  ['that is private, in an item', ['AnatomicRegionSequence[0].00090010']],
  ['below a sequence that is withheld whole', ['RequestAttributesSequence[0].CodeMeaning']],
])('an attribute of the Basic Profile %s', (_how, paths) => {
  test('is null with FORBIDDEN', async () => {
    const { answer, values } = await attributesOf(graphql, paths);
    expect(values).toEqual(paths.map(() => null));
    const places = paths.map((_path, index) => `searchInstances.nodes.0.a${index}`);
    expect(refusals(answer).toSorted()).toEqual(forbidden(...places).toSorted());
  });

  test('is there for others', async () => {
    const { answer, values } = await attributesOf(others, paths);
    expect(answer.errors).toBeUndefined();
    expect(values).toEqual(paths.map(() => ({ tag: expect.any(String) })));
  });
});

test('fields of such attributes are null with FORBIDDEN, and others are not', async () => {
  const answer = await graphql.query(`{ searchInstances { nodes {
    rows
    study { accessionNumber referringPhysicianName { raw } studyDate studyDescription studyID studyTime
      patient { patientBirthDate patientID patientName { raw formatted } patientSex } }
    series { modality seriesDate seriesDescription seriesTime institutionName protocolName requestAttributes { __typename } }
  } } }`);
  expect(answer.data.searchInstances.nodes).toEqual([
    {
      rows: 2,
      study: {
        accessionNumber: null,
        referringPhysicianName: null,
        studyDate: null,
        studyDescription: null,
        studyID: null,
        studyTime: null,
        patient: { patientBirthDate: null, patientID: null, patientName: null, patientSex: null },
      },
      series: {
        modality: 'CT',
        seriesDate: null,
        seriesDescription: null,
        seriesTime: null,
        institutionName: null,
        protocolName: null,
        requestAttributes: null,
      },
    },
  ]);
  expect(refusals(answer)).toHaveLength(6 + 4 + 6);
  expect(refusals(answer).map(([, ...how]) => how)).toEqual(Array(16).fill(['FORBIDDEN', 'patient-data']));
});

test('of several attributes those are null with FORBIDDEN, at their places', async () => {
  const answer = await graphql.query(
    '{ searchInstances { nodes { attributes(paths: ["Modality", "PatientName", "00091001", "Rows", "StudyDate"]) { keyword } } } }',
  );
  const { attributes } = answer.data.searchInstances.nodes[0];
  expect(attributes).toEqual([{ keyword: 'Modality' }, null, null, { keyword: 'Rows' }, null]);
  const at = (index: number): string => `searchInstances.nodes.0.attributes.${index}`;
  expect(refusals(answer).toSorted()).toEqual(forbidden(at(1), at(2), at(4)));
});

test.each([
  ['an attribute', 'MakerNote'],
  ['an attribute of an item', 'AnatomicRegionSequence[0].PatientName'],
  ['an item of a sequence', 'RequestAttributesSequence[7].CodeMeaning'],
  ['a sequence in an item', 'AnatomicRegionSequence[0].RequestAttributesSequence[0].CodeMeaning'],
])('%s that the object does not have is refused as if it had it', async (_what, path) => {
  expect((await attributesOf(others, [path])).values).toEqual([null]);
  const { answer, values } = await attributesOf(graphql, [path]);
  expect(values).toEqual([null]);
  expect(refusals(answer)).toEqual(forbidden('searchInstances.nodes.0.a0'));
  const paths = JSON.stringify(['Modality', path]);
  const several = await graphql.query(`{ searchInstances { nodes { attributes(paths: ${paths}) { keyword } } } }`);
  expect(several.data.searchInstances.nodes[0].attributes).toEqual([{ keyword: 'Modality' }, null]);
  expect(refusals(several)).toEqual(forbidden('searchInstances.nodes.0.attributes.1'));
});

test('in the items of a sequence those are null with FORBIDDEN, and others are not', async () => {
  const answer = await graphql.query(`{ searchInstances { nodes { attribute(path: "AnatomicRegionSequence") {
    ... on SequenceAttribute { items {
      told: attribute(path: "CodeMeaning") { ... on TextAttribute { values } }
      one: attribute(path: "PatientID") { tag }
      several: attributes(paths: ["CodeMeaning", "00090010"]) { keyword }
    } }
  } } } }`);
  expect(answer.data.searchInstances.nodes[0].attribute.items).toEqual([
    { told: { values: ['Chest'] }, one: null, several: [{ keyword: 'CodeMeaning' }, null] },
  ]);
  const at = (place: string): string => `searchInstances.nodes.0.attribute.items.0.${place}`;
  expect(refusals(answer).toSorted()).toEqual(forbidden(at('one'), at('several.1')));
});

test('that an object refers to another is told, what for is not', async () => {
  const query = '{ searchInstances { nodes { referencedInstances { sopInstanceUID purposes { meaning } } } } }';
  const reference = { sopInstanceUID: '2.25.4711', purposes: [{ meaning: 'Localizer' }] };
  expect((await others.query(query)).data.searchInstances.nodes[0].referencedInstances).toContainEqual(reference);
  const answer = await graphql.query(query);
  const told: readonly { readonly sopInstanceUID: string; readonly purposes: unknown }[] =
    answer.data.searchInstances.nodes[0].referencedInstances;
  expect(told.length).toBeGreaterThan(0);
  for (const { sopInstanceUID, purposes } of told) expect([sopInstanceUID.slice(0, 2), purposes]).toEqual(['AQ', null]);
  expect(refusals(answer)).toEqual(
    forbidden(...told.map((_one, index) => `searchInstances.nodes.0.referencedInstances.${index}.purposes`)),
  );
});

test('an attribute that PS3.6 does not have goes by its VR: names and moments are withheld, UIDs are tokens', async () => {
  const moments = { PN: 'Secret^Name', DA: '20240203', TM: '101112', DT: '20240203101112' };
  const elements = Object.entries(moments).map(([vr, value], index) => el(`0018FFF${index}`, vr, value));
  const file = part10([
    el('00080016', 'UI', ctImage),
    el('00080018', 'UI', '2.25.3'),
    ...elements,
    el('0018FFF8', 'UI', '2.25.4'),
    el('0018FFF9', 'LO', 'told'),
    el('0020000D', 'UI', '2.25.1'),
    el('0020000E', 'UI', '2.25.2'),
  ]);
  await using unusual = await startGraphql({ archive: { files: [file] }, scopes: withoutPatientData });
  const paths = ['0018FFF9', ...Object.keys(moments).map((_vr, index) => `0018FFF${index}`)];
  const { answer, values } = await attributesOf(unusual, paths);
  expect(values).toEqual([{ tag: '0018FFF9' }, null, null, null, null]);
  expect(refusals(answer).toSorted()).toEqual(
    forbidden(...[1, 2, 3, 4].map((index) => `searchInstances.nodes.0.a${index}`)),
  );
  const { data } = await unusual.query(`{ searchInstances { nodes { attributes(paths: ["0018FFF8", "SOPClassUID"]) {
    ... on TextAttribute { values }
  } } } }`);
  const token = expect.stringMatching(/^AQ[\w-]{40,}$/);
  expect(data.searchInstances.nodes[0].attributes).toEqual([{ values: [token] }, { values: [ctImage] }]);
});
