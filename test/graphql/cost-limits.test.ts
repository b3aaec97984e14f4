import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CostMeter } from '../../src/graphql/cost/cost-meter.ts';
import { tellCost } from '../../src/graphql/cost/tell-cost.ts';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({
    archive: { files: numberedFiles(3, 2, 4) },
    capabilities: {
      able: { uidListMatching: true, rootSeriesSearch: true, rootInstanceSearch: true, includeField: true },
      plain: {},
    },
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const requestedBy = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
  const { extensions } = await graphql.query(query, variables);
  return (extensions?.['cost'] as { requested: number } | undefined)?.requested;
};

describe('the cost of an operation is reckoned before it runs: values + 5 for a link + 1,000 for a request', () => {
  test.each([
    ['two values', '{ viewer { subject } }', {}, 2],
    ['a page of a value each', '{ searchStudies(first: 10) { nodes { studyDate } } }', {}, 1 + 1 + 10 + 1_000],
    ['the default page', '{ searchStudies { nodes { studyDate } } }', {}, 1 + 1 + 25 + 1_000],
    ['a page by a variable', 'query($n: Int) { searchStudies(first: $n) { nodes { studyDate } } }', { n: 200 }, 1_202],
    [
      'the same document, another page',
      'query($n: Int) { searchStudies(first: $n) { nodes { studyDate } } }',
      { n: 3 },
      1_005,
    ],
    [
      'the default of a variable',
      'query($n: Int = 50) { searchStudies(first: $n) { nodes { studyDate } } }',
      {},
      1_052,
    ],
    [
      'what is skipped counts nothing',
      'query($no: Boolean!) { searchStudies(first: 10) { nodes { studyDate studyTime @skip(if: $no) } } }',
      { no: true },
      1_012,
    ],
    [
      'fragments that say the same count once',
      '{ searchStudies(first: 10) { nodes { ...A ...B } } } fragment A on Study { studyDate } fragment B on Study { studyDate }',
      {},
      1_012,
    ],
    // 5 series a study as a rule; one search for the studies, one for the series of all of them
    [
      'a list in each object',
      '{ searchStudies(first: 10) { nodes { series { nodes { modality } } } } }',
      {},
      2 + 10 * (2 + 5) + 2_000,
    ],
    [
      'a shorter list',
      '{ searchStudies(first: 10) { nodes { series(first: 2) { nodes { modality } } } } }',
      {},
      2 + 10 * 4 + 2_000,
    ],
    [
      'an origin without UID lists: a search for each',
      '{ searchStudies(first: 10, origin: "plain") { nodes { series { nodes { modality } } } } }',
      {},
      2 + 10 * (2 + 5) + 11_000,
    ],
    ['ids that are given', 'query($i: [ID!]!) { nodes(ids: $i) { id } }', { i: ['a', 'b', 'c'] }, 1 + 3 + 1_000],
    // per study: retrieve, and the link with its url
    [
      'links',
      '{ searchStudies(first: 10) { nodes { retrieve { native { url } } } } }',
      {},
      2 + 10 * 3 + 10 * 5 + 1_000,
    ],
    [
      'both ways through a connection',
      '{ searchStudies(first: 10) { nodes { id } edges { node { id } } } }',
      {},
      1 + 2 + 10 + 20 + 1_000,
    ],
  ])('%s', async (_what, query, variables, cost) => {
    expect(await requestedBy(query, variables)).toBe(cost);
  });
});

const tree = (inner: string): string =>
  `{ searchStudies { nodes { series { nodes { instances { nodes { ${inner} } } } } } } }`;
const upAndDown = (times: number): string =>
  times === 0 ? 'id' : `study { instances { nodes { ${upAndDown(times - 1)} } } }`;

describe('an operation that would cost too much is refused before anything is done for it', () => {
  test.each([
    ['fields of many objects', tree(Array.from({ length: 450 }, (_, n) => `a${n}: rows`).join(' '))],
    ['up and down again', `{ searchInstances { nodes { ${upAndDown(3)} } } }`],
    [
      'trees beside each other',
      `{ ${Array.from({ length: 30 }, (_, n) => `a${n}: searchStudies(first: 1000) { nodes { series { nodes { instances { nodes { id rows } } } } } }`).join(' ')} }`,
    ],
    [
      'the schema in the schema',
      '{ __schema { types { fields { type { fields { type { fields { name args { name } type { name } } } } } } } } }',
    ],
  ])('%s', async (_what, query) => {
    const { data, errors, extensions } = await graphql.query(query);
    expect(data).toBeUndefined();
    expect(errors?.map((error) => error.extensions['code'])).toEqual([
      expect.stringMatching(/^(COST_LIMIT|GRAPHQL_VALIDATION_FAILED)$/),
    ]);
    expect(extensions).toBeUndefined();
    expect(graphql.requests).toEqual([]);
  });

  test('with the same document, by its variables', async () => {
    const document =
      'query($n: Int!) { searchStudies(first: $n) { nodes { series { nodes { instances { nodes { rows columns instanceNumber sopInstanceUID id sopClass { uid name } frameCount: retrieve { frameCount native { url } } } } } } } } }';
    const few = await graphql.query(document, { n: 10 });
    expect(few.errors).toBeUndefined();
    const many = await graphql.query(document, { n: 1000 });
    expect(many.errors?.[0]?.extensions).toEqual({
      code: 'COST_LIMIT',
      retryable: false,
      need: expect.any(Number),
      limit: 1_000_000,
    });
    expect(graphql.requests).toEqual([]);
  });

  test('with 400 for those who accept GraphQL responses, and 200 for those who accept JSON', async () => {
    const ask = (accept: string) =>
      fetch(graphql.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: `{ searchInstances { nodes { ${upAndDown(3)} } } }` }),
      });
    expect((await ask('application/graphql-response+json')).status).toBe(400);
    expect((await ask('application/json')).status).toBe(200);
  });
});

const folder = join(import.meta.dirname, '../../schema/operations');
test.each(readdirSync(folder).filter((name) => name.endsWith('.graphql')))(
  'the example %s keeps within the defaults, whatever the origin can do',
  async (name) => {
    const query = readFileSync(join(folder, name), 'utf8');
    for (const origin of ['able', 'plain']) {
      const asked = query.replace(/\b(search\w+|studyStatistics)\(/g, `$1(origin: "${origin}", `);
      const { errors, extensions } = await graphql.query(asked);
      expect(errors?.map((error) => error.extensions['code']) ?? []).not.toContain('COST_LIMIT');
      expect(extensions).toMatchObject({ cost: { requested: expect.any(Number), limit: 1_000_000 } });
    }
  },
);

describe('extensions.cost', () => {
  test('tells what was used', async () => {
    const { extensions } = await graphql.query('{ searchStudies { nodes { studyDate retrieve { native { url } } } } }');
    expect(extensions?.['cost']).toEqual({
      requested: 2 + 25 * 4 + 25 * 5 + 1_000,
      limit: 1_000_000,
      used: { values: 2 + 3 * 4, requests: 1, rows: 3, links: 3 },
    });
  });

  test('does not tell requests and rows to those bound to some studies: they would tell of others', () => {
    const meter = new CostMeter(10);
    meter.begin({ cost: 7, values: 7, links: 0, requests: 0, valuesAtRoot: 1, valuesPerObject: new Map() });
    const used = { meter, budget: { requests: 4, rows: 900 }, links: { minted: 2 } };
    expect(tellCost(used, { rows: { anyOf: [] } }, null)).toEqual({
      requested: 7,
      limit: 10,
      used: { values: 1, requests: null, rows: null, links: 2 },
    });
  });
});

test('where an archive has more than archives have as a rule, the list that passes the bound is null and the rest stands', async () => {
  await using small = await startGraphql({ archive: { files: numberedFiles(1, 1, 200) }, bounds: { maxCost: 3_000 } });
  const fields = Array.from({ length: 30 }, (_, n) => `a${n}: id`).join(' ');
  const query = `{ viewer { subject } searchSeries(first: 1) { nodes { modality instances { nodes { ${fields} } } } } }`;
  const { data, errors } = await small.query(query);
  expect(data).toEqual({
    viewer: { subject: 'anonymous' },
    searchSeries: { nodes: [{ modality: 'MR', instances: null }] },
  });
  expect(errors).toMatchObject([
    {
      path: ['searchSeries', 'nodes', 0, 'instances', 'nodes'],
      extensions: { code: 'COST_LIMIT', limit: 3_000, need: 2 + 1 + 1 + 3 + 200 * 30 },
    },
  ]);
});

const page = readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\{.*\})` \| (.*) \|$/gm)].map(([, query = '', cost = '']) => ({ query, cost }));

test('docs/limits.md has examples of costs', () => {
  expect(rows.length).toBeGreaterThan(4);
});

test.each(rows)('docs/limits.md is right: $query costs $cost', async ({ query, cost }) => {
  const { errors } = await graphql.query(query);
  if (cost.includes('refused'))
    expect(errors).toMatchObject([{ extensions: { code: 'COST_LIMIT', limit: 1_000_000 } }]);
  else expect(await requestedBy(query)).toBe(Number(/([0-9,]+)$/.exec(cost)?.[1]?.replaceAll(',', '')));
});
