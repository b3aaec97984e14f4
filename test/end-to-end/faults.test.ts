import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { type GraphqlError, startTestFacade, type TestFacade } from '../support/facade.ts';
import { type QuirkyOrigin, reply, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';

/** Longest that the facade is told to wait for the beginning of an answer, and for the next bytes of it. */
const timeoutMs = 400;
/** What a busy machine may take beyond that. */
const graceMs = 2_500;

/** An answer of the archive behind, to be passed on whole, or otherwise. */
interface Whole {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Fault = (socket: Socket, whole: Whole) => void;

type Outcome = readonly [status: number, code: string] | 'broken off';

interface FaultCase {
  readonly fault: Fault;
  /** What a query is told. */
  readonly code: string;
  /** What becomes of a long body, which is sent as it comes. */
  readonly long: Outcome;
  /** And of a short one and of metadata, of which nothing is sent before all of it is there. */
  readonly short: Outcome;
}

const failing = (code: string, status: number, fault: Fault, linkCode = code): FaultCase => ({
  fault,
  code,
  long: [status, linkCode],
  short: [status, linkCode],
});

const answering =
  (status: number): Fault =>
  (socket) =>
    reply(socket, { status });

const inPart =
  (after: 'end' | 'stall'): Fault =>
  (socket, { headers, body }) =>
    replyInPart(socket, { headers, body: body.subarray(0, Math.floor(body.length / 2)), promised: body.length }, after);

const faults: Readonly<Record<string, FaultCase>> = {
  'does not answer': failing('ORIGIN_TIMEOUT', 504, () => {}),
  'hangs up': failing('ORIGIN_UNREACHABLE', 502, (socket) => void socket.destroy()),
  'answers 401': failing('ORIGIN_AUTH', 502, answering(401)),
  'answers 403': failing('ORIGIN_AUTH', 502, answering(403)),
  'answers 404': failing('ORIGIN_ERROR', 404, answering(404), 'NOT_FOUND'),
  'answers 429': failing('ORIGIN_THROTTLED', 502, answering(429)),
  'answers 500': failing('ORIGIN_ERROR', 502, answering(500)),
  'answers 503': failing('ORIGIN_ERROR', 502, answering(503)),
  'answers with a page': failing('ORIGIN_RESPONSE', 502, (socket) =>
    reply(socket, { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<h1>Log in</h1>' }),
  ),
  'ends within a body': {
    fault: inPart('end'),
    code: 'ORIGIN_RESPONSE',
    long: 'broken off',
    short: [502, 'ORIGIN_RESPONSE'],
  },
  'stops within a body': {
    fault: inPart('stall'),
    code: 'ORIGIN_TIMEOUT',
    long: 'broken off',
    short: [504, 'ORIGIN_TIMEOUT'],
  },
};

const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const file = dicomFile({
  ...tinyImage,
  ...uids,
  StudyDescription: 'Kept',
  Rows: 64,
  Columns: 64,
  PixelData: Uint16Array.from({ length: 64 * 64 }, (_, i) => i),
  EncapsulatedDocument: Uint16Array.from({ length: 65_536 }, (_, i) => i),
});

interface Link {
  readonly url: string;
}

interface Links {
  readonly instance: {
    readonly retrieve: Readonly<Record<'native' | 'metadata' | 'rendered' | 'thumbnail', Link>> & {
      readonly frame: { readonly native: Link; readonly decoded: Link };
      readonly bulkData: readonly { readonly link: Link }[];
    };
  };
}

const links = `{ instance(origin: "faulty", sopInstanceUID: "1.1.1.1") { retrieve {
  native { url } metadata { url } rendered { url } thumbnail { url }
  frame(number: 1) { native { url } decoded: native(transferSyntaxUID: "1.2.840.10008.1.2.1") { url } }
  bulkData { link { url } }
} } }`;

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [file] });
});
afterAll(() => archive.close());

interface FaultyFacade extends AsyncDisposable {
  readonly facade: TestFacade;
  readonly origin: QuirkyOrigin;
  /** A link of each kind. */
  readonly links: Readonly<Record<string, string>>;
  /** From now on the origin does this to requests that match. */
  fail(fault: Fault, matching?: RegExp): void;
  recover(): void;
}

/** The program in front of an archive, and of one that passes on what that archive answers, until it is made to fail. */
async function startFaulty(): Promise<FaultyFacade> {
  let failure: { fault: Fault; matching: RegExp } | null = null;
  const origin = await startQuirkyOrigin(async (socket, { target, headers }) => {
    const response = await archive.get(target.slice('/dicom-web'.length), { accept: headers.get('accept') ?? '*/*' });
    const mediaType = response.headers.get('content-type') ?? '';
    const bytes = Buffer.from(await response.arrayBuffer());
    // Addresses are those of the proxy, as with an archive that knows of it.
    const isText = mediaType.includes('json');
    const body = isText ? Buffer.from(bytes.toString().replaceAll(archive.url, origin.url)) : bytes;
    const whole: Whole = { status: response.status, headers: { 'content-type': mediaType }, body };
    if (failure?.matching.test(target)) failure.fault(socket, whole);
    else reply(socket, whole);
  });
  const facade = await startTestFacade({
    cache: { maxBytes: 0 },
    payloadCache: { objectBytes: 0, renderedBytes: 0, metadataBytes: 0 },
    // Each fault is met by itself: nothing is refused since what came before has failed.
    originRequests: { headersTimeoutMs: timeoutMs, bodyIdleTimeoutMs: timeoutMs, retries: 0, circuitFailures: 0 },
    origins: [
      { id: 'steady', url: archive.url },
      { id: 'faulty', url: origin.url },
    ],
  });
  const { native, metadata, rendered, thumbnail, frame, bulkData } = (await facade.data<Links>(links)).instance
    .retrieve;
  return {
    facade,
    origin,
    links: {
      native: native.url,
      metadata: metadata.url,
      rendered: rendered.url,
      thumbnail: thumbnail.url,
      frame: frame.native.url,
      decodedFrame: frame.decoded.url,
      bulkData: bulkData[0]?.link.url ?? '',
    },
    fail(fault, matching = /^/) {
      failure = { fault, matching };
    },
    recover() {
      failure = null;
    },
    async [Symbol.asyncDispose]() {
      await facade.close();
      await origin.close();
    },
  };
}

/** The result, which must come within what is configured, whatever the origin does. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  expect(performance.now() - begun).toBeLessThan(timeoutMs + graceMs);
  return result;
}

const codesOf = (errors: readonly GraphqlError[] = []) =>
  errors.map(({ path, extensions }) => [path, extensions['code']]);

/** What became of opening a link. */
async function outcomeOf(url: string): Promise<Outcome | 'success'> {
  const response = await fetch(url);
  try {
    const text = await response.text();
    if (response.ok) return 'success';
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(text).not.toMatch(/127\.0\.0\.1|dicom-web/);
    return [response.status, (JSON.parse(text) as { code: string }).code];
  } catch (error) {
    if (error instanceof TypeError) return 'broken off'; // what fetch makes of a body that ends before its end
    throw error;
  }
}

const outcomesOf = async (urls: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    await Promise.all(Object.entries(urls).map(async ([kind, url]) => [kind, await outcomeOf(url)] as const)),
  );

describe.each(Object.entries(faults))('an origin that %s', (_what, { fault, code, long, short }) => {
  let faulty: FaultyFacade;
  beforeAll(async () => {
    faulty = await startFaulty();
  });
  afterAll(() => faulty[Symbol.asyncDispose]());

  test(`costs a query its own field alone, with ${code}`, async () => {
    faulty.fail(fault);
    const { data, errors } = await inTime(() =>
      faulty.facade.query(`{
        faulty: searchStudies(origin: "faulty") { nodes { studyInstanceUID studyDescription } }
        steady: searchStudies(origin: "steady") { nodes { studyInstanceUID studyDescription } }
        dictionary(search: "Rows", first: 1) { keyword }
      }`),
    );
    expect(data).toEqual({
      faulty: null,
      steady: { nodes: [{ studyInstanceUID: '1.1', studyDescription: 'Kept' }] },
      dictionary: [{ keyword: 'Rows' }],
    });
    expect(codesOf(errors)).toEqual([[['faulty'], code]]);
    expect(errors?.[0]?.extensions).toMatchObject({ origin: 'faulty', transaction: 'search studies' });
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|dicom-web|1\.1/);
  });

  test('costs a tree what lies below, and leaves what was found before', async () => {
    faulty.fail(fault, /\/instances\b/);
    const { data, errors } = await inTime(() =>
      faulty.facade.query(`{ searchStudies(origin: "faulty") { nodes {
        studyInstanceUID studyDescription series { nodes { instances { nodes { rows } } } }
      } } }`),
    );
    expect(data).toEqual({
      searchStudies: { nodes: [{ studyInstanceUID: '1.1', studyDescription: 'Kept', series: null }] },
    });
    expect(codesOf(errors)).toEqual([[['searchStudies', 'nodes', 0, 'series'], code]]);
  });

  test('gives a link a problem document with the code, or ends it without success', async () => {
    faulty.recover();
    expect(new Set(Object.values(await outcomesOf(faulty.links)))).toEqual(new Set(['success']));
    faulty.fail(fault);
    expect(await inTime(() => outcomesOf(faulty.links))).toEqual({
      native: long,
      metadata: short,
      rendered: short,
      thumbnail: short,
      frame: short,
      decodedFrame: short,
      bulkData: long,
    });
  });
});

test('an origin that is down is unreachable, for queries and for links', async () => {
  await using faulty = await startFaulty();
  await faulty.origin.close();
  const { data, errors } = await inTime(() =>
    faulty.facade.query('{ searchStudies(origin: "faulty") { nodes { studyInstanceUID } } }'),
  );
  expect([data, codesOf(errors)]).toEqual([{ searchStudies: null }, [[['searchStudies'], 'ORIGIN_UNREACHABLE']]]);
  const outcomes = await inTime(() => outcomesOf(faulty.links));
  expect(Object.values(outcomes)).toEqual(Object.keys(faulty.links).map(() => [502, 'ORIGIN_UNREACHABLE']));
});
