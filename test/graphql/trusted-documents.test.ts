import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig, type SettingsInput } from '../../src/index.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const document = 'query Who($is: Boolean!) { viewer { subject scopes @include(if: $is) } }';
const hash = createHash('sha256').update(document).digest('hex');

let folder: string;
let manifest: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  await writeFile(join(folder, 'who.graphql'), document);
  await writeFile(join(folder, 'empty.dcm'), '');
  manifest = join(folder, 'persisted-documents.json');
  await writeFile(manifest, JSON.stringify({ [hash]: document }));
});
afterAll(() => rm(folder, { recursive: true }));

/** What an answer comes to: its data, or the code of its error; and the status. */
async function ask(facade: TestFacade, body: object): Promise<readonly [number, unknown]> {
  const response = await fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  return [response.status, data ?? errors?.[0]?.extensions.code];
}

const start = (settings: SettingsInput) => startTestFacade({ folder, graphiql: false, ...settings });
const variables = { is: false };
const viewer = { viewer: { subject: 'anonymous' } };

describe.each([
  ['a manifest of GraphQL Code Generator', () => manifest],
  ['a folder of .graphql files', () => folder],
])('trusted documents, from %s', (_what, path) => {
  test('are answered by their hash, and others are refused where they alone are allowed', async () => {
    await using facade = await start({ trustedDocuments: path(), onlyTrustedDocuments: true });
    const persistedQuery = { version: 1, sha256Hash: hash };
    expect(await ask(facade, { extensions: { persistedQuery }, variables })).toEqual([200, viewer]);
    expect(await ask(facade, { documentId: `sha256:${hash}`, variables })).toEqual([200, viewer]);
    expect(await ask(facade, { documentId: hash, variables })).toEqual([200, viewer]);
    const search = new URLSearchParams({ documentId: hash, variables: JSON.stringify(variables) });
    expect(await (await fetch(`${facade.url}/graphql?${search}`)).json()).toMatchObject({ data: viewer });
    expect(await ask(facade, { query: document, variables })).toEqual([403, 'FORBIDDEN']);
    expect(await ask(facade, { query: '{ __typename }' })).toEqual([403, 'FORBIDDEN']);
    expect(await ask(facade, { query: '{ __typename }', documentId: hash, variables })).toEqual([403, 'FORBIDDEN']);
    expect(await ask(facade, { documentId: 'a'.repeat(64) })).toEqual([404, 'NOT_FOUND']);
    expect(await ask(facade, { documentId: 'constructor' })).toEqual([404, 'NOT_FOUND']);
    expect(await ask(facade, {})).toEqual([400, 'BAD_USER_INPUT']);
    expect(facade.faults).toEqual([]);
  });

  test('stand beside others by default', async () => {
    await using facade = await start({ trustedDocuments: path() });
    expect(await ask(facade, { documentId: hash, variables })).toEqual([200, viewer]);
    expect(await ask(facade, { query: document, variables })).toEqual([200, viewer]);
  });
});

test('without any, a hash is not found', async () => {
  await using facade = await start({});
  expect(await ask(facade, { documentId: hash })).toEqual([404, 'NOT_FOUND']);
});

test('one that the schema does not have ends the start, and is named', async () => {
  const path = join(folder, 'wrong.json');
  await writeFile(path, JSON.stringify({ [hash]: '{ viewer { nothing } }' }));
  await expect(start({ trustedDocuments: path })).rejects.toThrow(`${hash}: Cannot query field "nothing"`);
});

describe('the schema', () => {
  test('is told where introspection is on', async () => {
    await using facade = await start({});
    expect(await ask(facade, { query: getIntrospectionQuery() })).toEqual([
      200,
      expect.objectContaining({ __schema: expect.anything() }),
    ]);
  });

  test.each([
    ['the standard query', getIntrospectionQuery()],
    ['a type', '{ __type(name: "Study") { name } }'],
    [
      'an alias in a fragment',
      '{ ...F } fragment F on Query { viewer { subject } a: __schema { queryType { name } } }',
    ],
  ])('is not told where it is off: %s', async (_what, query) => {
    await using facade = await start({ introspection: false });
    expect(await ask(facade, { query })).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  });

  test('is not told by suggestions either', async () => {
    await using facade = await start({ introspection: false });
    const { errors } = await facade.query('{ viewr { subject } viewer { subjct } origins(uid: "1") { name } }');
    expect(errors?.length).toBeGreaterThan(2);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|"viewer"|"subject"/i);
  });

  test('leaves __typename, which tells nothing new', async () => {
    await using facade = await start({ introspection: false });
    expect(await ask(facade, { query: '{ __typename viewer { __typename } }' })).toEqual([
      200,
      { __typename: 'Query', viewer: { __typename: 'Viewer' } },
    ]);
  });
});

describe('settings that do not go together are refused at the start', () => {
  test.each<[string, SettingsInput, string]>([
    ['GraphiQL without the schema', { graphiql: true, introspection: false }, 'asks for the schema'],
    [
      'GraphiQL without documents of its own',
      { graphiql: true, onlyTrustedDocuments: true },
      'sends documents of its own',
    ],
    ['only trusted documents, and none', { graphiql: false, onlyTrustedDocuments: true }, 'there are none'],
    ['a file that is not there', { trustedDocuments: '/nowhere' }, 'no such file'],
  ])('%s', async (_what, settings, message) => {
    await expect(loadConfig('demo', { settings })).rejects.toThrow(message);
  });

  test('a file that is no manifest', async () => {
    const path = join(folder, 'list.json');
    await writeFile(path, '["query"]');
    await expect(loadConfig('demo', { settings: { trustedDocuments: path } })).rejects.toThrow('must be a JSON object');
  });
});
