import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeApiKey } from '../../src/access/api-keys.ts';
import { type RunningArchive, startArchive } from '../../src/archive/server.ts';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const [ann, bob] = [makeApiKey('ann'), makeApiKey('bob')];
const scopes = ['search', 'metadata', 'rendered', 'native', 'store', 'patient-data'] as const;
const apiKeys = [
  { id: 'ann', sha256: ann.sha256, scopes: [...scopes] },
  { id: 'bob', sha256: bob.sha256, scopes: [...scopes] },
];

let archive: RunningArchive;
beforeAll(async () => {
  archive = await startArchive({ files: [dicomFile({ ...tinyImage, ...uids })], writable: true });
});
afterAll(() => archive.close());

async function start(rateLimits: NonNullable<SettingsInput['rateLimits']>): Promise<TestFacade> {
  const facade = await startTestFacade({
    origin: archive.url,
    access: { apiKeys },
    anonymousScopes: [...scopes],
    trustedProxies: ['127.0.0.1'],
    rateLimits,
  });
  onTestFinished(() => facade.close());
  return facade;
}

interface Told {
  readonly status: number;
  /** Points that are left; null: nothing is said of it. */
  readonly left: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
  readonly body: any;
}

async function told(response: Response): Promise<Told> {
  const left = /;r=(\d+);/.exec(response.headers.get('ratelimit') ?? '')?.[1];
  const isJson = response.headers.get('content-type')?.includes('json');
  const body = isJson ? await response.json() : await response.arrayBuffer();
  return { status: response.status, left: left === undefined ? null : Number(left), body };
}

const links = '{ searchInstances { nodes { retrieve { native { url } } } } }';

/** As somebody with a key, or nobody in particular, from an address. */
async function ask({ url }: TestFacade, key: string | null, address: string, query = '{ viewer { subject } }') {
  return told(
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': address,
        ...(key === null ? {} : { 'x-api-key': key }),
      },
      body: JSON.stringify({ query }),
    }),
  );
}

const open = async (url: string, address: string) =>
  told(await fetch(url, { headers: { 'x-forwarded-for': address } }));

const nativeOf = ({ body }: Told): string => body.data.searchInstances.nodes[0].retrieve.native.url;

test('two keys from one address have a quota each, and so has who shows none there', async () => {
  const facade = await start({ searchPerMinute: 2 });
  const address = '192.0.2.1';
  for (const key of [ann.key, bob.key, null]) {
    const lefts = [];
    for (let n = 0; n < 3; n++) {
      const { status, left } = await ask(facade, key, address);
      lefts.push([status, left]);
    }
    expect(lefts).toEqual([
      [200, 1],
      [200, 0],
      [429, 0],
    ]);
  }
});

test('one key has one quota, from whatever address; who shows none has one for each', async () => {
  const facade = await start({ searchPerMinute: 2 });
  const lefts = async (key: string | null) => [
    (await ask(facade, key, '192.0.2.1')).left,
    (await ask(facade, key, '192.0.2.2')).left,
  ];
  expect(await lefts(ann.key)).toEqual([1, 0]);
  expect(await lefts(null)).toEqual([1, 1]);
});

test('a link counts for the one that it was minted for, whoever opens it', async () => {
  const facade = await start({ nativePerMinute: 2 });
  const [ofAnn, ofBob, ofNobody] = [
    nativeOf(await ask(facade, ann.key, '192.0.2.1', links)),
    nativeOf(await ask(facade, bob.key, '192.0.2.1', links)),
    nativeOf(await ask(facade, null, '192.0.2.1', links)),
  ];
  const opened = async (url: string, address: string) => {
    const { status, left } = await open(url, address);
    return [status, left];
  };
  expect(await opened(ofAnn, '192.0.2.1')).toEqual([200, 1]);
  expect(await opened(ofAnn, '192.0.2.2')).toEqual([200, 0]); // given to somebody else
  expect(await opened(ofAnn, '192.0.2.3')).toEqual([429, 0]);
  expect(await opened(ofBob, '192.0.2.1')).toEqual([200, 1]);
  // Nobody in particular is whoever opens it, from where.
  expect(await opened(ofNobody, '192.0.2.1')).toEqual([200, 1]);
  expect(await opened(ofNobody, '192.0.2.2')).toEqual([200, 1]);
});

test('an upload link counts for the one that it was minted for', async () => {
  const facade = await start({ storePerMinute: 1 });
  const targetOf = async (key: string) => {
    const { body } = await ask(facade, key, '192.0.2.1', 'mutation { createUpload(input: {}) { url } }');
    return body.data.createUpload.url;
  };
  const send = async (url: string) => {
    const file = new Uint8Array(dicomFile({ ...tinyImage, ...uids }));
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: file });
    return (await told(response)).status;
  };
  const urls = [await targetOf(ann.key), await targetOf(ann.key), await targetOf(bob.key)] as const;
  const isThere = 409;
  expect([await send(urls[0]), await send(urls[1]), await send(urls[2])]).toEqual([isThere, 429, isThere]);
});
