import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SharedFlight } from '../../src/origin/shared-flight.ts';
import { AnswerCache } from '../../src/planner/answer-cache.ts';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';
import { reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const ttlMs = { study: 5_000, series: 5_000, instance: 5_000, metadata: 60_000 };
const explained = { 'x-dicomweb-explain': '1' };

let now = 0;
let cache: AnswerCache;
let graphql: TestGraphql;
beforeEach(async () => {
  now = 0;
  cache = new AnswerCache({ maxBytes: 2 ** 24, ttlMs, clock: () => now });
  graphql = await startGraphql({ archive: { files: numberedFiles(4, 2, 2) }, cache });
});
afterEach(() => graphql[Symbol.asyncDispose]());

const tree =
  '{ searchStudies { nodes { studyDescription series { nodes { seriesDescription instances { nodes { rows } } } } } } }';
const deep =
  '{ series(seriesInstanceUID: "1.1.1", studyInstanceUID: "1.1") { instances { nodes { attribute(path: "RequestAttributesSequence") { vr } } } } }';

describe('the cache of answers', () => {
  test('gives the same answer again without a request, and says so', async () => {
    const first = await graphql.query(tree);
    const second = await graphql.query(tree, {}, explained);
    expect(graphql.requests).toEqual([]);
    expect(second.data).toEqual(first.data);
    expect(second.extensions?.['dicomweb']).toMatchObject({
      plan: [{ cached: true }, { cached: true }],
      requests: [],
      totals: { requests: 0, cacheHits: 2 },
    });
    expect(cache.counts).toEqual({ hits: 2, misses: 2, joined: 0 });
  });

  test('asks again when the answer is too old, sooner for searches than for metadata', async () => {
    await graphql.query(tree);
    await graphql.query(deep);
    now = 5_001;
    await graphql.query(deep);
    expect(graphql.requests).toEqual([]);
    await graphql.query(tree);
    expect(graphql.requests).toHaveLength(2);
    now = 60_001;
    await graphql.query(deep);
    expect(graphql.requests).toEqual(['GET /studies/1.1/series/1.1.1/metadata']);
  });

  test('serves a question for fewer attributes by an answer with more, never the other way', async () => {
    await graphql.query('{ searchStudies { nodes { studyDescription patient { patientBirthDate } } } }');
    await graphql.query('{ searchStudies { nodes { studyDescription } } }');
    expect(graphql.requests).toEqual([]);
    await graphql.query('{ searchStudies { nodes { studyDescription accessionNumber } } }');
    expect(graphql.requests).toHaveLength(1);
  });

  test('keeps questions apart by filter, page and order', async () => {
    await graphql.query('{ searchStudies(first: 2) { nodes { studyDate } pageInfo { endCursor } } }');
    for (const args of [
      'first: 3',
      'first: 2, orderBy: STUDY_DATE_ASC',
      'first: 2, filter: { patientID: { equals: "P-1" } }',
    ]) {
      await graphql.query(`{ searchStudies(${args}) { nodes { studyDate } } }`);
      expect(graphql.requests, args).toHaveLength(1);
    }
  });

  test('sends one request for operations that ask the same at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => graphql.query(tree)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.data))).size).toBe(1);
    expect(cache.counts.misses).toBe(2);
  });

  test('checks what it has against the filter of each operation', async () => {
    const filtered = (id: string) =>
      graphql.query(`{ searchStudies(filter: { patientID: { equals: "${id}" } }) { nodes { studyInstanceUID } } }`);
    const once = await filtered('P-1');
    const again = await filtered('P-1');
    expect(again.data).toEqual(once.data);
    expect(again.data.searchStudies.nodes).toHaveLength(1);
  });

  test('forgets what an origin said when it is told to', async () => {
    await graphql.query(tree);
    cache.purge('able');
    await graphql.query(tree);
    expect(graphql.requests).toHaveLength(2);
  });

  test('holds no more bytes than it may', async () => {
    const small = new AnswerCache({ maxBytes: 2_000, ttlMs, clock: () => now });
    await using bounded = await startGraphql({ archive: { files: numberedFiles(4, 2, 2) }, cache: small });
    await bounded.query(tree);
    await bounded.query(tree);
    expect(bounded.requests.length).toBeGreaterThan(0);
  });

  test('asks for metadata that is too old by its entity tag, and keeps what still holds', async () => {
    const metadata = [
      {
        '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
        '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
        '00280010': { vr: 'US', Value: [1] },
        '0020000E': { vr: 'UI', Value: ['1.2.3'] },
        '0020000D': { vr: 'UI', Value: ['1.2'] },
      },
    ];
    const asked: (string | undefined)[] = [];
    await using tagged = await startQuirkyOrigin((socket, request) => {
      const tag = request.headers.get('if-none-match');
      asked.push(tag);
      reply(
        socket,
        tag === '"v1"'
          ? { status: 304 }
          : {
              status: 200,
              headers: { 'content-type': 'application/dicom+json', etag: '"v1"' },
              body: JSON.stringify(metadata),
            },
      );
    });
    await using facade = await startGraphql({ urls: { tagged: tagged.url }, capabilities: {}, cache });
    const ask = () =>
      facade.query(
        '{ series(seriesInstanceUID: "1.2.3", studyInstanceUID: "1.2", origin: "tagged") { instances { nodes { attribute(path: "RequestAttributesSequence") { vr } sopInstanceUID } } } }',
      );
    const first = await ask();
    now = 60_001;
    expect((await ask()).data).toEqual(first.data);
    expect((await ask()).data.series.instances.nodes).toHaveLength(1);
    expect(asked).toEqual([undefined, '"v1"']);
  });

  test('does not keep a failure', async () => {
    await using failing = await startGraphql({
      urls: { gone: 'http://127.0.0.1:9/dicomweb' },
      capabilities: {},
      cache,
    });
    const ask = () => failing.query('{ searchStudies(origin: "gone") { nodes { studyDate } } }');
    expect((await ask()).errors?.[0]?.extensions['code']).toBe('ORIGIN_UNREACHABLE');
    expect((await ask()).errors?.[0]?.extensions['code']).toBe('ORIGIN_UNREACHABLE');
    expect(cache.counts).toMatchObject({ hits: 0, misses: 2 });
  });
});

describe('a request that several wait for', () => {
  test('goes on when one of them gives up, and is broken off when all have', async () => {
    let sent: AbortSignal | undefined;
    const flight = new SharedFlight<string>((signal) => {
      sent = signal;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [flight.join(one.signal), flight.join(two.signal)].map((promise) =>
      promise.catch((error: unknown) => error),
    );
    one.abort('first');
    await sleep(0);
    expect(sent?.aborted).toBe(false);
    two.abort('second');
    expect(await Promise.all(waiting)).toEqual(['first', 'second']);
    expect(sent?.aborted).toBe(true);
    expect(flight.isLost).toBe(true);
  });
});
