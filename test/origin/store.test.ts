import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { search } from '../../src/origin/search.ts';
import { ensureStoring, type InstanceToStore, storeInstances } from '../../src/origin/store.ts';
import { dicomFile, startTestArchive, type TestArchive } from '../support/archive.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const study = parseUid('1.1');
const instance = (uid: string, more = {}): InstanceToStore => {
  const bytes = dicomFile({ StudyInstanceUID: study, SeriesInstanceUID: '1.1.1', SOPInstanceUID: uid, ...more });
  return { sopClassUid: '1.2', sopInstanceUid: uid, length: bytes.length, open: () => Readable.from([bytes]) };
};

describe('an origin that stores', () => {
  let archive: TestArchive;
  beforeAll(async () => {
    archive = await startTestArchive({ files: [], writable: true });
  });
  afterAll(() => archive.close());

  test('is found out by a request that stores nothing, once', async () => {
    const requests: string[] = [];
    await using origin = createTestOrigin(
      archive.url,
      {},
      { onRequest: (r) => requests.push(`${r.method} ${r.path}`) },
    );
    expect(origin.capabilities.storing).toBe(false);
    expect(await Promise.all([ensureStoring(origin), ensureStoring(origin)])).toEqual([true, true]);
    expect(await ensureStoring(origin)).toBe(true);
    expect(requests).toEqual(['POST /dicomweb/studies']);
    expect(origin.capabilities.evidence).toContainEqual(
      expect.objectContaining({ capability: 'storing', supported: true, how: 'probed' }),
    );
    expect(await archive.search('/instances')).toEqual([]);
  });

  test('is not asked where that is configured', async () => {
    const requests: unknown[] = [];
    const hooks = { onRequest: (report: unknown) => requests.push(report) };
    await using origin = createTestOrigin(archive.url, { capabilities: { storing: false } }, hooks);
    expect(await ensureStoring(origin)).toBe(false);
    expect(requests).toEqual([]);
  });

  test('says what became of each instance', async () => {
    await using origin = createTestOrigin(archive.url);
    const bytes = Buffer.from('no DICOM file');
    const broken = {
      sopClassUid: '',
      sopInstanceUid: '1.1.1.9',
      length: bytes.length,
      open: () => Readable.from([bytes]),
    };
    const first = [instance('1.1.1.1'), instance('1.1.1.2')];
    expect((await storeInstances(origin, study, first)).stored.map((one) => one.sopInstanceUid)).toEqual([
      '1.1.1.1',
      '1.1.1.2',
    ]);
    const second = [instance('1.1.1.3'), instance('1.1.1.1', { PatientID: 'Q' }), broken];
    const { stored, failed } = await storeInstances(origin, null, second);
    expect(stored).toMatchObject([{ sopInstanceUid: '1.1.1.3', retrieveUrl: null }]);
    expect(failed).toMatchObject([
      { sopInstanceUid: '1.1.1.1', failureReason: 0x0111 },
      { sopInstanceUid: '1.1.1.9', failureReason: 0x0110 },
    ]);
    expect(await archive.search('/instances')).toHaveLength(3);
  });
});

test.each([404, 405, 501])('an origin that answers %i stores nothing, and is not asked again', async (status) => {
  await using server = await startQuirkyOrigin((socket) => reply(socket, { status }));
  await using origin = createTestOrigin(server.url);
  expect(await ensureStoring(origin)).toBe(false);
  expect(await ensureStoring(origin)).toBe(false);
  expect(server.requests).toHaveLength(1);
  expect(await rejectionOf(storeInstances(origin, study, [instance('1.1.1.1')]))).toMatchObject({
    code: 'REPRESENTATION_UNAVAILABLE',
  });
});

test('an origin that does not let us store is as healthy as before', async () => {
  await using server = await startQuirkyOrigin((socket) => reply(socket, { status: 403 }));
  await using origin = createTestOrigin(server.url);
  expect(await ensureStoring(origin)).toBe(false);
  expect(origin.healthy).not.toBe(false);
});

test.each([429, 500, 502, 503])('after %i it is not known whether an origin stores', async (status) => {
  await using server = await startQuirkyOrigin((socket) => reply(socket, { status }));
  await using origin = createTestOrigin(server.url, { retries: 2 });
  await rejectionOf(ensureStoring(origin));
  await rejectionOf(ensureStoring(origin));
  expect(server.requests).toHaveLength(2);
});

describe('files are sent once, and never again', () => {
  test.each([
    ['429', 'ORIGIN_THROTTLED', 429],
    ['503', 'ORIGIN_ERROR', 503],
    ['413', 'PAYLOAD_TOO_LARGE', 413],
    ['401', 'ORIGIN_AUTH', 401],
    ['409 without a report', 'ORIGIN_ERROR', 409],
  ])('after %s', async (_, code, status) => {
    await using server = await startQuirkyOrigin((socket) => reply(socket, { status }));
    await using origin = createTestOrigin(server.url, { retries: 3 });
    expect(await rejectionOf(storeInstances(origin, study, [instance('1.1.1.1')]))).toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.target).toBe('/dicom-web/studies/1.1');
  });

  test('after a connection that broke', async () => {
    await using server = await startQuirkyOrigin((socket) => void socket.resetAndDestroy());
    await using origin = createTestOrigin(server.url, { retries: 3 });
    expect(await rejectionOf(storeInstances(origin, null, [instance('1.1.1.1')]))).toMatchObject({
      code: 'ORIGIN_UNREACHABLE',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('after no answer', async () => {
    await using server = await startQuirkyOrigin(() => {});
    await using origin = createTestOrigin(server.url, { retries: 3 });
    expect(await rejectionOf(storeInstances(origin, null, [instance('1.1.1.1')]))).toMatchObject({
      code: 'ORIGIN_TIMEOUT',
    });
    expect(server.requests).toHaveLength(1);
  });
});

test('files are sent over a connection of their own, which no other request used', async () => {
  await using server = await startQuirkyOrigin((socket) => reply(socket, json([])));
  await using origin = createTestOrigin(server.url);
  await search(origin, { level: 'study', matches: new Map(), includeFields: [] });
  await storeInstances(origin, null, [instance('1.1.1.1')]);
  await storeInstances(origin, null, [instance('1.1.1.2')]);
  expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2, 3]);
  expect(server.requests[1]?.headers.get('connection')).toBe('close');
});

describe('a report', () => {
  const two = () => [instance('1.1.1.1'), instance('1.1.1.2')];
  const outcomes = async (answer: Parameters<typeof reply>[1]) => {
    await using server = await startQuirkyOrigin((socket) => reply(socket, answer));
    await using origin = createTestOrigin(server.url);
    const { stored, failed } = await storeInstances(origin, study, two());
    return [stored.map((one) => one.sopInstanceUid), failed.map((one) => [one.sopInstanceUid, one.failureReason])];
  };
  const failure = {
    '00081198': {
      vr: 'SQ',
      Value: [{ '00081155': { vr: 'UI', Value: ['1.1.1.2'] }, '00081197': { vr: 'US', Value: [42752] } }],
    },
  };

  test('that is missing from a 200 means that all is stored', async () => {
    expect(await outcomes({ status: 200 })).toEqual([['1.1.1.1', '1.1.1.2'], []]);
    expect(await outcomes({ status: 200, headers: { 'content-type': 'application/dicom+xml' }, body: '<x/>' })).toEqual(
      [['1.1.1.1', '1.1.1.2'], []],
    );
  });

  test('that lists one failure under 200 is believed', async () => {
    expect(await outcomes(json(failure))).toEqual([['1.1.1.1'], [['1.1.1.2', 42752]]]);
  });

  test('that leaves an instance out under 202 or 400 does not make it stored', async () => {
    for (const status of [202, 400]) {
      expect(await outcomes({ ...json(failure), status })).toEqual([
        [],
        [
          ['1.1.1.1', 0x0110],
          ['1.1.1.2', 42752],
        ],
      ]);
    }
  });
});

test('a file that cannot be read to its end breaks the request off', async () => {
  await using archive = await startTestArchive({ files: [], writable: true });
  await using origin = createTestOrigin(archive.url);
  const half: InstanceToStore = {
    ...instance('1.1.1.1'),
    open: async function* () {
      yield Buffer.alloc(10);
      throw new Error('The disk is gone');
    },
  };
  await rejectionOf(storeInstances(origin, null, [instance('1.1.1.2'), half]));
  expect(await archive.search('/instances')).toEqual([]);
});
