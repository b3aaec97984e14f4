import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeApiKey } from '../../src/access/api-keys.ts';
import { type RunningArchive, startArchive } from '../../src/archive/server.ts';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { openLink, startTestFacade, type TestFacade } from '../support/facade.ts';

const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const viewer = '{ viewer { subject scopes } }';
const made = makeApiKey('dashboard');
const withKeys: SettingsInput = {
  access: { apiKeys: [{ id: 'dashboard', sha256: made.sha256, scopes: ['search', 'rendered', 'patient-data'] }] },
};

let archive: RunningArchive;
beforeAll(async () => {
  archive = await startArchive({ files: [dicomFile({ ...tinyImage, ...uids })] });
});
afterAll(() => archive.close());

async function start(settings: SettingsInput = withKeys): Promise<TestFacade> {
  const facade = await startTestFacade({ origin: archive.url, ...settings });
  onTestFinished(() => facade.close());
  return facade;
}

interface Told {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
  readonly body: any;
}

async function ask({ url }: TestFacade, headers: Record<string, string> = {}, query = viewer): Promise<Told> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** As no client of ours would: fetch joins what is sent twice. */
async function sendTwice({ url }: TestFacade, name: string, values: string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(
    `${url}/graphql?query=${encodeURIComponent(viewer)}`,
    { headers: { [name]: values } },
    (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    },
  );
  sent.on('error', reject).end();
  return promise;
}

const challenge = ({ headers }: Told): string | null => headers.get('www-authenticate');

describe('where API keys are configured', () => {
  test('whoever shows none is refused with a challenge, before anything is looked at', async () => {
    const facade = await start();
    for (const query of [viewer, 'not GraphQL', '{ __schema { types { name } } }']) {
      const told = await ask(facade, {}, query);
      expect([told.status, challenge(told)]).toEqual([401, 'Bearer realm="dicomweb-graphql"']);
      expect(told.body).toEqual({
        errors: [
          {
            message: 'Credentials are needed: an access token or an API key',
            extensions: { code: 'UNAUTHENTICATED', retryable: false },
          },
        ],
      });
    }
  });

  test('the media type of a refusal is the one that was asked for', async () => {
    const facade = await start();
    const types = await Promise.all(
      ['application/graphql-response+json, application/json;q=0.9', 'application/json', '*/*'].map(async (accept) =>
        (await ask(facade, { accept })).headers.get('content-type'),
      ),
    );
    const json = 'application/json; charset=utf-8';
    expect(types).toEqual(['application/graphql-response+json; charset=utf-8', json, json]);
  });

  test.each([
    ['X-API-Key', { 'x-api-key': made.key }],
    ['Authorization: Bearer', { authorization: `Bearer ${made.key}` }],
    ['X-API-Key beside a proxy’s own credentials', { 'x-api-key': made.key, authorization: 'Basic dTpw' }],
  ])('a key is taken by %s', async (_how, headers) => {
    const told = await ask(await start(), headers);
    expect([told.status, told.body.data]).toEqual([
      200,
      { viewer: { subject: 'key:dashboard', scopes: ['search', 'rendered', 'patient-data'] } },
    ]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['another key', { 'x-api-key': makeApiKey('dashboard').key }, 401, 'invalid_token'],
    ['a token of nobody that is known', { authorization: 'Bearer eyJ.a.b' }, 401, 'invalid_token'],
    ['no token', { authorization: 'Bearer' }, 401, 'invalid_token'],
    ['a key and a token', { 'x-api-key': made.key, authorization: `Bearer ${made.key}` }, 400, 'invalid_request'],
  ])('%s is refused, and not taken for anonymous', async (_what, headers, status, error) => {
    const told = await ask(await start({ ...withKeys, anonymousScopes: ['search'] }), headers);
    expect([told.status, challenge(told)]).toEqual([status, expect.stringContaining(`error="${error}"`)]);
    expect(told.body.data).toBeUndefined();
    expect(JSON.stringify(told.body)).not.toContain(made.key);
  });

  test('a header that is sent twice is refused', async () => {
    const facade = await start();
    expect(await sendTwice(facade, 'authorization', [`Bearer ${made.key}`, 'Bearer other'])).toBe(400);
    expect(await sendTwice(facade, 'authorization', ['Bearer other', `Bearer ${made.key}`])).toBe(400);
    expect(await sendTwice(facade, 'x-api-key', [made.key, made.key])).toBe(400);
    expect(await sendTwice(facade, 'x-api-key', [made.key])).toBe(200);
  });

  test('anyone may ask what anonymousScopes says, where that is said by name', async () => {
    const told = await ask(await start({ ...withKeys, anonymousScopes: ['statistics'] }));
    expect(told.body.data).toEqual({ viewer: { subject: 'anonymous', scopes: ['statistics'] } });
  });

  test('a page may ask whether it may send a key or a token', async () => {
    const facade = await start({ ...withKeys, cors: { origins: ['https://viewer.example'] } });
    const response = await fetch(`${facade.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://viewer.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-api-key',
      },
    });
    const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase().split(', ') ?? [];
    expect([response.status, allowed.includes('authorization'), allowed.includes('x-api-key')]).toEqual([
      204,
      true,
      true,
    ]);
  });

  test('GraphiQL, health and readiness need none: there is nothing of an archive in them', async () => {
    const facade = await start();
    await expect.poll(async () => (await fetch(`${facade.url}/ready`)).status).toBe(200);
    const page = await fetch(`${facade.url}/graphql`, { headers: { accept: 'text/html' } });
    expect([page.status, (await fetch(`${facade.url}/health`)).status]).toEqual([200, 200]);
    await page.body?.cancel();
  });

  test('a link that was made with a key needs none', async () => {
    const facade = await start();
    const query = '{ searchInstances(first: 1) { nodes { ...on ImageInstance { retrieve { rendered { url } } } } } }';
    const { body } = await ask(facade, { 'x-api-key': made.key }, query);
    const [{ retrieve }] = body.data.searchInstances.nodes;
    expect(await openLink(retrieve.rendered.url)).toMatchObject({ status: 200, mediaType: 'image/jpeg' });
  });
});

test('where everyone may ask, what they send to prove who they are is not looked at', async () => {
  const facade = await start({});
  const told = await ask(facade, { authorization: 'Bearer x y', 'x-api-key': 'z' });
  expect([told.status, told.body.data.viewer.subject]).toEqual([200, 'anonymous']);
});
