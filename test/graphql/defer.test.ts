import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files: numberedFiles(3, 2, 2) } });
});
afterAll(() => graphql[Symbol.asyncDispose]());

test('a deferred fragment comes later, and is planned with the rest: it costs no request of its own', async () => {
  const query = `{ searchStudies { nodes { studyDate ... @defer { studyDescription series { nodes { seriesDescription instances { nodes { rows } } } } } } } }`;
  await graphql.query('{ __typename }');
  const response = await fetch(graphql.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('multipart/mixed');
  const parts = text
    .split(/\r\n---?-?\r?\n?/)
    .map((part) => part.slice(part.indexOf('{')))
    .filter((part) => part.startsWith('{'))
    .map((part) => JSON.parse(part.slice(0, part.lastIndexOf('}') + 1)));
  expect(parts[0]).toMatchObject({
    data: { searchStudies: { nodes: [{ studyDate: expect.any(String) }, {}, {}] } },
    hasNext: true,
  });
  expect(text).toContain('"studyDescription":"Study 1"');
  expect(graphql.requests).toEqual([
    'GET /studies includefield limit',
    'GET /instances StudyInstanceUID includefield limit',
  ]);
});
