import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ableAndPlain, type RuledFacade, startRuled } from '../support/ruled.ts';
import { fileOf, rulesOf, type WorldRule, where, world } from '../support/ruled-world.ts';

let facade: RuledFacade;
beforeAll(async () => {
  facade = await startRuled({
    files: world.map(fileOf),
    origins: ableAndPlain,
  });
});
afterAll(() => facade[Symbol.asyncDispose]());

/** The answer to somebody who is bound by these rules. */
async function ask(rules: readonly WorldRule[] | null, query: string, variables = {}, scopes?: readonly 'search'[]) {
  facade.rules.set('somebody', { rows: rules && rulesOf(rules), ...(scopes ? { scopes } : {}) });
  return facade.query('somebody', query, variables);
}

const studyUids = async (rules: readonly WorldRule[] | null, origin = 'able') => {
  const { data } = await ask(
    rules,
    `{ searchStudies(first: 100, origin: "${origin}") { totalCount nodes { studyInstanceUID } } }`,
  );
  const { nodes, totalCount } = data.searchStudies;
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ studyInstanceUID }: { studyInstanceUID: string }) => studyInstanceUID).sort();
};

beforeEach(() => facade.rules.clear());

describe.each(['able', 'plain'])('a search of studies at the origin that is %s', (origin) => {
  test('without rules gives every study', async () => {
    expect(await studyUids(null, origin)).toEqual(['1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7']);
  });

  test('with no rule at all gives none', async () => {
    expect((await ask([], '{ origins { id } }')).data.origins).toEqual([]);
  });

  test('gives the studies of a patient', async () => {
    expect(await studyUids([where('PatientID', 'P-1')], origin)).toEqual(['1.1', '1.2', '1.6']);
  });

  test('takes upper and lower case, and a part of a value, for another value', async () => {
    expect(await studyUids([where('PatientID', 'p-1', 'P-')], origin)).toEqual([]);
  });

  test('gives the studies of a referring physician, also where the name is padded with carets', async () => {
    expect(await studyUids([where('ReferringPhysicianName', 'Grey^Ann^^^')], origin)).toEqual(['1.1', '1.3', '1.6']);
  });

  test('gives what any of several rules allows', async () => {
    const rules = [where('PatientID', 'P-3'), { origins: null, studies: ['1.2', '9.9'], attributes: [] }];
    expect(await studyUids(rules, origin)).toEqual(['1.2', '1.4', '1.7']);
  });

  test('gives what meets all conditions of a rule', async () => {
    const both: WorldRule = {
      origins: null,
      studies: null,
      attributes: [
        ['PatientID', ['P-1', 'P-2']],
        ['ReferringPhysicianName', ['Webber^Rick']],
      ],
    };
    expect(await studyUids([both], origin)).toEqual(['1.2', '1.7']);
  });

  test('gives a study where something in it may be seen', async () => {
    expect(await studyUids([where('InstitutionName', 'North')], origin)).toEqual(['1.1', '1.3', '1.6']);
  });

  test('gives a study where one instance in it may be seen', async () => {
    expect(await studyUids([where('SOPClassUID', '1.2.840.10008.5.1.4.1.1.4')], origin)).toEqual([
      '1.1',
      '1.2',
      '1.3',
      '1.4',
    ]);
  });

  test('does not give what lacks the attribute', async () => {
    expect(await studyUids([where('PatientID', '')], origin)).toEqual([]);
  });
});

describe('who is bound to some studies', () => {
  const north = [where('InstitutionName', 'North')];

  test('sees of a study the series that may be seen, and their counts', async () => {
    const { data } = await ask(
      north,
      `{ study(studyInstanceUID: "1.3") {
        modalitiesInStudy numberOfStudyRelatedSeries numberOfStudyRelatedInstances
        series { totalCount nodes { seriesInstanceUID } }
        instances { totalCount nodes { sopInstanceUID } }
      } }`,
    );
    expect(data.study).toEqual({
      modalitiesInStudy: ['CT'],
      numberOfStudyRelatedSeries: 1,
      numberOfStudyRelatedInstances: 1,
      series: { totalCount: 1, nodes: [{ seriesInstanceUID: '1.3.1' }] },
      instances: { totalCount: 1, nodes: [{ sopInstanceUID: '1.3.1.1' }] },
    });
  });

  test('finds studies by the modalities that may be seen, not by the others', async () => {
    const query = '{ searchStudies(filter: { modalitiesInStudy: ["MR"] }) { totalCount nodes { studyInstanceUID } } }';
    expect((await ask(north, query)).data.searchStudies).toEqual({
      totalCount: 1,
      nodes: [{ studyInstanceUID: '1.1' }],
    });
  });

  test('gets null for each of what may not be seen, as for what is not there', async () => {
    const rules = [where('PatientID', 'P-2')];
    const { data, errors } = await ask(
      rules,
      `{
        study(studyInstanceUID: "1.1") { studyDescription }
        missingStudy: study(studyInstanceUID: "9.9") { studyDescription }
        series(seriesInstanceUID: "1.1.1", studyInstanceUID: "1.1") { modality }
        found: series(seriesInstanceUID: "1.1.1") { modality }
        instance(sopInstanceUID: "1.1.1.1") { rows }
        deep: instance(sopInstanceUID: "1.1.1.1", seriesInstanceUID: "1.1.1", studyInstanceUID: "1.1") { attribute(path: "PixelSpacing") { __typename } }
        patient(patientID: "P-1") { patientID }
      }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      study: null,
      missingStudy: null,
      series: null,
      found: null,
      instance: null,
      deep: null,
      patient: null,
    });
  });

  test('gets null for the global ids of what may not be seen', async () => {
    const all = await ask(
      null,
      '{ searchStudies(first: 100) { nodes { id studyInstanceUID series { nodes { id } } instances { nodes { id } } } } }',
    );
    const hidden = all.data.searchStudies.nodes.find(
      ({ studyInstanceUID }: { studyInstanceUID: string }) => studyInstanceUID === '1.2',
    );
    const ids = [hidden.id, hidden.series.nodes[0].id, hidden.instances.nodes[0].id];
    const { data, errors } = await ask(
      [where('PatientID', 'P-3')],
      'query ($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { id } node(id: $id) { id } }',
      { ids, id: hidden.id },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ nodes: [null, null, null], node: null });
  });

  test('sees of a study UID of two patients the series and instances of one', async () => {
    const { data } = await ask(
      [where('PatientID', 'P-3')],
      `{ study(studyInstanceUID: "1.7") {
        patient { patientID }
        numberOfStudyRelatedInstances
        series { nodes { seriesInstanceUID numberOfSeriesRelatedInstances instances { nodes { sopInstanceUID } } } }
      } }`,
    );
    expect(data.study).toEqual({
      patient: { patientID: 'P-3' },
      numberOfStudyRelatedInstances: 1,
      series: {
        nodes: [
          {
            seriesInstanceUID: '1.7.1',
            numberOfSeriesRelatedInstances: 1,
            instances: { nodes: [{ sopInstanceUID: '1.7.1.2' }] },
          },
        ],
      },
    });
  });

  test('counts in statistics what may be seen; what would tell of the rest is null', async () => {
    const query = '{ studyStatistics { studies series instances exactness scanned byModality { key studies } } }';
    expect((await ask(north, query)).data.studyStatistics).toEqual({
      studies: 3,
      series: null,
      instances: null,
      exactness: 'EXACT',
      scanned: 3,
      byModality: null,
    });
    expect((await ask([where('PatientID', 'P-1')], query)).data.studyStatistics).toEqual({
      studies: 3,
      series: 4,
      instances: 5,
      exactness: 'EXACT',
      scanned: 3,
      byModality: [
        { key: 'CT', studies: 2 },
        { key: 'MR', studies: 2 },
      ],
    });
  });

  test('gets cursors that do not tell how many rows were left out, and that go on where they stand', async () => {
    const rules = [where('PatientID', 'P-1'), where('PatientID', 'P-3')];
    const query = `query ($after: String) {
      searchStudies(first: 1, after: $after) { nodes { studyInstanceUID } pageInfo { hasNextPage endCursor } }
    }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask(rules, query, { after });
      const { nodes, pageInfo } = data.searchStudies;
      expect(Buffer.from(String(pageInfo.endCursor), 'base64url').toString('latin1')).not.toMatch(/ o \d/);
      seen.push(...nodes.map(({ studyInstanceUID }: { studyInstanceUID: string }) => studyInstanceUID));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null && seen.length < 20);
    expect(seen).toEqual(['1.7', '1.6', '1.4', '1.2', '1.1']);
  });

  test('is not told what the origin was asked without the scope admin', async () => {
    const query = '{ searchStudies { nodes { studyInstanceUID } } }';
    expect((await ask(north, query)).extensions?.['dicomweb']).toMatchObject({ plan: expect.any(Array) });
    expect((await ask(north, query, {}, ['search'])).extensions?.['dicomweb']).toBeUndefined();
  });

  test('sees one origin where the rules name one, and is not told of others', async () => {
    const rules: WorldRule[] = [{ origins: ['plain'], studies: null, attributes: [['PatientID', ['P-1']]] }];
    expect((await ask(rules, '{ origins { id } }')).data.origins).toEqual([{ id: 'plain' }]);
    const hidden = await ask(rules, '{ searchStudies(origin: "able") { nodes { studyInstanceUID } } }');
    const missing = await ask(rules, '{ searchStudies(origin: "none") { nodes { studyInstanceUID } } }');
    expect(hidden.errors?.[0]?.extensions).toEqual(missing.errors?.[0]?.extensions);
    expect(await studyUids(rules, 'plain')).toEqual(['1.1', '1.2', '1.6']);
  });

  test('sees everything of an origin that a rule names without a condition, by as few requests as anyone', async () => {
    const query =
      '{ searchStudies(first: 7) { nodes { series { nodes { instances { nodes { sopInstanceUID } } } } } } }';
    facade.requests.length = 0;
    const bound = await ask([{ origins: ['able'], studies: null, attributes: [] }], query);
    expect(bound.data.searchStudies.nodes).toHaveLength(7);
  });
});

describe('the origin is asked', () => {
  const tree = (origin: string) =>
    `{ searchStudies(first: 100, origin: "${origin}") { nodes { studyDescription series { nodes { modality } } } } }`;

  test('for as much as rules need, and no more often, where rows tell what they are about', async () => {
    await using own = await startRuled({ files: world.map(fileOf) });
    own.rules.set('free', { rows: null });
    own.rules.set('bound', { rows: rulesOf([where('PatientID', 'P-1')]) });
    await own.query('free', tree('able'));
    const free = own.requests.splice(0).length;
    await own.query('bound', tree('able'));
    expect(own.requests.length).toBe(free);
  });

  test('to match a single condition, so that others need not be looked at', async () => {
    await using own = await startRuled({ files: world.map(fileOf) });
    own.rules.set('bound', { rows: rulesOf([where('PatientID', 'P-3')]) });
    await own.query('bound', '{ searchStudies { nodes { studyInstanceUID } } }');
    expect(own.requests).toEqual(['/studies PatientID includefield limit']);
  });

  test('once more for all studies of a page, where series decide', async () => {
    await using own = await startRuled({ files: world.map(fileOf) });
    own.rules.set('bound', { rows: rulesOf([where('InstitutionName', 'North')]) });
    await own.query('bound', '{ searchStudies(first: 100) { nodes { studyInstanceUID } } }');
    expect(own.requests.map((request) => request.split(' ')[0])).toEqual(['/studies', '/series']);
  });
});
