import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRateLimits, keyOfAddress } from '../../src/http/rate-limits.ts';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { startTestFacade } from '../support/facade.ts';
import { postFiles } from '../support/upload.ts';

const quotas = { searchPerMinute: 3, renderedPerMinute: 2, nativePerMinute: 0, storePerMinute: 1 };

/** Keeps what is put on it. */
const answer = () => {
  const headers: Record<string, unknown> = {};
  const setHeader = (name: string, value: unknown) => (headers[name] = value);
  return { headers, response: { setHeader } as unknown as ServerResponse };
};

describe('a quota', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  test('is spent in a minute, and there again in the next', async () => {
    const rates = createRateLimits(quotas);
    const { headers, response } = answer();
    await rates.spend('search', () => 'a', response, 2);
    expect(headers).toEqual({ 'ratelimit-policy': '"search";q=3;w=60', ratelimit: '"search";r=1;t=60' });
    vi.advanceTimersByTime(20_500);
    await rates.spend('search', () => 'a', response);
    expect(headers['ratelimit']).toBe('"search";r=0;t=40');
    await expect(rates.spend('search', () => 'a', response)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      facts: { behaviour: 'search', need: 4, limit: 3, retryAfterSeconds: 40 },
    });
    vi.advanceTimersByTime(39_600);
    await rates.spend('search', () => 'a', response);
    expect(headers['ratelimit']).toBe('"search";r=2;t=60');
  });

  test('is of one principal and one behaviour', async () => {
    const rates = createRateLimits({ ...quotas, searchPerMinute: 1 });
    const { response } = answer();
    await rates.spend('search', () => 'a', response);
    await rates.spend('search', () => 'b', response);
    await rates.spend('rendered', () => 'a', response);
    await expect(rates.spend('search', () => 'a', response)).rejects.toThrow();
  });

  test('of 0 limits nothing and says nothing', async () => {
    const { headers, response } = answer();
    const rates = createRateLimits(quotas);
    for (let n = 0; n < 1_000; n++) await rates.spend('native', () => 'a', response);
    expect(headers).toEqual({});
  });
});

test.each([
  ['192.0.2.7', 'address 192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', 'address 2001:db8:1:2'],
  ['2001:0db8:0001:0002::9', 'address 2001:db8:1:2'],
  ['2001:db8::1', 'address 2001:db8:0:0'],
  ['::1', 'address 0:0:0:0'],
  ['fe80::1%eth0', 'address fe80:0:0:0'],
])('who is not known is told by the address; of IPv6 by its network: %s', (address, key) => {
  expect(keyOfAddress(address)).toBe(key);
});

const ofStudy = (study: string): Buffer =>
  dicomFile({ ...tinyImage, StudyInstanceUID: study, SeriesInstanceUID: `${study}.1`, SOPInstanceUID: `${study}.1.1` });
const [image, file] = [ofStudy('1.1'), ofStudy('1.9')];
const links = `{ searchInstances(first: 1) { nodes { retrieve {
  native { url } rendered { url } thumbnail { url } frameTemplate { template } renderedFrameTemplate { template } } } } }`;

describe('the program counts what each principal does', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rates-'));
    await writeFile(join(folder, 'image.dcm'), image);
  });
  afterAll(() => rm(folder, { recursive: true }));
  const start = (settings: SettingsInput) => startTestFacade({ folder, folderWritable: true, ...settings });

  test('asking: operations, also those that are refused, by address where nobody is known', async () => {
    await using facade = await start({
      rateLimits: { searchPerMinute: 4 },
      trustedProxies: ['127.0.0.1'],
    });
    const ask = (query: string, address: string) =>
      fetch(`${facade.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ query }),
      });
    const first = await ask('{ viewer { subject } }', '192.0.2.1');
    expect(first.headers.get('ratelimit-policy')).toBe('"search";q=4;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"search";r=3;t=\d+$/);
    await ask('{ no such', '192.0.2.1');
    // 20 studies of 5 series and 100 instances, two values each: more than 20,000, so that it counts three times
    const large = await ask(
      '{ searchStudies(first: 100) { nodes { instances { nodes { rows columns } } } } }',
      '192.0.2.1',
    );
    expect(large.status).toBe(429);
    expect(Number(large.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await large.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', behaviour: 'search', limit: 4 } }],
    });
    const next = await ask('{ viewer { subject } }', '192.0.2.1');
    expect(next.status).toBe(429);
    expect(await next.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', retryable: true } }] });
    expect((await ask('{ viewer { subject } }', '192.0.2.2')).status).toBe(200);
  });

  test('opening links: images apart from what is stored, whatever link they are of', async () => {
    await using facade = await start({ rateLimits: { renderedPerMinute: 3, nativePerMinute: 2 } });
    const data = await facade.data<{
      searchInstances: { nodes: { retrieve: Record<string, Record<string, string>> }[] };
    }>(links);
    const retrieve = data.searchInstances.nodes[0]?.retrieve;
    const frame = (name: string) => retrieve?.[name]?.['template']?.replace('{frame}', '1') ?? '';
    const url = (name: string) => retrieve?.[name]?.['url'] ?? '';
    const open = async (address: string) => {
      const response = await fetch(address);
      await response.arrayBuffer();
      return response;
    };
    expect((await open(url('rendered'))).headers.get('ratelimit')).toMatch(/^"rendered";r=2;t=\d+$/);
    expect((await open(url('thumbnail'))).status).toBe(200);
    expect((await open(frame('renderedFrameTemplate'))).status).toBe(200);
    expect((await open(url('native'))).headers.get('ratelimit-policy')).toBe('"native";q=2;w=60');
    expect((await open(frame('frameTemplate'))).status).toBe(200);
    await facade.query('{ viewer { subject } }'); // begins to count requests anew
    const refused = await fetch(url('rendered'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      facts: { behaviour: 'rendered', limit: 3 },
    });
    expect((await open(frame('frameTemplate'))).status).toBe(429);
    expect(facade.requests).toEqual([]);
  });

  test('storing: an upload too many is refused before it is looked at', async () => {
    await using facade = await start({ rateLimits: { storePerMinute: 1 } });
    const target = async () =>
      (
        await facade.data<{ createUpload: { url: string } }>(
          'mutation { createUpload(input: { studyInstanceUID: "1.9" }) { url } }',
        )
      ).createUpload.url;
    expect((await postFiles(await target(), [file])).status).toBe(200);
    const refused = await fetch(await target(), {
      method: 'POST',
      headers: { 'content-type': 'application/dicom' },
      body: new Uint8Array(file),
    });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).toMatch(/^"store";r=0;t=\d+$/);
  });

  test('a link that is not good counts nothing', async () => {
    await using facade = await start({ rateLimits: { nativePerMinute: 1 } });
    const response = await fetch(`${facade.url}/links/abc`);
    expect(response.status).toBe(403);
    expect(response.headers.has('ratelimit')).toBe(false);
  });
});
