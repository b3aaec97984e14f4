import { get } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Identity } from '../../src/access/identity.ts';
import { createRowGuard } from '../../src/access/row-guard.ts';
import type { RowRules } from '../../src/access/row-rules.ts';
import { scopes } from '../../src/access/scopes.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { parseUid } from '../../src/dicom/uid.ts';
import { createJudgedInstances } from '../../src/gateway/policy/judged-instances.ts';
import { createLinkPolicy, type LinkPolicy } from '../../src/gateway/policy/link-policy.ts';
import { directSource, type Source } from '../../src/gateway/source.ts';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { pathOf, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, linkKeys } from '../support/links.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { type QuirkyOrigin, type QuirkyRequest, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

/** Archives with habits of their own, in front of somebody who may see the patient P-1. */
const { study, series } = image;
const made = '2.25.7';
const rows: RowRules = {
  anyOf: [{ origins: null, studies: null, attributes: [{ tag: tagOf('PatientID'), values: new Set(['P-1']) }] }],
};
const principalOf = (identity: Identity) => ({
  subject: identity.subject,
  scopes: new Set(scopes),
  expiresAt: null,
  token: null,
  rows,
  identity,
});

async function start(
  answer: Parameters<typeof startQuirkyOrigin>[0],
  capabilities: ConfiguredCapabilities = {},
): Promise<{ readonly origin: QuirkyOrigin; readonly gateway: TestGateway; readonly opened: () => number }> {
  const origin = await startQuirkyOrigin(answer);
  const waits = { headersTimeoutMs: 20_000, bodyIdleTimeoutMs: 20_000 };
  const config = { ...waits, capabilities: { includeField: true, ...capabilities } };
  const today = createLinkPolicy({ policy: { principalOf }, identities: { find: async () => [] }, keys: linkKeys });
  let opened = 0;
  const policy: LinkPolicy = {
    ...today,
    async open(...asked) {
      const source = await today.open(...asked);
      opened++;
      return source;
    },
  };
  const gateway = await startTestGateway(origin.url, config, {}, { gateway: { policy } });
  onTestFinished(async () => {
    await gateway.close();
    await origin.close();
  });
  return { origin, gateway, opened: () => opened };
}

const text = (vr: string, ...Value: string[]) => ({ vr, Value });
const rowOf = (number: number, patient = 'P-1') => ({
  '00080018': text('UI', `${made}.${number}`),
  '00080060': text('CS', 'CT'),
  '00100020': text('LO', patient),
  '0020000D': text('UI', study),
  '0020000E': text('UI', series),
});
const json = { 'content-type': 'application/dicom+json' };

const rootOf = ({ links }: TestGateway) =>
  pathOf(links.dicomwebRoot('test', { study }, ['NATIVE', 'FRAMES', 'METADATA']).url);
const templateOf = ({ links }: TestGateway) => pathOf(links.frameTemplate('test', image, 9).template);

const leave = (gateway: TestGateway, path: string) => {
  const sent = get({ port: gateway.port, path, agent: false }).on('error', () => {});
  return () => sent.destroy();
};
const metadataOf = ({ requests }: QuirkyOrigin): readonly QuirkyRequest[] =>
  requests.filter(({ target }) => target.endsWith('/metadata'));

test('the question whether an instance may be seen ends when its client leaves', async () => {
  const { origin, gateway } = await start(() => {}); // it never answers
  const go = leave(gateway, templateOf(gateway).replace('{frame}', '1'));
  await expect.poll(() => metadataOf(origin)).toHaveLength(1);
  go();
  await expect.poll(() => origin.openConnections()).toBe(0);
  expect(gateway.faults).toEqual([]);
});

test('the question that several wait for ends when the last of them leaves, and is asked anew for the next', async () => {
  const { origin, gateway, opened } = await start(() => {});
  const template = templateOf(gateway);
  const [first, second] = [1, 2].map((frame) => leave(gateway, template.replace('{frame}', `${frame}`)));
  await expect.poll(() => metadataOf(origin)).toHaveLength(1);
  await expect.poll(opened).toBe(2);
  first?.();
  await new Promise((resolve) => setTimeout(resolve, 100)); // it would have been let go of by then
  expect(origin.openConnections()).toBe(1);
  second?.();
  await expect.poll(() => origin.openConnections()).toBe(0);
  const third = leave(gateway, template.replace('{frame}', '3'));
  await expect.poll(() => metadataOf(origin)).toHaveLength(2);
  third();
});

test('a question that is being broken off is not waited for by who comes meanwhile', async () => {
  await using origin = await startQuirkyOrigin(() => {});
  const { promise: never } = Promise.withResolvers<never>();
  const asked: unknown[] = [];
  const source: Source = {
    ...directSource(createTestOrigin(origin.url, { capabilities: { instanceMetadata: true } })),
    metadata: (ref) => {
      asked.push(ref);
      return never; // as an origin whose connection takes its time to close
    },
  };
  const judged = createJudgedInstances();
  const guard = createRowGuard(rows, 'test');
  if (guard === null) throw new Error('The rules allow everything');
  const ref = { study: parseUid(study), series: parseUid(series), instance: parseUid(made) };
  const leaving = new AbortController();
  const first = judged.require(source, ref, guard, { signal: leaving.signal });
  leaving.abort();
  await expect(first).rejects.toThrow();
  void judged.require(source, ref, guard, {});
  await expect.poll(() => asked).toEqual([ref, ref]);
});

const ask = async (gateway: TestGateway, path: string) => {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`);
  const body = await response.text();
  return { status: response.status, body: body === '' ? null : JSON.parse(body) };
};

test.each<[string, ConfiguredCapabilities, Record<string, string>]>([
  ['says that there are more, and cannot be asked for them', { searchOffset: false }, { warning: '299 x "more"' }],
  [
    'says that there are more, and has no pages',
    { searchLimit: false, searchOffset: false },
    { warning: '299 x "more"' },
  ],
  ['says that there are more, and gives the same again', {}, { warning: '299 x "more"' }],
  ['gives as many as it may, and cannot be asked for more', { searchOffset: false, maxSearchLimit: 2 }, {}],
  ['gives as many as it may, and the same again', { maxSearchLimit: 2 }, {}],
])(
  'a part of the instances is not taken for all of them where the archive %s',
  async (_what, capabilities, headers) => {
    const { gateway } = await start((socket) => {
      reply(socket, { headers: { ...json, ...headers }, body: JSON.stringify([rowOf(1), rowOf(2)]) });
    }, capabilities);
    const { status, body } = await ask(gateway, `${rootOf(gateway)}/instances`);
    expect([status, body.code]).toEqual([400, 'FILTER_UNSUPPORTED']);
  },
);

test.each<[string, ConfiguredCapabilities]>([
  ['has no pages', { searchLimit: false, searchOffset: false }],
  ['gives fewer than it may, and cannot be asked for more', { searchOffset: false, maxSearchLimit: 3 }],
])('all of the instances are taken for that where the archive %s', async (_what, capabilities) => {
  const { gateway } = await start((socket) => {
    reply(socket, { headers: json, body: JSON.stringify([rowOf(1), rowOf(2, 'P-2')]) });
  }, capabilities);
  const { status, body } = await ask(gateway, `${rootOf(gateway)}/instances`);
  expect([status, body.map((row: Record<string, { Value: string[] }>) => row['00080018']?.Value[0])]).toEqual([
    200,
    [`${made}.1`],
  ]);
});

test('a key that the archive did not match is refused, not answered as if nothing matched', async () => {
  const { gateway } = await start((socket) => {
    reply(socket, { headers: json, body: JSON.stringify([rowOf(1)]) });
  });
  const { status, body } = await ask(gateway, `${rootOf(gateway)}/instances?Modality=MR`);
  expect([status, body.code]).toEqual([400, 'FILTER_UNSUPPORTED']);
});
