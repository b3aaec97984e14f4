import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';
import { json, type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const keys = {
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.88.33'] },
  '00080018': { vr: 'UI', Value: ['1.3'] },
  '0020000D': { vr: 'UI', Value: ['1.1'] },
  '0020000E': { vr: 'UI', Value: ['1.2'] },
};
const title = { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['A report'] } }] };
const report = (content: unknown) => ({ ...keys, '0040A043': title, '0040A730': content });

/** Containers in containers. */
const nested = (depth: number): object =>
  depth === 0
    ? {}
    : { '0040A040': { vr: 'CS', Value: ['CONTAINER'] }, '0040A730': { vr: 'SQ', Value: [nested(depth - 1)] } };

const query = `{ instance(sopInstanceUID: "1.3", seriesInstanceUID: "1.2", studyInstanceUID: "1.1", origin: "quirky") {
  ... on StructuredReport { title { meaning } contentItemCount measurements { value }
    content(first: 10000) { path depth display value { __typename ... on NumberContent { number unit { value } }
      ... on CoordinatesContent { points } ... on ReferenceContent { reference { sopInstanceUID } } } } } } }`;

let origin: QuirkyOrigin;
let graphql: TestGraphql;
let metadata: object;

describe('a report that an origin made up', () => {
  beforeAll(async () => {
    origin = await startQuirkyOrigin((socket, { target }) =>
      reply(socket, json([target.includes('/metadata') ? metadata : keys])),
    );
    graphql = await startGraphql({ urls: { quirky: origin.url } });
  });
  afterEach(() => {
    metadata = keys;
  });
  afterAll(async () => {
    await graphql[Symbol.asyncDispose]();
    await origin.close();
  });

  test('with too many content items is refused by a code, and its title still stands', async () => {
    metadata = report({ vr: 'SQ', Value: Array.from({ length: 100_000 }, () => ({})) });
    const { data, errors } = await graphql.query(query);
    expect(
      errors?.map(({ path, extensions }) => [path?.at(-1), extensions['code'], extensions['limit']]).sort(),
    ).toEqual([
      ['content', 'ROW_BUDGET', 100_000],
      ['contentItemCount', 'ROW_BUDGET', 100_000],
      ['measurements', 'ROW_BUDGET', 100_000],
    ]);
    expect(data.instance).toEqual({
      title: { meaning: 'A report' },
      contentItemCount: null,
      measurements: null,
      content: null,
    });
  });

  test('nested too deep is read as far as sequences are, with a warning', async () => {
    metadata = report({ vr: 'SQ', Value: [nested(200)] });
    const { data, errors, extensions } = await graphql.query(query);
    expect(errors).toBeUndefined();
    expect(data.instance.content.at(-1).depth).toBe(64);
    expect(extensions?.['warnings']).toMatchObject([
      { code: 'DICOM_VALUE', attribute: 'ContentSequence', message: 'SQ: nested too deep' },
    ]);
  });

  test.each([
    ['content that is no sequence', { vr: 'LO', Value: ['x'] }, []],
    ['items that are none', { vr: 'SQ', Value: [null, 7, 'x', []] }, [null, null, null, null]],
    [
      'a number of letters',
      {
        vr: 'SQ',
        Value: [
          {
            '0040A040': { vr: 'CS', Value: ['NUM'] },
            '0040A300': { vr: 'SQ', Value: [{ '0040A30A': { vr: 'DS', Value: ['x'] } }] },
          },
        ],
      },
      [{ __typename: 'NumberContent', number: null, unit: null }],
    ],
    [
      'coordinates that are one',
      { vr: 'SQ', Value: [{ '0040A040': { vr: 'CS', Value: ['SCOORD'] }, '00700022': { vr: 'FL', Value: [1] } }] },
      [{ __typename: 'CoordinatesContent', points: null }],
    ],
    [
      'an image that is none',
      { vr: 'SQ', Value: [{ '0040A040': { vr: 'CS', Value: ['IMAGE'] }, '00081199': { vr: 'SQ', Value: [{}] } }] },
      [{ __typename: 'ReferenceContent', reference: null }],
    ],
  ])('with %s has null there', async (_, content, values) => {
    metadata = report(content);
    const { data, errors } = await graphql.query(query);
    expect(errors).toBeUndefined();
    expect(data.instance.content.slice(1).map(({ value }: { value: unknown }) => value)).toEqual(values);
  });
});
