import { readFile } from 'node:fs/promises';
import { isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, scopes } from '../../src/access/scopes.ts';
import { schema } from '../../src/graphql/schema.ts';
import { createPhantomFiles } from '../../src/phantom/phantom-studies.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { selectEverything } from '../support/everything.ts';
import { type Answer, startGraphql, type TestGraphql } from '../support/graphql.ts';
import { markedAttributes, markedObject, privateMarks } from '../support/marked-object.ts';
import { secretsOf, valuesOf } from '../support/patient-data-leaks.ts';

const withoutPatientData = scopes.filter((scope) => scope !== 'patient-data');
const generous = { maxCost: 1e9, maxRows: 1e6, maxOriginRequests: 10_000, maxSignedUrls: 1e6 };

const large = { maxTokens: 1e6, maxAliases: 1e6, maxFields: 1e6 };

/** Withheld; not had of such an object; an attribute that differs below its object; no such frame. */
const expectedCodes: ReadonlySet<unknown> = new Set([
  'FORBIDDEN',
  'REPRESENTATION_UNAVAILABLE',
  'BAD_PATH',
  'BAD_USER_INPUT',
]);

function everythingOf(name: string, ...without: readonly string[]): string {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`There is no type ${name}`);
  return selectEverything(schema, type, new Set(['origin', 'edges', 'pageInfo', ...without]));
}

const valuesOfAttribute = `... on TextAttribute { texts: values } ... on NumberAttribute { numbers: values raw }
  ... on PersonNameAttribute { names: values { raw formatted alphabetic { familyName } ideographic { givenName } } }
  ... on SequenceAttribute { items { attribute(path: "CodeMeaning") { ... on TextAttribute { texts: values } } } }`;
/** An operation lists so many paths. */
const maxPaths = 200;
const everyMark = [...markedAttributes.map(({ tag }) => tag), ...Object.keys(privateMarks)];
const attributesOfMarks = Array.from({ length: Math.ceil(everyMark.length / maxPaths) }, (_, index) => {
  const paths = JSON.stringify(everyMark.slice(index * maxPaths, (index + 1) * maxPaths));
  return `marks${index}: attributes(paths: ${paths}) { keyword ${valuesOfAttribute} }`;
}).join(' ');

/** Every field of every type that an object of an archive can have, level by level. */
const questions = [
  ['searchStudies', everythingOf('Study', 'series', 'instances')],
  ['searchSeries', everythingOf('Series', 'study', 'instances')],
  ['searchInstances', everythingOf('Instance', 'study', 'series')],
] as const;

async function leaksOf(
  graphql: TestGraphql,
  asked: readonly (readonly [search: string, selection: string])[] = questions,
): Promise<readonly string[]> {
  const secrets = await secretsOf(graphql.archiveUrl);
  expect(secrets.size).toBeGreaterThan(20);
  const harmless = new Set<string | number>();
  const leaks = new Set<string>();
  for (const [search, selection] of asked) {
    let after: string | null = null;
    do {
      const query = `query ($after: String) { page: ${search}(first: 10, after: $after) {
        pageInfo { endCursor hasNextPage } nodes { ${selection} } } }`;
      const { data, errors = [], extensions }: Answer = await graphql.query(query, { after });
      const codes = new Set(errors.map((error) => error.extensions['code']));
      expect([...codes].filter((code) => !expectedCodes.has(code))).toEqual([]);
      const told = { data, extensions, errors: errors.map((error) => [error.message, error.extensions]) };
      for (const [path, value] of valuesOf(told, search)) {
        if (harmless.has(value)) continue;
        if (secrets.isTold(value)) leaks.add(path);
        else harmless.add(value);
      }
      const { hasNextPage, endCursor } = data.page.pageInfo;
      after = hasNextPage ? endCursor : null;
    } while (after !== null);
  }
  return [...leaks];
}

describe('one without the scope patient-data', () => {
  let files: readonly Buffer[];
  let graphql: TestGraphql;
  beforeAll(async () => {
    files = (await createPhantomFiles()).map(({ bytes }) => Buffer.from(bytes));
    graphql = await startGraphql({
      archive: { files },
      scopes: withoutPatientData,
      bounds: generous,
      documentBounds: large,
    });
  });
  afterAll(() => graphql[Symbol.asyncDispose]());

  test('is told no name, identifier, date or UID of the phantoms, whatever it selects', async () => {
    expect(await leaksOf(graphql)).toEqual([]);
  });

  test('finds an object again by the tokens that stand for its UID, its id and its place in a list', async () => {
    const first = await graphql.query(
      '{ searchStudies(first: 1) { edges { cursor node { id studyInstanceUID modalitiesInStudy } } } }',
    );
    const [{ cursor, node }] = first.data.searchStudies.edges;
    expect([node.id, node.studyInstanceUID, cursor].every((token) => /^AQ[\w-]{40,}$/.test(token))).toBe(true);
    const again = await graphql.query(
      `query ($uid: UID!, $id: ID!, $after: String) {
        study(studyInstanceUID: $uid) { studyInstanceUID }
        node(id: $id) { id }
        nodes(ids: [$id]) { id }
        searchStudies(filter: { studyInstanceUIDs: [$uid] }) { nodes { id } }
        next: searchStudies(first: 1, after: $after) { nodes { id } }
      }`,
      { uid: node.studyInstanceUID, id: node.id, after: cursor },
    );
    expect(again.errors).toBeUndefined();
    expect(again.data).toMatchObject({
      study: { studyInstanceUID: node.studyInstanceUID },
      node: { id: node.id },
      nodes: [{ id: node.id }],
      searchStudies: { nodes: [{ id: node.id }] },
    });
    expect(again.data.next.nodes[0].id).not.toBe(node.id);
  });

  test.each([
    ['a name', 'searchStudies(filter: { patientName: { contains: "a" } }) { totalCount }'],
    ['an id', 'searchStudies(filter: { patientID: { equals: "a" } }) { totalCount }'],
    ['a date', 'searchStudies(filter: { studyDate: { from: "2020-01-01" } }) { totalCount }'],
    ['an order of dates', 'searchStudies(orderBy: STUDY_DATE_ASC) { totalCount }'],
    [
      'an institution',
      'searchStudies(filter: { attributes: [{ path: "InstitutionName", match: { text: { equals: "a" } } }] }) { totalCount }',
    ],
    [
      'a name in a sequence',
      'searchSeries(filter: { attributes: [{ path: "RequestAttributesSequence[0].RequestedProcedureID", match: { text: { equals: "a" } } }] }) { totalCount }',
    ],
    ['a description of a series', 'searchSeries(filter: { seriesDescription: { contains: "a" } }) { totalCount }'],
    ['a study of a series', 'searchSeries(study: { accessionNumber: { equals: "1" } }) { totalCount }'],
    ['a patient', 'patient(patientID: "a") { attribute(path: "PatientSpeciesDescription") { vr } }'],
    [
      'a histogram of dates',
      'studyStatistics(filter: { modalitiesInStudy: ["XX"] }) { byStudyDate(interval: YEAR) { key } }',
    ],
  ])('cannot ask for %s', async (_what, question) => {
    const { data, errors } = await graphql.query(`{ asked: ${question} }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope: 'patient-data' });
    expect(JSON.stringify(data)).toMatch(/null/);
  });

  test('cannot name an object by its UID, which tells what it is to one who knows it', async () => {
    const { errors } = await graphql.query('{ study(studyInstanceUID: "1.2.3") { id } }');
    expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    const { data } = await graphql.query(
      '{ searchInstances(filter: { sopClassUIDs: ["1.2.840.10008.5.1.4.1.1.2"] }) { nodes { id } } }',
    );
    expect(data.searchInstances.nodes.length).toBeGreaterThan(0);
  });

  test('others cannot name one by a token', async () => {
    await using others = await startGraphql({ archive: { files } });
    const { data } = await graphql.query('{ searchStudies(first: 1) { nodes { studyInstanceUID } } }');
    const { errors } = await others.query('query ($uid: UID!) { study(studyInstanceUID: $uid) { id } }', {
      uid: data.searchStudies.nodes[0].studyInstanceUID,
    });
    expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });
});

describe('an object that has everything that the Basic Profile touches', () => {
  const asked = [...questions, ['searchInstances', attributesOfMarks]] as const;
  const start = (scopes: readonly Scope[]): Promise<TestGraphql> =>
    startGraphql({ archive: { files: [markedObject()] }, scopes, bounds: generous, documentBounds: large });

  test('tells none of it to one without the scope patient-data', async () => {
    await using graphql = await start(withoutPatientData);
    expect(await leaksOf(graphql, asked)).toEqual([]);
  });

  test('tells it to others, where that is found in the same way', async () => {
    await using graphql = await start(scopes);
    const leaks = await leaksOf(graphql, asked);
    const at = (search: string, ...fields: readonly string[]) =>
      fields.map((field) => `${search}.data.page.nodes.${field}`);
    const parts = ['raw', 'formatted', 'alphabetic.familyName', 'alphabetic.suffix', 'ideographic.givenName'];
    const marks = ['texts', 'numbers', 'raw', 'names.raw', 'names.formatted', 'items.attribute.texts'];
    expect(leaks).toEqual(
      expect.arrayContaining([
        ...at('searchStudies', ...parts.map((part) => `patient.patientName.${part}`)),
        ...at('searchStudies', 'studyDate', 'studyTime', 'studyDescription'),
        ...at('searchInstances', 'sopInstanceUID', 'CTImage_generalImage.acquisitionDateTime'),
        ...at('searchInstances', ...marks.map((mark) => `marks0.${mark}`)),
      ]),
    );
  });
});

describe('statistics for one without the scope patient-data', () => {
  const study = (index: number, modality: string): Buffer =>
    dicomFile({
      ...tinyImage,
      Modality: modality,
      PatientID: `P${index}`,
      StudyInstanceUID: `1.${index}`,
      SeriesInstanceUID: `1.${index}.1`,
      SOPInstanceUID: `1.${index}.1.1`,
    });
  const counts = { CT: 8, MR: 5, US: 3, CR: 2 };
  const files = Object.entries(counts).flatMap(([modality, count], kind) =>
    Array.from({ length: count }, (_, index) => study(100 * (kind + 1) + index, modality)),
  );
  const statistics = '{ studyStatistics { studies suppressedBelow byModality { key studies } } }';

  test('withhold small buckets, and another one where these would be given away', async () => {
    await using graphql = await startGraphql({
      archive: { files },
      scopes: withoutPatientData,
      suppressStatisticsBelow: 3,
    });
    const { data } = await graphql.query(statistics);
    // CR has 2; US goes with it, since the total less the others would tell of CR.
    const byModality = [
      { key: 'CT', studies: 8 },
      { key: 'MR', studies: 5 },
    ];
    expect(data.studyStatistics).toEqual({ studies: 18, suppressedBelow: 3, byModality });
  });

  test('are refused as a whole where there are so few studies', async () => {
    await using graphql = await startGraphql({
      archive: { files },
      scopes: withoutPatientData,
      suppressStatisticsBelow: 19,
    });
    const { data, errors } = await graphql.query(statistics);
    expect(data.studyStatistics).toBeNull();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', limit: 19 });
  });

  test('tell others everything', async () => {
    await using graphql = await startGraphql({ archive: { files }, suppressStatisticsBelow: 19 });
    const { data } = await graphql.query(statistics);
    expect(data.studyStatistics.suppressedBelow).toBeNull();
    expect(data.studyStatistics.byModality).toHaveLength(4);
  });
});

describeCorpus('one without the scope patient-data, in front of real files', () => {
  test('is told no name, identifier, date or UID of them, whatever it selects', async () => {
    const files = await Promise.all(
      storable.filter(({ size }) => size < 2e6).map((file) => readFile(corpusPath(file))),
    );
    await using graphql = await startGraphql({
      archive: { files },
      scopes: withoutPatientData,
      bounds: generous,
      documentBounds: large,
    });
    expect(await leaksOf(graphql)).toEqual([]);
  }, 120_000);
});
