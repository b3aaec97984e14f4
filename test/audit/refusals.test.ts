import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeApiKey } from '../../src/access/api-keys.ts';
import type { SettingsInput } from '../../src/index.ts';
import { temporaryFolder } from '../config/temporary-folder.ts';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { startAudited } from '../support/audited.ts';

const key = makeApiKey('dashboard');
const access: SettingsInput = { access: { apiKeys: [{ id: 'dashboard', sha256: key.sha256, scopes: ['search'] }] } };
const asDashboard = { 'x-api-key': key.key };
let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [] });
});
afterAll(() => archive.close());

const start = (settings: SettingsInput = {}) => startAudited({ origin: archive.url, ...access, ...settings });
const count = '{ searchStudies { totalCount } }';

test('who comes without credentials, or with bad ones, is in the trail: once a minute, and how often', async () => {
  const { facade, trail, post } = await start();
  const responses = [
    await post({ query: count }),
    await post({ query: count }, { 'x-api-key': makeApiKey('dashboard').key }),
    await post({ query: count }, { authorization: 'Bearer nobody-knows-this' }),
  ];
  expect(responses.map(({ status }) => status)).toEqual([401, 401, 401]);
  await facade.close();
  const common = { kind: 'refuse', code: 'UNAUTHENTICATED', subject: null, subjectHash: null, address: '127.0.0.1' };
  const requestId = responses[0]?.headers.get('x-request-id');
  expect(await trail()).toMatchObject([
    { ...common, requestId, studies: [], query: null, details: { route: 'graphql' } },
    { ...common, requestId, details: { route: 'graphql', requests: '3', statuses: '401:3' } },
  ]);
});

test('who asks too often is in the trail by name', async () => {
  const { facade, trail, post } = await start({ rateLimits: { searchPerMinute: 1 } });
  const statuses = [await post({ query: count }, asDashboard), await post({ query: count }, asDashboard)];
  expect(statuses.map(({ status }) => status)).toEqual([200, 429]);
  await facade.close();
  const events = await trail();
  const search = events.find(({ kind }) => kind === 'search');
  expect(events.filter(({ kind }) => kind === 'refuse')).toMatchObject([
    {
      code: 'RATE_LIMITED',
      subject: 'key:dashboard',
      subjectHash: search?.subjectHash,
      requestId: statuses[1]?.headers.get('x-request-id'),
    },
  ]);
  expect(search?.subjectHash).toMatch(/^[0-9a-f]{32}$/);
});

const secretName = 'Canarysmith';
test.each([
  ['is no JSON', '{', 400, 'BAD_USER_INPUT'],
  ['has no document', {}, 400, 'BAD_USER_INPUT'],
  ['does not parse', { query: `{ searchStudies(filter: "${secretName}` }, 400, 'BAD_USER_INPUT'],
  ['is not valid', { query: `{ ${secretName} }` }, 400, 'BAD_USER_INPUT'],
  [
    'has a value of another type',
    { query: `{ searchStudies(first: "${secretName}") { totalCount } }` },
    400,
    'BAD_USER_INPUT',
  ],
  ['is nested too deep', { query: `${'{ a'.repeat(65)}${'}'.repeat(65)}` }, 400, 'DEPTH_LIMIT'],
  ['names an operation that is not in it', { query: count, operationName: secretName }, 400, 'BAD_USER_INPUT'],
  ['is on no list', { documentId: `sha256:${'0'.repeat(64)}` }, 404, 'NOT_FOUND'],
] as const)('a request that %s is in the trail once a minute, by its code alone', async (_what, body, status, code) => {
  const { facade, trail, post } = await start();
  const headers = { ...asDashboard, accept: 'application/graphql-response+json' };
  const first = await post(body, headers);
  expect(first.status).toBe(status);
  for (let index = 0; index < 3; index++) await post(body, headers);
  await facade.close();
  const common = { kind: 'refuse', code, subject: 'key:dashboard', studies: [], query: null };
  const events = await trail();
  expect(events).toMatchObject([
    { ...common, requestId: first.headers.get('x-request-id'), details: { route: 'graphql' } },
    { ...common, details: { route: 'graphql', requests: '4' } },
  ]);
  expect(JSON.stringify(events)).not.toContain(secretName);
});

test('a document that is refused where only those on the list are taken is FORBIDDEN in the trail', async () => {
  const document = '{ viewer { subject } }';
  const trustedDocuments = join(temporaryFolder(), 'documents.json');
  writeFileSync(trustedDocuments, JSON.stringify({ [createHash('sha256').update(document).digest('hex')]: document }));
  const settings = { trustedDocuments, onlyTrustedDocuments: true, graphiql: false };
  const { facade, trail, post } = await start(settings);
  await post({ query: count }, asDashboard);
  await facade.close();
  expect(await trail()).toMatchObject([{ kind: 'refuse', code: 'FORBIDDEN', subject: 'key:dashboard' }]);
});

test('a question that costs too much is in the trail as a search that was refused, and not twice', async () => {
  const { facade, trail, post } = await start({ limits: { maxCost: 1 } });
  await post({ query: count }, asDashboard);
  await facade.close();
  expect(await trail()).toMatchObject([
    { kind: 'search', code: 'COST_LIMIT', subject: 'key:dashboard', query: 'searchStudies' },
  ]);
});

test('what may not be done is in the trail with what was asked for, without a value', async () => {
  const { facade, trail, post } = await start();
  const query = `mutation { revokeLinks(input: { target: { subject: "${secretName}" } }) { epoch } }`;
  await post({ query }, asDashboard);
  await facade.close();
  const events = await trail();
  expect(events).toMatchObject([{ kind: 'refuse', code: 'FORBIDDEN', subject: 'key:dashboard' }]);
  expect(events[0]?.details['query']).toContain('revokeLinks(input.target.subject)');
  expect(JSON.stringify(events)).not.toContain(secretName);
});
