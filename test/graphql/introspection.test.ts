import { getIntrospectionQuery, graphqlSync } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

test('the answer to the standard introspection query is at most 300 kB: GraphiQL and code generators load it whole', () => {
  const answer = JSON.stringify(graphqlSync({ schema, source: getIntrospectionQuery() }));
  expect(Buffer.byteLength(answer)).toBeLessThanOrEqual(300_000);
});
