import { type GraphQLObjectType, isInterfaceType, isNonNullType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type Scope, scopes } from '../../src/access/scopes.ts';
import { schema } from '../../src/graphql/schema.ts';
import { type Answer, numberedFiles, startGraphql } from '../support/graphql.ts';

const archive = { files: numberedFiles(1, 1, 1, { SliceThickness: '2.5', StationName: 'A1' }) };

/** What a field of a study or of its instance needs, each by itself. */
const fields = {
  search: ['study.studyDate', 'study.patient.patientID', 'study.attribute(path: "StudyID").keyword', 'instance.rows'],
  metadata: [
    'instance.attribute(path: "SliceThickness").keyword',
    'instance.imagePlane.sliceThickness',
    'instance.voiLut.windows.center',
    'instance.referencedInstances.sopInstanceUID',
    'instance.retrieve.metadata.url',
    'study.retrieve.metadata.url',
  ],
  rendered: [
    'instance.retrieve.rendered.url',
    'instance.retrieve.thumbnail.url',
    'instance.retrieve.frame(number: 1).rendered.url',
    'instance.retrieve.renderedFrameTemplate.template',
    'study.retrieve.thumbnail.url',
  ],
  native: [
    'instance.retrieve.native.url',
    'instance.retrieve.frame(number: 1).native.url',
    'instance.retrieve.frameTemplate.template',
    'instance.retrieve.bulkData.path',
    'study.retrieve.native.url',
  ],
} satisfies Partial<Record<Scope, readonly string[]>>;

/** `study.patient.patientID` as a selection. */
function select(path: string): string {
  const [root = '', ...steps] = path.split(/\.(?![^(]*\))/);
  const selection = steps.reduceRight((inner, step) => (inner === '' ? step : `${step} { ${inner} }`), '');
  return root === 'study'
    ? `{ study(studyInstanceUID: "1.1") { ${selection} } }`
    : `{ instance(sopInstanceUID: "1.1.1.1") { ...on ImageInstance { ${selection} } } }`;
}

const refusals = ({ errors = [] }: Answer): readonly unknown[] =>
  errors.map(({ extensions: { code, scope } }) => `${code} ${scope}`);

describe.each(Object.entries(fields))('what needs %s', (scope, paths) => {
  test('is null without it, and the error names it; with it and search it is told', async () => {
    const others = scopes.filter((one) => one !== scope);
    await using without = await startGraphql({ archive, scopes: others });
    await using within = await startGraphql({ archive, scopes: ['search', scope as Scope, 'patient-data'] });
    for (const path of paths) {
      const refused = await without.query(select(path));
      expect([path, refusals(refused)]).toEqual([path, [`FORBIDDEN ${scope}`]]);
      expect(without.requests.length === 0).toBe(scope === 'search');
      expect([path, (await within.query(select(path))).errors]).toEqual([path, undefined]);
    }
  });
});

describe('without search', () => {
  test.each([
    'study(studyInstanceUID: "1.1") { id }',
    'series(seriesInstanceUID: "1.1.1") { id }',
    'instance(sopInstanceUID: "1.1.1.1") { id }',
    'patient(patientID: "P-1") { patientID }',
    'searchStudies { totalCount }',
    'searchSeries { totalCount }',
    'searchInstances { totalCount }',
    'node(id: "AAAA") { id }',
    'studyStatistics { studies }',
  ])('%s asks the archive nothing', async (field) => {
    await using graphql = await startGraphql({ archive, scopes: ['metadata', 'native', 'patient-data'] });
    const answer = await graphql.query(`{ ${field} viewer { subject } }`);
    const name = /^\w+/.exec(field)?.[0] ?? '';
    expect(answer.data).toEqual({ [name]: null, viewer: { subject: 'anonymous' } });
    expect(refusals(answer)).toEqual([`FORBIDDEN ${name === 'studyStatistics' ? 'statistics' : 'search'}`]);
    expect(graphql.requests).toEqual([]);
  });

  test('nodes are null one by one', async () => {
    await using all = await startGraphql({ archive });
    const { data } = await all.query('{ study(studyInstanceUID: "1.1") { id } }');
    await using graphql = await startGraphql({ archive, scopes: ['metadata', 'patient-data'] });
    const answer = await graphql.query('query ($id: ID!) { nodes(ids: [$id, $id]) { id } }', { id: data.study.id });
    expect(answer.data).toEqual({ nodes: [null, null] });
    expect(refusals(answer)).toEqual(['FORBIDDEN search', 'FORBIDDEN search']);
  });

  test('studies can be counted by those who have the scope statistics', async () => {
    await using graphql = await startGraphql({ archive, scopes: ['statistics', 'patient-data'] });
    expect((await graphql.query('{ studyStatistics { studies } }')).data).toEqual({ studyStatistics: { studies: 1 } });
  });
});

describe('a filter on an attribute that may not be read is refused, since its answer would tell it', () => {
  const match = '{ attributes: [{ path: "StationName", match: { text: { startsWith: "A" } } }] }';
  test.each([
    `searchSeries(filter: ${match}) { totalCount }`,
    `searchInstances(series: ${match}) { totalCount }`,
    `study(studyInstanceUID: "1.1") { series(filter: ${match}) { totalCount } }`,
    `series(seriesInstanceUID: "1.1.1") { instances(filter: ${match}) { totalCount } }`,
  ])('%s', async (field) => {
    await using graphql = await startGraphql({ archive, scopes: ['search', 'patient-data'] });
    expect(refusals(await graphql.query(`{ ${field} }`))).toEqual(['FORBIDDEN metadata']);
    await using within = await startGraphql({ archive, scopes: ['search', 'metadata', 'patient-data'] });
    expect((await within.query(`{ ${field} }`)).errors).toBeUndefined();
  });

  test('those that a search returns are matched by whoever may search', async () => {
    await using graphql = await startGraphql({ archive, scopes: ['search', 'patient-data'] });
    const filter = '{ attributes: [{ path: "StudyID", match: { text: { equals: "x" } } }] }';
    expect((await graphql.query(`{ searchStudies(filter: ${filter}) { totalCount } }`)).errors).toBeUndefined();
  });
});

describe('a DICOMweb root', () => {
  const root = (representations: string): string =>
    `{ study(studyInstanceUID: "1.1") { retrieve { dicomweb${representations} { representations } } } }`;

  test('gives by default what the one who asks may have', async () => {
    await using graphql = await startGraphql({ archive, scopes: ['search', 'metadata', 'rendered', 'patient-data'] });
    const { data } = await graphql.query(root(''));
    expect(data.study.retrieve.dicomweb.representations.toSorted()).toEqual(['METADATA', 'RENDERED', 'THUMBNAIL']);
  });

  test.each([
    ['(representations: [METADATA, FRAMES])', 'FORBIDDEN native'],
    ['(representations: [THUMBNAIL])', 'FORBIDDEN rendered'],
  ])('%s is refused: %s', async (representations, refusal) => {
    await using graphql = await startGraphql({ archive, scopes: ['search', 'metadata', 'patient-data'] });
    expect(refusals(await graphql.query(root(representations)))).toEqual([refusal]);
  });

  test('is none where none of its representations is allowed', async () => {
    await using graphql = await startGraphql({ archive, scopes: ['search', 'patient-data'] });
    const answer = await graphql.query(root(''));
    expect(answer.data.study.retrieve).toEqual({ dicomweb: null });
    expect(refusals(answer)).toEqual([expect.stringMatching(/^FORBIDDEN /)]);
  });
});

test('how capabilities are known is for admin, and the capabilities for all', async () => {
  await using graphql = await startGraphql({ archive, scopes: ['search', 'patient-data'] });
  const answer = await graphql.query('{ origins { capabilities { ordering evidence { how } } } }');
  expect(answer.data).toEqual({ origins: [{ capabilities: { ordering: true, evidence: null } }] });
  expect(refusals(answer)).toEqual(['FORBIDDEN admin']);
});

describe('in the schema', () => {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type));

  test('every field of a query or a mutation needs a scope, but those that tell of no study', () => {
    const root = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});
    const free = [...root(schema.getQueryType()), ...root(schema.getMutationType())].filter(
      ({ extensions }) => (extensions['pothosOptions'] as { scope?: unknown }).scope === undefined,
    );
    expect(free.map(({ name }) => name).sort()).toEqual(['dictionary', 'nodes', 'origins', 'viewer']);
  });

  test('every field that needs a scope can be null, so that a missing one costs that field alone', () => {
    const costly = types.flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ extensions }) => typeof extensions['scope'] === 'string')
        .filter((field) => isNonNullType(field.type))
        .map(({ name }) => `${type.name}.${name}`),
    );
    expect(costly).toEqual([]);
    expect(types.flatMap((type) => Object.values(type.getFields())).filter((f) => f.extensions['scope'])).not.toEqual(
      [],
    );
  });

  test('links are behind the scope of what they give', () => {
    const links = types.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => /^\[?Signed(Url|UrlTemplate)\b|BulkDataLink/.test(String(field.type)))
        .map(({ name, extensions }) => [`${type.name}.${name}`, extensions['scope']] as const),
    );
    expect(links.length).toBeGreaterThan(15);
    expect(links.filter(([, scope]) => scope === undefined)).toEqual([]);
  });
});
