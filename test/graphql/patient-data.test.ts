import { readFile } from 'node:fs/promises';
import { isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../src/access/scopes.ts';
import { schema } from '../../src/graphql/schema.ts';
import { createPhantomFiles } from '../../src/phantom/phantom-studies.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { selectEverything } from '../support/everything.ts';
import { type Answer, startGraphql, type TestGraphql } from '../support/graphql.ts';

const withoutPatientData = scopes.filter((scope) => scope !== 'patient-data');
const generous = { maxCost: 1e9, maxRows: 1e6, maxOriginRequests: 10_000, maxSignedUrls: 1e6 };

const large = { maxTokens: 1e6, maxAliases: 1e6, maxFields: 1e6 };

/** Names, identifiers, moments and UIDs, wherever in a data set: what PS3.15's Basic Profile takes out of every object. */
const identifyingVrs = new Set(['PN', 'DA', 'DT', 'TM', 'UI']);
const identifyingTags = new Set(
  '00100020 00101000 00080050 00200010 00081030 0008103E 00080080 00080081 00081010 00081040 00181000 00204000 00181030 00402016 00402017 00400253 00401001'.split(
    ' ',
  ),
);

type Json = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

/** Texts of a data set that may not be told, and those that may: what stands in both tells nothing. */
function collect(dataSet: Json, secret: Set<string>, told: Set<string>): void {
  for (const [tag, { vr, Value = [] }] of Object.entries(dataSet)) {
    for (const value of Value) {
      if (vr === 'SQ') collect(Object(value) as Json, secret, told);
      const texts = vr === 'PN' ? Object.values(Object(value)) : [value];
      const isSecret = identifyingVrs.has(vr) || identifyingTags.has(tag);
      for (const text of texts) if (typeof text === 'string') (isSecret ? secret : told).add(text);
    }
  }
}

/** How a value may stand in an answer: as it is, and dates and times as ISO 8601 writes them. */
function spellings(text: string): readonly string[] {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? [];
  return year ? [text, `${year}-${month}-${day}`] : [text];
}

async function secretsOf(archiveUrl: string): Promise<ReadonlySet<string>> {
  const secret = new Set<string>();
  const told = new Set<string>();
  const studies = (await (await fetch(`${archiveUrl}/studies`)).json()) as readonly Json[];
  for (const study of studies) {
    const uid = String(study['0020000D']?.Value?.[0]);
    const response = await fetch(`${archiveUrl}/studies/${uid}/metadata`);
    for (const dataSet of (await response.json()) as readonly Json[]) collect(dataSet, secret, told);
  }
  const isTelling = (text: string): boolean =>
    text.length >= 5 && !text.startsWith('1.2.840.10008.') && !told.has(text) && !/^[0:.]+$/.test(text);
  return new Set([...secret].filter(isTelling).flatMap(spellings));
}

/** Withheld; not had of such an object; an attribute that differs below its object; no such frame. */
const expectedCodes: ReadonlySet<unknown> = new Set([
  'FORBIDDEN',
  'REPRESENTATION_UNAVAILABLE',
  'BAD_PATH',
  'BAD_USER_INPUT',
]);

/** Values that an answer gives, and where. */
function* textsOf(value: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const one of value) yield* textsOf(one, path);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* textsOf(inner, `${path}.${name}`);
}

function everythingOf(name: string, ...without: readonly string[]): string {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`There is no type ${name}`);
  return selectEverything(schema, type, new Set(['origin', 'edges', 'pageInfo', ...without]));
}

/** Every field of every type that an object of an archive can have, level by level. */
const questions = [
  ['searchStudies', everythingOf('Study', 'series', 'instances')],
  ['searchSeries', everythingOf('Series', 'study', 'instances')],
  ['searchInstances', everythingOf('Instance', 'study', 'series')],
] as const;

async function leaksOf(graphql: TestGraphql, maxPages = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const secrets = await secretsOf(graphql.archiveUrl);
  expect(secrets.size).toBeGreaterThan(20);
  const leaks = new Set<string>();
  for (const [search, selection] of questions) {
    let after: string | null = null;
    let page = 0;
    do {
      const query = `query ($after: String) { page: ${search}(first: 10, after: $after) {
        pageInfo { endCursor hasNextPage } nodes { ${selection} } } }`;
      const { data, errors = [], extensions }: Answer = await graphql.query(query, { after });
      const codes = new Set(errors.map((error) => error.extensions['code']));
      expect([...codes].filter((code) => !expectedCodes.has(code))).toEqual([]);
      const told = { data, extensions, errors: errors.map((error) => [error.message, error.extensions]) };
      for (const [path, text] of textsOf(told, search)) if (secrets.has(text)) leaks.add(path);
      const { hasNextPage, endCursor } = data.page.pageInfo;
      after = hasNextPage ? endCursor : null;
    } while (after !== null && ++page < maxPages);
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

  test('is told what others are told, where that is found in the same way', async () => {
    await using others = await startGraphql({ archive: { files }, bounds: generous, documentBounds: large });
    const leaks = await leaksOf(others, 1);
    expect(leaks).toContain('searchStudies.data.page.nodes.patient.patientName.raw');
    expect(leaks).toContain('searchInstances.data.page.nodes.sopInstanceUID');
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

const image = { ...tinyImage, SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', PatientID: 'P', BurnedInAnnotation: 'NO' };

describe('the pixels that one without the scope patient-data is given links to', () => {
  const linked = `{ searchInstances { nodes { retrieve {
    native { url } metadata { url } rendered { url } thumbnail { url } frameTemplate { template }
    renderedFrameTemplate { template } frame(number: 1) { native { url } rendered { url } }
  } study { retrieve { native { url } metadata { url } thumbnail { url } dicomweb { url } } } } } }`;

  test.each([
    ['an image that says that nothing is burned in', image, true],
    ['an image that says that something is', { ...image, BurnedInAnnotation: 'YES' }, false],
    ['an image that does not say', { ...image, BurnedInAnnotation: '' }, false],
    ['a secondary capture', { ...image, SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }, false],
  ] as const)('of %s', async (_what, attributes, isShown) => {
    const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
    await using graphql = await startGraphql({
      archive: { files: [dicomFile({ ...attributes, ...uids })] },
      scopes: withoutPatientData,
    });
    const { data } = await graphql.query(linked);
    const [{ retrieve, study }] = data.searchInstances.nodes;
    const { native, metadata, frame, ...pixels } = retrieve;
    expect([native, metadata]).toEqual([null, null]);
    expect(study.retrieve).toEqual({ native: null, metadata: null, thumbnail: null, dicomweb: null });
    const given = [...Object.values(pixels), frame.native, frame.rendered].map((link) => link !== null);
    expect(given).toEqual(given.map(() => isShown));
    expect(JSON.stringify(retrieve)).not.toContain('1.1.1.1');
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
