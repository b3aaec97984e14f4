import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ableOrigin, numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';
import { type Ability, fewestRequests, type Question } from './exhaustive-plans.ts';

const world = { studies: 3, series: 2, instances: 2 };

/** Profiles of capabilities, as the origin is configured and as the enumeration is told. */
const profiles: Readonly<Record<string, Ability>> = {
  able: { lists: true, includeField: true, rootSearch: true },
  noLists: { lists: false, includeField: true, rootSearch: true },
  noIncludeField: { lists: true, includeField: false, rootSearch: true },
  neither: { lists: false, includeField: false, rootSearch: true },
  noRoot: { lists: true, includeField: true, rootSearch: false },
};

const tree = 'series { nodes { seriesDescription instances { nodes { rows } } } }';
const deep = 'attribute(path: "RequestAttributesSequence[0].ScheduledProcedureStepID") { vr }';
const list = { search: 'studies' } as const;

/** Operations, and what each asks, told by hand and apart from the code. */
const operations: Readonly<
  Record<string, { readonly query: string; readonly question: Question; readonly needsRoot?: true }>
> = {
  'a list page': {
    query: 'searchStudies { nodes { studyDate patient { patientName { formatted } } } }',
    question: { from: list, lists: ['studies'], study: ['base'] },
  },
  'a list page with counts and descriptions': {
    query: 'searchStudies { nodes { studyDescription numberOfStudyRelatedInstances } }',
    question: { from: list, lists: ['studies'], study: ['count'] },
  },
  'newest first': {
    query: 'searchStudies(orderBy: STUDY_DATE_DESC, first: 3) { nodes { studyDate } }',
    question: { from: list, lists: ['studies'], study: ['base'] },
  },
  'a worklist with filters': {
    query:
      'searchStudies(filter: { patientName: { startsWith: "doe" }, studyDate: { from: "2024-01-01" } }) { nodes { accessionNumber studyDate patient { patientID } } }',
    question: { from: list, lists: ['studies'], study: ['base'] },
  },
  'the series of every study': {
    query: 'searchStudies { nodes { studyDate series { nodes { modality numberOfSeriesRelatedInstances } } } }',
    question: { from: list, lists: ['studies', 'series'], study: ['base'], series: ['base', 'count'] },
  },
  'the tree of every study': {
    query: `searchStudies { nodes { studyDate ${tree} } }`,
    question: {
      from: list,
      lists: ['studies', 'series', 'instances'],
      study: ['base'],
      series: ['row'],
      instance: ['row'],
    },
  },
  'the tree of one study': {
    query: `study(studyInstanceUID: "1.2") { studyDescription ${tree} }`,
    question: {
      from: { studies: ['1.2'] },
      lists: ['series', 'instances'],
      study: ['row'],
      series: ['row'],
      instance: ['row'],
    },
  },
  'one study alone': {
    query: 'study(studyInstanceUID: "1.2") { studyDate numberOfStudyRelatedSeries }',
    question: { from: { studies: ['1.2'] }, study: ['base', 'count'] },
  },
  'the hanging-protocol attributes of a study': {
    query: `study(studyInstanceUID: "1.2") { studyDescription series { nodes { modality seriesDescription bodyPartExamined laterality
      instances { nodes { instanceNumber rows columns attributes(paths: ["ImageOrientationPatient", "SliceLocation"]) { vr } } } } } }`,
    question: {
      from: { studies: ['1.2'] },
      lists: ['series', 'instances'],
      study: ['row'],
      series: ['row'],
      instance: ['row'],
    },
  },
  'the frames of one series': {
    query: `series(seriesInstanceUID: "1.2.1", studyInstanceUID: "1.2") { seriesDescription instances { nodes { instanceNumber
      retrieve { frameCount frameTemplate { template } } } } }`,
    question: { from: { series: ['1.2.1'] }, lists: ['instances'], series: ['row'], instance: ['row'] },
  },
  'one deep attribute of every instance of a series': {
    query: `series(seriesInstanceUID: "1.2.1", studyInstanceUID: "1.2") { instances { nodes { ${deep} } } }`,
    question: { from: { series: ['1.2.1'] }, lists: ['instances'], instance: ['deep'] },
  },
  'one deep attribute of every instance of a study': {
    query: `study(studyInstanceUID: "1.2") { instances { nodes { ${deep} } } }`,
    question: { from: { studies: ['1.2'] }, lists: ['instances'], instance: ['deep'] },
  },
  'one deep attribute of every instance of every study': {
    query: `searchStudies { nodes { studyDate instances { nodes { ${deep} } } } }`,
    question: { from: list, lists: ['studies', 'instances'], study: ['base'], instance: ['deep'] },
  },
  'one instance with its series and study': {
    query: `instance(sopInstanceUID: "1.2.1.1", seriesInstanceUID: "1.2.1", studyInstanceUID: "1.2") { instanceNumber
      series { modality } study { studyDate } }`,
    question: { from: { instances: ['1.2.1.1'] }, instance: ['base'] },
  },
  'everything of one instance': {
    query: `instance(sopInstanceUID: "1.2.1.1", seriesInstanceUID: "1.2.1", studyInstanceUID: "1.2") { rows ${deep} }`,
    question: { from: { instances: ['1.2.1.1'] }, instance: ['row', 'deep'] },
  },
  'two aliases of one list below an object': {
    query:
      'study(studyInstanceUID: "1.2") { ct: series(filter: { modality: ["CT"] }) { totalCount } us: series(filter: { modality: ["US"] }) { totalCount } }',
    question: { from: { studies: ['1.2'] }, lists: ['series'], series: ['base'] },
  },
  'fragments on SOP-class types': {
    query: `study(studyInstanceUID: "1.2") { instances { nodes { __typename ... on CTImage { rows } ... on MRImage { columns } } } }`,
    question: { from: { studies: ['1.2'] }, lists: ['instances'], instance: ['row'] },
  },
  'a search of series': {
    query: 'searchSeries { nodes { modality study { studyInstanceUID } } }',
    question: { from: { search: 'series' }, lists: ['studies'], series: ['base'] },
    needsRoot: true,
  },
  'a search of instances': {
    query: 'searchInstances { nodes { instanceNumber } }',
    question: { from: { search: 'instances' }, lists: ['studies'], instance: ['base'] },
    needsRoot: true,
  },
};

let graphql: TestGraphql;
beforeAll(async () => {
  const capabilities = Object.entries(profiles).map(([name, { lists, includeField, rootSearch }]) => [
    name,
    {
      ...ableOrigin,
      uidListMatching: lists,
      includeField,
      rootSeriesSearch: rootSearch,
      rootInstanceSearch: rootSearch,
    },
  ]);
  graphql = await startGraphql({
    archive: { files: numberedFiles(world.studies, world.series, world.instances) },
    capabilities: Object.fromEntries(capabilities),
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const cases = Object.entries(operations).flatMap(([name, operation]) =>
  Object.entries(profiles)
    .filter(([, { rootSearch }]) => rootSearch || !operation.needsRoot)
    .map(([profile, ability]) => [name, profile, operation, ability] as const),
);

describe('no plan has fewer requests than the one that was carried out', () => {
  test.each(cases)('%s (%s)', async (_name, profile, { query, question }, ability) => {
    const withOrigin = query.replace(
      /^(\w+)(\((.*?)\))?/u,
      (_, field: string, __, args = '') => `${field}(${args ? `${args}, ` : ''}origin: "${profile}")`,
    );
    const { errors, extensions } = await graphql.query(`{ ${withOrigin} }`, {}, { 'x-dicomweb-explain': '1' });
    expect(errors).toBeUndefined();
    const { plan } = (extensions?.['dicomweb'] ?? { plan: [] }) as { plan: unknown[] };
    expect(plan, 'planned').toHaveLength(graphql.requests.length);
    expect(graphql.requests.length, graphql.requests.join('\n')).toBe(fewestRequests(world, ability, question));
  });
});

test('the node of an id costs what its object costs, and nodes of one kind cost one lookup', async () => {
  const { data } = await graphql.query('{ searchStudies { nodes { id } } }');
  const ids = data.searchStudies.nodes.map(({ id }: { id: string }) => id);
  await graphql.query('query($id: ID!) { node(id: $id) { ... on Study { studyDescription } } }', { id: ids[0] });
  expect(graphql.requests).toHaveLength(1);
  await graphql.query('query($ids: [ID!]!) { nodes(ids: $ids) { ... on Study { studyDescription } } }', { ids });
  expect(graphql.requests).toHaveLength(
    fewestRequests(world, profiles['able'] as Ability, { from: { studies: ['1.1', '1.2', '1.3'] }, study: ['row'] }),
  );
});
