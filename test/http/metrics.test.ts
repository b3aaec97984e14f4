import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { type Facade, startFacade } from '../../src/facade.ts';

let facade: Facade;
beforeAll(async () => {
  facade = await startFacade(await loadConfig('demo', { settings: { port: 0 } }));
  await facade.ready();
});
afterAll(() => facade.close());

const metrics = async (): Promise<string> => (await fetch(`${facade.url}/metrics`)).text();
const ask = (query: string) =>
  fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  }).then((response) => response.json());

describe('/metrics', () => {
  test('counts requests to origins by transaction and status, and what the cache saved', async () => {
    const query = '{ searchStudies(filter: { patientName: { contains: "幽霊" } }) { nodes { studyInstanceUID } } }';
    await ask(query);
    await ask(query);
    const text = await metrics();
    expect(text).toMatch(
      /dicomweb_origin_request_seconds_count\{origin="demo",transaction="search studies",status="200"\} \d+/,
    );
    expect(text).toMatch(/dicomweb_answer_cache_total\{outcome="hit"\} 1\n/);
    expect(text).toMatch(/dicomweb_answer_cache_total\{outcome="miss"\} 1\n/);
  });

  test('tells what the caches of objects and images did, and what they hold', async () => {
    const text = await metrics();
    expect(text).toMatch(/dicomweb_payload_cache_total\{representation="rendered",outcome="hit"\} \d+\n/);
    expect(text).toMatch(/dicomweb_payload_cache_total\{representation="metadata",outcome="miss"\} \d+\n/);
    expect(text).toMatch(/dicomweb_payload_cache_bytes_total\{representation="native",from="origin"\} \d+\n/);
    expect(text).toMatch(/dicomweb_payload_cache_disk_bytes\{store="objects"\} \d+\n/);
    expect(text).toMatch(/dicomweb_payload_cache_removed_total\{store="rendered",reason="evicted"\} \d+\n/);
  });

  test('names no patient, no UID and no query', async () => {
    await ask(
      '{ searchStudies(filter: { patientID: { equals: "PHANTOM-001" } }) { nodes { series { nodes { modality } } } } }',
    );
    const text = await metrics();
    expect(text).not.toMatch(/PHANTOM|幽霊|2\.25\.\d/);
  });

  test('counts what is asked of this service, what operations cost, which links are given and which origin answers', async () => {
    const { data } = (await ask(
      '{ searchStudies(first: 1) { nodes { retrieve { native { url } dicomweb(representations: [METADATA, FRAMES]) { url } } } } }',
    )) as { data: { searchStudies: { nodes: { retrieve: { native: { url: string } } }[] } } };
    await (await fetch(data.searchStudies.nodes[0]?.retrieve.native.url ?? '')).arrayBuffer();
    await fetch(`${facade.url}/links/forged`);
    const text = await metrics();
    for (const line of [
      /^dicomweb_http_request_seconds_count\{route="graphql",status="200"\} \d+$/m,
      /^dicomweb_http_request_seconds_count\{route="links",status="200"\} 1$/m,
      /^dicomweb_http_request_seconds_count\{route="links",status="403"\} 1$/m,
      /^dicomweb_http_requests_under_way\{route="metrics"\} 1$/m,
      /^dicomweb_http_requests_under_way\{route="links"\} 0$/m,
      /^dicomweb_operation_origin_requests_count [1-9]\d*$/m,
      /^dicomweb_links_minted_total\{form="resource",representation="NATIVE"\} 1$/m,
      /^dicomweb_links_minted_total\{form="root",representation="FRAMES"\} 1$/m,
      /^dicomweb_origin_up\{origin="demo"\} 1$/m,
      /^nodejs_eventloop_lag_p99_seconds \d/m,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text).not.toMatch(/^dicomweb_audit/m);
  });

  test('is not there where it is switched off', async () => {
    await using other = await startFacade(await loadConfig('demo', { settings: { port: 0, metrics: false } }));
    await other.ready();
    expect((await fetch(`${other.url}/metrics`)).status).toBe(404);
  });
});
