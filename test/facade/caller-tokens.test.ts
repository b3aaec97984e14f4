import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startArchive } from '../../src/archive/server.ts';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import {
  type GraphqlAnswer,
  openLink,
  startTestFacade,
  type TestFacade,
  type TestFacadeOptions,
} from '../support/facade.ts';
import { noon } from '../support/links.ts';

const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const fileOf = (owner: string) => dicomFile({ ...tinyImage, ...uids, StudyDescription: `Seen by ${owner}` });

interface Guarded {
  readonly url: string;
  /** Authorization of every request. */
  readonly seen: (string | undefined)[];
}

/** An archive that shows each token another study under the same UIDs; `outsider` may see nothing, others are not known. */
async function startGuardedArchive(...tokens: readonly string[]): Promise<Guarded> {
  const ports = new Map<string, number>();
  for (const token of tokens) {
    const archive = await startArchive({ files: [fileOf(token)] });
    onTestFinished(() => archive.close());
    ports.set(`Bearer ${token}`, Number(new URL(archive.url).port));
  }
  const seen: (string | undefined)[] = [];
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { authorization = '' } = incoming.headers;
    seen.push(incoming.headers.authorization);
    const port = ports.get(authorization);
    if (port === undefined) {
      response.writeHead(authorization === 'Bearer outsider' ? 403 : 401).end();
      return;
    }
    const headers = { ...incoming.headers, host: `127.0.0.1:${port}` };
    request({ port, host: '127.0.0.1', path: incoming.url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicomweb`, seen };
}

async function start(settings: SettingsInput, options: TestFacadeOptions = {}): Promise<TestFacade> {
  const facade = await startTestFacade({ forwardToken: true, ...settings }, options);
  onTestFinished(() => facade.close());
  return facade;
}

interface Answer {
  readonly study: {
    readonly studyDescription: string;
    readonly retrieve: { readonly metadata: Link; readonly dicomweb: Link };
  } | null;
  readonly instance: { readonly retrieve: { readonly native: Link; readonly frameTemplate: Link } } | null;
}
interface Link {
  readonly url: string;
  readonly expiresAt: string;
}

const description = '{ study(studyInstanceUID: "1.1") { studyDescription } }';
const links = `{
  study(studyInstanceUID: "1.1") { retrieve { metadata { url expiresAt } dicomweb { url expiresAt } } }
  instance(studyInstanceUID: "1.1", seriesInstanceUID: "1.1.1", sopInstanceUID: "1.1.1.1") {
    retrieve { native { url expiresAt } }
  }
}`;

async function ask(
  { url }: TestFacade,
  query: string,
  authorization?: string,
): Promise<GraphqlAnswer<Answer> & { readonly status: number }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, ...((await response.json()) as GraphqlAnswer<Answer>) };
}

const codesOf = ({ errors }: GraphqlAnswer<unknown>) => errors?.map(({ extensions }) => extensions['code']);

async function linksOf(facade: TestFacade, authorization: string) {
  const { data, errors } = await ask(facade, links, authorization);
  if (!data?.study || !data.instance) throw new Error(JSON.stringify(errors));
  const { metadata, dicomweb } = data.study.retrieve;
  return { native: data.instance.retrieve.native, metadata, root: dicomweb };
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const jwt = (claims: object) => `${encode({ alg: 'none' })}.${encode(claims)}.c2ln`;

describe('an origin that takes the caller’s own token', () => {
  test('gives each caller what that caller may see, also from the cache', async () => {
    const archive = await startGuardedArchive('ann', 'bob');
    const facade = await start({ origin: archive.url });
    for (const owner of ['ann', 'bob', 'ann', 'bob']) {
      const { data } = await ask(facade, description, `Bearer ${owner}`);
      expect(data?.study?.studyDescription).toBe(`Seen by ${owner}`);
    }
    const both = ['ann', 'bob', 'ann', 'bob'].map((owner) => ask(facade, description, `Bearer ${owner}`));
    const answers = (await Promise.all(both)).map(({ data }) => data?.study?.studyDescription);
    expect(answers).toEqual(['Seen by ann', 'Seen by bob', 'Seen by ann', 'Seen by bob']);
    expect(new Set(archive.seen)).toEqual(new Set(['Bearer ann', 'Bearer bob']));
    expect(archive.seen.length).toBeLessThan(8); // something did come from the cache
  });

  test.each([undefined, 'Basic YW5uOnBhc3N3b3Jk', 'Bearer', 'Bearer a b', 'Bearer "x"'])(
    'is sent nothing for a caller with %j',
    async (authorization) => {
      const archive = await startGuardedArchive('ann');
      const facade = await start({ origin: archive.url });
      const answer = await ask(facade, description, authorization);
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
      expect(archive.seen).toEqual([]);
      expect((await fetch(`${facade.url}/ready`)).status).toBe(200);
    },
  );

  test('is not thought to be down for a token that it refuses', async () => {
    const archive = await startGuardedArchive('ann');
    const facade = await start({ origin: archive.url });
    expect(codesOf(await ask(facade, description, 'Bearer stranger'))).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(await ask(facade, description, 'Bearer outsider'))).toEqual(['FORBIDDEN']);
    expect((await fetch(`${facade.url}/ready`)).status).toBe(200);
    expect((await ask(facade, description, 'Bearer ann')).data?.study?.studyDescription).toBe('Seen by ann');
  });

  test('is the only one that sees the token', async () => {
    const guarded = await startGuardedArchive('ann');
    const other = await startGuardedArchive('');
    const facade = await start({
      forwardToken: false,
      origins: [
        { id: 'guarded', url: guarded.url, forwardToken: true },
        { id: 'other', url: other.url, bearer: 'ours' },
      ],
    });
    const query =
      '{ guarded: origins { id healthy } study(studyInstanceUID: "1.1", origin: "other") { studyDescription } }';
    await ask(facade, query, 'Bearer ann');
    expect(new Set(other.seen)).toEqual(new Set(['Bearer ours']));
    expect((await ask(facade, description, 'Bearer ann')).data?.study?.studyDescription).toBe('Seen by ann');
  });
});

describe('links to an origin that takes the caller’s own token', () => {
  test('open with the token of the caller they were made for, whoever opens them', async () => {
    const facade = await start({ origin: (await startGuardedArchive('ann', 'bob')).url });
    const [ann, bob] = [await linksOf(facade, 'Bearer ann'), await linksOf(facade, 'Bearer bob')];
    expect(ann.native.url).not.toBe(bob.native.url);
    expect((await openLink(ann.native.url)).body.equals(fileOf('ann'))).toBe(true);
    expect((await openLink(bob.native.url)).body.equals(fileOf('bob'))).toBe(true);
    const withHers = await fetch(bob.native.url, { headers: { authorization: 'Bearer ann' } });
    expect(Buffer.from(await withHers.arrayBuffer()).equals(fileOf('bob'))).toBe(true);
    expect(String((await openLink(bob.metadata.url)).body)).toContain('Seen by bob');
    expect(String((await openLink(`${ann.root.url}/studies/1.1/metadata`)).body)).toContain('Seen by ann');
    expect(String((await openLink(`${bob.root.url}/studies`)).body)).toContain('Seen by bob');
  });

  test('end with a token that says when it ends', async () => {
    const time = { now: noon };
    const token = jwt({ sub: 'ann', exp: noon + 300 });
    const archive = await startGuardedArchive(token);
    const facade = await start({ origin: archive.url }, { clock: () => time.now * 1000 });
    const { native, root } = await linksOf(facade, `Bearer ${token}`);
    expect([native.expiresAt, root.expiresAt].map((at) => Date.parse(at) / 1000)).toEqual([noon + 300, noon + 300]);
    time.now = noon + 299;
    expect((await openLink(native.url)).status).toBe(200);
    time.now = noon + 300;
    const late = await openLink(native.url);
    expect([late.status, JSON.parse(String(late.body)).code]).toEqual([410, 'LINK_EXPIRED']);
    const sent = archive.seen.length;
    expect(codesOf(await ask(facade, description, `Bearer ${token}`))).toEqual(['UNAUTHENTICATED']);
    expect(archive.seen).toHaveLength(sent);
  });

  test.each([
    ['is no JWT', 'opaque'],
    ['is a JWT without an end', jwt({ sub: 'ann' })],
    ['is a JWT with a strange end', jwt({ exp: 'never' })],
    ['only looks like one', 'a.b.c'],
  ])('end after a while that is configured, where the token %s', async (_, token) => {
    const clock = () => (noon + 100) * 1000;
    const settings = { origin: (await startGuardedArchive(token)).url, links: { opaqueTokenSeconds: 900 } };
    const { native, root } = await linksOf(await start(settings, { clock }), `Bearer ${token}`);
    expect([native, root].map(({ expiresAt }) => Date.parse(expiresAt) / 1000)).toEqual([noon + 600, noon + 900]);
  });

  test('are refused where the token is not kept: after a restart, by another process', async () => {
    const archive = await startGuardedArchive('ann');
    const key = { keys: [`k:${'ab'.repeat(32)}`] };
    const { native, root } = await linksOf(await start({ origin: archive.url, links: key }), 'Bearer ann');
    const { url } = await start({ origin: archive.url, links: key });
    const sent = archive.seen.length;
    for (const link of [native.url, `${root.url}/studies/1.1/metadata`]) {
      const answer = await openLink(url + new URL(link).pathname);
      expect([answer.status, JSON.parse(String(answer.body)).code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(archive.seen).toHaveLength(sent);
  });
});

test('the token stands in no link, explanation, error or log', async () => {
  const archive = await startGuardedArchive('ann-token');
  const facade = await start({ origin: archive.url });
  const response = await fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ann-token', 'x-dicomweb-explain': '1' },
    body: JSON.stringify({ query: `{ viewer { subject scopes } ${links.slice(1)}` }),
  });
  const told = await response.text();
  expect(told).toContain('"subject":"token:');
  expect(told).toContain('"totals"');
  expect(told).not.toContain('ann-token');
  const refused = JSON.stringify(await ask(facade, description, 'Bearer stranger-token'));
  expect(refused).not.toContain('stranger-token');
  expect(facade.faults.join()).not.toContain('token');
});
