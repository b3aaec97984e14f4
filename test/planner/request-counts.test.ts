import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ableOrigin, numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

const [studies, series, instances] = [25, 3, 4];

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({
    archive: { files: numberedFiles(studies, series, instances) },
    capabilities: {
      able: ableOrigin,
      noLists: { ...ableOrigin, uidListMatching: false },
      noIncludeField: { ...ableOrigin, includeField: false },
    },
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const tree = `{ nodes { studyInstanceUID studyDescription numberOfStudyRelatedInstances series { totalCount nodes {
  seriesDescription modality numberOfSeriesRelatedInstances instances { totalCount nodes { instanceNumber rows
    retrieve { frameCount native { url } frame(number: 1) { native { url } } } } } } } } }`;

interface Tree {
  nodes: { series: { nodes: { instances: { nodes: unknown[] } }[] } }[];
}
const count = ({ nodes }: Tree) => ({
  studies: nodes.length,
  series: nodes.flatMap((study) => study.series.nodes).length,
  instances: nodes.flatMap((study) => study.series.nodes.flatMap((s) => s.instances.nodes)).length,
});
const whole = { studies, series: studies * series, instances: studies * series * instances };

describe('an origin that matches UID lists', () => {
  test('gives 25 studies with all their series and instances for two requests', async () => {
    const { data, errors } = await graphql.query(`{ searchStudies ${tree} }`);
    expect(errors).toBeUndefined();
    expect(count(data.searchStudies)).toEqual(whole);
    expect(graphql.requests).toEqual([
      'GET /studies includefield limit',
      'GET /instances StudyInstanceUID includefield limit',
    ]);
  });

  test('gives a list of studies with counts for one request', async () => {
    const { data } = await graphql.query(
      '{ searchStudies { nodes { numberOfStudyRelatedInstances numberOfStudyRelatedSeries } } }',
    );
    expect(data.searchStudies.nodes[0]).toEqual({
      numberOfStudyRelatedInstances: series * instances,
      numberOfStudyRelatedSeries: series,
    });
    expect(graphql.requests).toEqual(['GET /studies includefield limit']);
  });

  test('gives the whole tree of one study for one request, its counts too', async () => {
    const { data } = await graphql.query(
      `{ study(studyInstanceUID: "1.7") { studyDescription modalitiesInStudy numberOfStudyRelatedSeries numberOfStudyRelatedInstances
         series { nodes { numberOfSeriesRelatedInstances instances { nodes { rows } } } } } }`,
    );
    expect(data.study).toMatchObject({
      studyDescription: 'Study 7',
      modalitiesInStudy: ['MR'],
      numberOfStudyRelatedSeries: series,
      numberOfStudyRelatedInstances: series * instances,
    });
    expect(data.study.series.nodes[0].numberOfSeriesRelatedInstances).toBe(instances);
    expect(graphql.requests).toEqual(['GET /studies/1.7/instances includefield limit']);
  });

  test('gives the series of 25 studies, without instances, for two requests', async () => {
    const { data } = await graphql.query('{ searchStudies { nodes { series { nodes { modality } } } } }');
    expect(data.searchStudies.nodes).toHaveLength(studies);
    expect(graphql.requests).toEqual([
      'GET /studies includefield limit',
      'GET /series StudyInstanceUID includefield limit',
    ]);
  });

  test('serves two aliases of the same lists from the same searches', async () => {
    const { data } = await graphql.query(`{ searchStudies { nodes {
      first: series(first: 1) { nodes { seriesNumber instances(first: 1) { nodes { instanceNumber } } } }
      all: series { totalCount } flat: instances { totalCount } } } }`);
    expect(data.searchStudies.nodes[0].all.totalCount).toBe(series);
    expect(data.searchStudies.nodes[0].flat.totalCount).toBe(series * instances);
    expect(graphql.requests).toHaveLength(2);
  });

  test('looks up ten nodes of one kind with one request', async () => {
    const list = await graphql.query('{ searchStudies(first: 10) { nodes { id } } }');
    const ids = list.data.searchStudies.nodes.map(({ id }: { id: string }) => id);
    const { data } = await graphql.query(
      'query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Study { studyDescription } } }',
      { ids },
    );
    expect(data.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(graphql.requests).toEqual(['GET /studies StudyInstanceUID includefield limit']);
  });

  test('is asked for the attributes of upper levels with the rows of an instance search', async () => {
    const { data } = await graphql.query(
      '{ searchInstances(first: 3) { nodes { series { seriesDescription } study { patient { patientID } } } } }',
    );
    expect(data.searchInstances.nodes[0]).toMatchObject({ series: { seriesDescription: expect.any(String) } });
    expect(graphql.requests).toEqual(['GET /instances includefield limit']);
  });

  test('is asked for the metadata of one series once, when a deep attribute of all its instances is read', async () => {
    const { data } = await graphql.query(
      `{ series(seriesInstanceUID: "1.3.1", studyInstanceUID: "1.3") { instances { nodes {
         attribute(path: "RequestAttributesSequence[0].ScheduledProcedureStepID") { vr } } } } }`,
    );
    expect(data.series.instances.nodes).toHaveLength(instances);
    expect(graphql.requests).toEqual(['GET /studies/1.3/series/1.3.1/metadata']);
  });
});

describe('an origin without UID lists', () => {
  test('is asked once for each study, with series and instances together', async () => {
    const { data } = await graphql.query(`query($o: ID) { searchStudies(origin: $o) ${tree} }`, { o: 'noLists' });
    expect(count(data.searchStudies)).toEqual(whole);
    expect(graphql.requests).toHaveLength(1 + studies);
  });
});

describe('an origin that does not obey includefield', () => {
  test('still gives every attribute, from metadata', async () => {
    const { data, errors } = await graphql.query(
      `{ study(studyInstanceUID: "1.2", origin: "noIncludeField") { studyDescription series { nodes { seriesDescription
         instances { nodes { rows columns retrieve { frameCount } } } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.study.series.nodes[0].instances.nodes[0]).toEqual({ rows: 2, columns: 2, retrieve: { frameCount: 1 } });
  });
});

test('100 studies of 5 series of 20 instances cost two requests, for the first who asks too', async () => {
  await using fresh = await startGraphql({ archive: { files: numberedFiles(100, 5, 20) } });
  const { data, errors } = await fresh.query(`{ searchStudies(first: 100) { nodes { studyDescription
    series { nodes { modality instances(first: 20) { nodes { instanceNumber rows } } } } } } }`);
  expect(errors).toBeUndefined();
  expect(count(data.searchStudies)).toEqual({ studies: 100, series: 500, instances: 10_000 });
  expect(fresh.requests).toEqual([
    'GET /studies includefield limit',
    'GET /instances StudyInstanceUID includefield limit',
  ]);
}, 60_000);

test('a plan that needs more requests than the budget is refused with need and limit', async () => {
  await using bounded = await startGraphql({
    archive: { files: numberedFiles(5, 1, 1) },
    capabilities: { noLists: { ...ableOrigin, uidListMatching: false } },
    bounds: { maxOriginRequests: 3 },
  });
  const { data, errors } = await bounded.query(
    '{ searchStudies { nodes { studyInstanceUID series { nodes { modality } } } } }',
  );
  expect(data.searchStudies.nodes).toHaveLength(5);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'REQUEST_BUDGET', need: 6, limit: 3 });
  expect(bounded.requests).toEqual(['GET /studies includefield limit']); // the step was not begun
});
