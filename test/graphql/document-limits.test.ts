import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultDocumentBounds } from '../../src/graphql/document-bounds.ts';
import { parseDocument } from '../../src/graphql/parse-document.ts';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** What parsing a document comes to: its error's code, need and limit. */
function outcomeOf(text: string, bounds = {}): unknown {
  try {
    parseDocument(text, { ...defaultDocumentBounds, ...bounds });
    return 'taken';
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { code, need, limit } = error.extensions;
    return [code, need, limit];
  }
}

describe('a document is taken up to its bounds, and refused one beyond', () => {
  test.each<[string, (size: number) => string, number, string, object?]>([
    ['tokens', (n) => `{ ${'a '.repeat(n - 2)}}`, 60, 'COST_LIMIT', { maxTokens: 60 }],
    ['depth', (n) => `${'{ a '.repeat(n)}${'}'.repeat(n)}`, 30, 'DEPTH_LIMIT'],
    [
      'depth by fragments',
      (n) =>
        `${'{ a '.repeat(10)} { ...F } ${'}'.repeat(10)} fragment F on T ${'{ a '.repeat(n - 10)}${'}'.repeat(n - 10)}`,
      30,
      'DEPTH_LIMIT',
    ],
    ['fields', (n) => `{ ${'a '.repeat(n)}}`, 2_000, 'COST_LIMIT'],
    [
      'fields by fragments',
      (n) => `{ ${'...F '.repeat(4)} ${'a '.repeat(n - 400)}} fragment F on T { ${'a '.repeat(100)}}`,
      2_000,
      'COST_LIMIT',
    ],
    ['fields of one of several operations', (n) => `query A { ${'a '.repeat(n)}} query B { b }`, 2_000, 'COST_LIMIT'],
    [
      'fields of a fragment that nobody spreads',
      (n) => `{ a } fragment F on T { ${'a '.repeat(n)}}`,
      2_000,
      'COST_LIMIT',
    ],
    ['aliases', (n) => `{ ${times(n, (i) => `a${i}: a`)} }`, 500, 'COST_LIMIT'],
    ['aliases in fragments', (n) => `{ ...F } fragment F on T { ${times(n, (i) => `a${i}: a`)} }`, 500, 'COST_LIMIT'],
    ['directives of fields', (n) => `{ a ${'@d '.repeat(n)}}`, 200, 'COST_LIMIT'],
    [
      'directives of all kinds',
      (n) => `query ($v: Int @d) @d { ...F @d ... @d { a } } fragment F on T @d { a ${'@d '.repeat(n - 5)}}`,
      200,
      'COST_LIMIT',
    ],
    ['fragments', (n) => `{ ...F0 } ${times(n, (i) => `fragment F${i} on T { a }`)}`, 200, 'COST_LIMIT'],
    ['fragments of one name', (n) => `{ ...F } ${times(n, () => 'fragment F on T { a }')}`, 200, 'COST_LIMIT'],
    ['operations', (n) => times(n, (i) => `query Q${i} { a }`), 50, 'COST_LIMIT'],
    ['brackets', (n) => `{ a(b: ${'['.repeat(n - 2)}${']'.repeat(n - 2)}) }`, 64, 'DEPTH_LIMIT'],
  ])('%s', (_what, make, limit, code, bounds) => {
    expect(outcomeOf(make(limit), bounds)).toBe('taken');
    expect(outcomeOf(make(limit + 1), bounds)).toEqual([code, limit + 1, limit]);
  });

  test('brackets in texts and comments do not count', () => {
    expect(outcomeOf(`{ a(b: "${'{['.repeat(100)}", c: """${'(('.repeat(100)}""") # ${'[['.repeat(100)}\n }`)).toBe(
      'taken',
    );
  });

  test.each([
    ['itself', '{ ...F } fragment F on T { ...F }'],
    ['another that spreads it', '{ a } fragment F on T { a { ...G } } fragment G on T { ... { ...F } }'],
  ])('a fragment that spreads %s is refused', (_what, text) => {
    expect(outcomeOf(text)).toEqual(['GRAPHQL_VALIDATION_FAILED', undefined, undefined]);
  });

  test('a spread of a fragment that is not there is left to validation', () => {
    expect(outcomeOf('{ ...F }')).toBe('taken');
  });
});

describe('errors of a document that is let go of tell its places still', () => {
  let graphql: TestGraphql;
  beforeAll(async () => {
    graphql = await startGraphql({ archive: { files: numberedFiles(1, 1, 1) } });
  });
  afterAll(() => graphql[Symbol.asyncDispose]());
  const placesOf = async (query: string, variables = {}): Promise<unknown> => {
    const { errors } = await graphql.query(query, variables);
    return errors?.map((error) => (error as unknown as { locations: unknown }).locations);
  };

  test.each([
    ['of syntax', '{\n  viewer {\n    !', {}, [{ line: 3, column: 5 }]],
    ['of validation', '{\n  viewer {\n\n    nothing\n  }\n}', {}, [{ line: 4, column: 5 }]],
    ['of a literal', '{\r\n  study(studyInstanceUID: "x") { id }\r\n}', {}, [{ line: 2, column: 27 }]],
    [
      'of a variable',
      'query($u: UID!) {\n study(studyInstanceUID: $u) { id } }',
      { u: 'x' },
      [{ line: 1, column: 11 }],
    ],
    ['of execution', '{\n\n searchStudies(first: 9999) { nodes { id } } }', {}, [{ line: 3, column: 2 }]],
  ])('%s', async (_what, query, variables, places) => {
    expect(await placesOf(query, variables)).toEqual([places]);
  });

  test('and no more than four, of an error about many', async () => {
    const half = (path: string): string => times(100, (n) => `a${n}: attribute(path: "${path}") { tag }`);
    const query = `{ s: study(studyInstanceUID: "1") { ${half('A')} } s: study(studyInstanceUID: "1") { ${half('B')} } }`;
    const places = (await placesOf(query)) as readonly (readonly unknown[])[];
    expect(places.map((ofError) => ofError.length)).toEqual([4, 4]);
  });

  test('of 90,000 empty lines in less time than it takes to count them again and again', async () => {
    const begun = performance.now();
    const query = `${'\n'.repeat(90_000)}{ viewer { ${times(300, (n) => `x${n}`)} } }`;
    const places = (await placesOf(query)) as unknown[];
    expect(places).toHaveLength(21); // twenty, and that there are more
    expect(places[0]).toEqual([{ line: 90_001, column: 12 }]);
    expect(performance.now() - begun).toBeLessThan(2_000); // 9 s, where graphql-js counts
  });
});
