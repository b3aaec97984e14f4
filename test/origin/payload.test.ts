import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { explicitVrLittleEndian } from '../../src/dicom/transfer-syntax.ts';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveBulkData } from '../../src/origin/bulk-data.ts';
import { retrieveFrame } from '../../src/origin/frame.ts';
import { retrieveInstance } from '../../src/origin/instance.ts';
import { retrieveNativeObjects } from '../../src/origin/native-objects.ts';
import type { Origin } from '../../src/origin/origin.ts';
import type { Payload } from '../../src/origin/payload.ts';
import { retrieveRendered } from '../../src/origin/rendered.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import {
  type QuirkyAnswer,
  type QuirkyRequest,
  type Reply,
  reply,
  replyInPart,
  startQuirkyOrigin,
} from '../support/quirky-origin.ts';

const study = parseUid('1.2');
const series = parseUid('1.2.3');
const instance = parseUid('1.2.3.4');
const ref = { study, series, instance };
const path = '/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4';
const jp2 = parseUid('1.2.840.10008.1.2.4.90');
const bytes = Buffer.from('\xff\x4f\r\n--not a boundary\r\n\0\xff\xd9', 'latin1');

/** A multipart answer with these parts, as Orthanc frames it. */
function multipart(
  parts: readonly { headers?: string; body?: Uint8Array }[],
  type: string,
  framing: Reply['framing'] = 'eof',
): Reply {
  const pieces = parts.flatMap(({ headers = '', body = bytes }) => [
    Buffer.from(`--b-1\r\n${headers}\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
  return { headers: { 'content-type': type }, body: Buffer.concat([...pieces, Buffer.from('--b-1--\r\n')]), framing };
}

const native = (framing?: Reply['framing']): Reply =>
  multipart(
    [{ headers: 'Content-Type: application/dicom\r\n' }],
    'multipart/related; type="application/dicom"; boundary=b-1',
    framing,
  );
const stored = '*' as const;

/** Answers in turn, the last one for ever; and what was asked. */
async function asking<T>(
  answers: readonly (Reply | QuirkyAnswer)[],
  ask: (origin: Origin) => Promise<T>,
): Promise<{ value: T; requests: readonly QuirkyRequest[] }> {
  await using archive = await startQuirkyOrigin((socket, request) => {
    const answer = answers[Math.min(request.number, answers.length) - 1];
    if (typeof answer === 'function') return answer(socket, request);
    return answer && reply(socket, answer);
  });
  await using origin = createTestOrigin(archive.url);
  return { value: await ask(origin), requests: archive.requests };
}

const read = async ({ body, ...payload }: Payload) => ({ ...payload, bytes: await buffer(body) });

describe('a native instance', () => {
  test.each(['eof', 'length', 'chunked'] as const)('comes out of multipart/related, ended by %s', async (framing) => {
    const { value, requests } = await asking([native(framing)], async (origin) =>
      read(await retrieveInstance(origin, ref, { transferSyntax: stored })),
    );
    // Ended by its length it is at hand whole, and short enough to be waited for.
    const contentLength = framing === 'length' ? bytes.length : null;
    expect(value).toMatchObject({ mediaType: 'application/dicom', bytes, status: 200, contentLength });
    expect(requests[0]?.target).toBe(path);
    expect(requests[0]?.headers.get('accept')).toBe('multipart/related; type="application/dicom"; transfer-syntax=*');
    expect(requests[0]?.headers.get('accept-encoding')).toBe('identity');
  });

  test('is asked for as a single part where the origin does not take multipart', async () => {
    const single = {
      headers: { 'content-type': `application/dicom; transfer-syntax=${jp2}`, etag: '"1"' },
      body: bytes,
    };
    const { value, requests } = await asking([{ status: 406 }, single], async (origin) =>
      read(await retrieveInstance(origin, ref, { transferSyntax: stored })),
    );
    expect(value).toMatchObject({ bytes, contentLength: bytes.length, transferSyntaxUid: jp2 });
    expect(value.headers.get('etag')).toBe('"1"');
    expect(requests.map(({ headers }) => headers.get('accept'))).toEqual([
      'multipart/related; type="application/dicom"; transfer-syntax=*',
      'application/dicom; transfer-syntax=*',
    ]);
  });

  test('in another transfer syntax is asked for by its UID', async () => {
    const { requests } = await asking([native()], async (origin) =>
      read(await retrieveInstance(origin, ref, { transferSyntax: jp2 })),
    );
    expect(requests[0]?.headers.get('accept')).toBe(
      `multipart/related; type="application/dicom"; transfer-syntax=${jp2}`,
    );
  });

  test('that the origin cannot make in a transfer syntax is not available, also where it says so with 400', async () => {
    const bad = [{ status: 400 }, { status: 400 }];
    const facts = { code: 'REPRESENTATION_UNAVAILABLE', status: 400 };
    await asking(bad, async (origin) => {
      await expect(retrieveInstance(origin, ref, { transferSyntax: jp2 })).rejects.toMatchObject(facts);
    });
    await asking(bad, async (origin) => {
      await expect(retrieveNativeObjects(origin, { study: ref.study }, { transferSyntax: jp2 })).rejects.toMatchObject(
        facts,
      );
    });
  });

  test('a part that tells its length has a length', async () => {
    const headers = `Content-Type: application/dicom\r\nContent-Length: ${bytes.length}\r\n`;
    const answer = multipart([{ headers }], 'multipart/related; boundary=b-1');
    const { value } = await asking([answer], async (origin) =>
      read(await retrieveInstance(origin, ref, { transferSyntax: stored })),
    );
    expect(value.contentLength).toBe(bytes.length);
  });

  test('compressed on the way is decompressed, and has no length', async () => {
    const body = gzipSync(bytes);
    const answer = { headers: { 'content-type': 'application/dicom', 'content-encoding': 'gzip' }, body };
    const { value } = await asking([answer], async (origin) =>
      read(await retrieveInstance(origin, ref, { transferSyntax: stored })),
    );
    expect(value).toMatchObject({ bytes, contentLength: null });
  });
});

describe('a payload that is not whole fails, and says so', () => {
  const whole = Buffer.from(native().body ?? '');
  const headers = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b-1' };
  const single = { 'content-type': 'application/dicom' };
  const cases: [what: string, answer: QuirkyAnswer | Reply, code: string][] = [
    ['no closing boundary at the end', { headers, body: whole.subarray(0, -12), framing: 'eof' }, 'ORIGIN_RESPONSE'],
    ['closed in the middle', (s) => replyInPart(s, { headers, body: whole.subarray(0, 20) }, 'end'), 'ORIGIN_RESPONSE'],
    [
      'reset in the middle',
      (s) => replyInPart(s, { headers, body: whole.subarray(0, -12) }, 'reset'),
      'ORIGIN_RESPONSE',
    ],
    [
      'shorter than its length',
      (s) => replyInPart(s, { headers: single, body: bytes, promised: 99 }, 'end'),
      'ORIGIN_RESPONSE',
    ],
    ['a single part reset', (s) => replyInPart(s, { headers: single, body: bytes }, 'reset'), 'ORIGIN_RESPONSE'],
    ['stalled', (s) => replyInPart(s, { headers, body: whole.subarray(0, -12) }, 'stall'), 'ORIGIN_TIMEOUT'],
    ['two parts for one', multipart([{}, {}], headers['content-type']), 'ORIGIN_RESPONSE'],
    ['no part', multipart([], headers['content-type']), 'ORIGIN_RESPONSE'],
    ['not multipart at all', { headers, body: 'Internal error' }, 'ORIGIN_RESPONSE'],
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<h1>' }, 'ORIGIN_RESPONSE'],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }, 'ORIGIN_RESPONSE'],
    ['broken compression', { headers: { ...single, 'content-encoding': 'gzip' }, body: 'none' }, 'ORIGIN_RESPONSE'],
  ];

  test.each(cases)('%s', async (_, answer, code) => {
    const error = await rejectionOf(
      asking([answer], async (origin) => read(await retrieveInstance(origin, ref, { transferSyntax: stored }))),
    );
    expect(error).toMatchObject({ code, transaction: 'retrieve instance' });
  });
});

describe('a frame', () => {
  const frame = (headers: string, type: string): Reply => multipart([{ headers }], type);

  test('as stored is asked for with one media range, and tells its codec', async () => {
    const answer = frame(
      `Content-Type: image/jp2; transfer-syntax=${jp2}\r\n`,
      'multipart/related; type="image/jp2"; boundary=b-1',
    );
    const { value, requests } = await asking([answer], async (origin) =>
      read(await retrieveFrame(origin, ref, 7, { transferSyntax: stored })),
    );
    expect(value).toMatchObject({ mediaType: 'image/jp2', transferSyntaxUid: jp2, bytes });
    expect(requests[0]?.target).toBe(`${path}/frames/7`);
    expect(requests[0]?.headers.get('accept')).toBe(
      'multipart/related; type="application/octet-stream"; transfer-syntax=*',
    );
  });

  test('its codec is found where the quotes hold all parameters (Orthanc), and the part says nothing', async () => {
    const answer = frame('', `multipart/related; type="image/jp2; transfer-syntax=${jp2}"; boundary=b-1`);
    const { value } = await asking([answer], async (origin) =>
      read(await retrieveFrame(origin, ref, 1, { transferSyntax: stored })),
    );
    expect(value).toMatchObject({ mediaType: 'image/jp2', transferSyntaxUid: jp2, bytes });
  });

  test('comes without a boundary parameter, and without any Content-Type', async () => {
    for (const type of ['multipart/related; type=application/octet-stream', 'multipart/related']) {
      const { value } = await asking([frame('', type)], async (origin) =>
        read(await retrieveFrame(origin, ref, 1, { transferSyntax: stored })),
      );
      expect(value).toMatchObject({
        mediaType: 'application/octet-stream',
        bytes,
        transferSyntaxUid: explicitVrLittleEndian,
      });
    }
  });

  test.each([500, 406, 415])('as stored is had decoded where the origin answers %i to it', async (status) => {
    const answer = frame('', 'multipart/related; type="application/octet-stream"; boundary=b-1');
    const { value, requests } = await asking([{ status }, answer], async (origin) =>
      read(await retrieveFrame(origin, ref, 1, { transferSyntax: stored })),
    );
    expect(value.transferSyntaxUid).toBe(explicitVrLittleEndian);
    expect(requests[1]?.headers.get('accept')).toBe('multipart/related; type="application/octet-stream"');
  });

  test.each([
    [400, 'REPRESENTATION_UNAVAILABLE', 1],
    [404, 'NOT_FOUND', 1],
    [500, 'ORIGIN_ERROR', 2],
    [503, 'ORIGIN_ERROR', 1],
  ])('that the origin answers with %i is %s after %i requests', async (status, code, requests) => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, { status }));
    await using origin = createTestOrigin(archive.url);
    expect(await rejectionOf(retrieveFrame(origin, ref, 1, { transferSyntax: stored }))).toMatchObject({ code });
    expect(archive.requests).toHaveLength(requests);
  });

  test('in another syntax than was asked for is refused', async () => {
    const answer = frame(`Content-Type: image/jp2; transfer-syntax=${jp2}\r\n`, 'multipart/related; boundary=b-1');
    const error = await rejectionOf(
      asking([answer], (origin) => retrieveFrame(origin, ref, 1, { transferSyntax: explicitVrLittleEndian })),
    );
    expect(error).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
  });

  test.each([0, -1, 1.5, Number.NaN])('of number %d is never asked for', async (number) => {
    const { requests } = await asking([{}], (origin) =>
      rejectionOf(retrieveFrame(origin, ref, number, { transferSyntax: stored })),
    );
    expect(requests).toHaveLength(0);
  });
});

describe('a rendered image', () => {
  const png = { headers: { 'content-type': 'image/png' }, body: bytes };

  test('is asked for with one media type and the parameters of PS3.18 §8.3.5', async () => {
    const { value, requests } = await asking([png], async (origin) =>
      read(
        await retrieveRendered(
          origin,
          { ...ref, frame: 3 },
          {
            mediaType: 'image/png',
            viewport: { width: 200, height: 100, sourceX: 10, sourceWidth: -50, sourceHeight: 60 },
            window: { center: -600, width: 1500.5, function: 'linear-exact' },
            quality: 80,
          },
        ),
      ),
    );
    expect(value).toMatchObject({ mediaType: 'image/png', bytes, contentLength: bytes.length });
    expect(requests[0]?.target).toBe(
      `${path}/frames/3/rendered?quality=80&viewport=200,100,10,0,-50,60&window=-600,1500.5,linear-exact`,
    );
    expect(requests[0]?.headers.get('accept')).toBe('image/png');
  });

  test('of another type than was asked for is refused', async () => {
    const error = await rejectionOf(
      asking([png], (origin) => retrieveRendered(origin, { study }, { mediaType: 'image/jpeg' })),
    );
    expect(error).toMatchObject({ code: 'ORIGIN_RESPONSE' });
  });

  test('that the origin answers with 400 cannot be had', async () => {
    const error = await rejectionOf(
      asking([{ status: 400 }], (origin) => retrieveRendered(origin, ref, { mediaType: 'image/jpeg' })),
    );
    expect(error).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
  });

  test.each([
    { viewport: { width: 0, height: 0 } },
    { viewport: { width: 1.5, height: 2 } },
    { viewport: { width: 1, height: 2, sourceWidth: 3 } },
    { viewport: { width: 1, height: 2, sourceWidth: 0, sourceHeight: 1 } },
    { window: { center: Number.NaN, width: 1, function: 'linear' as const } },
    { window: { center: 1, width: 0, function: 'linear' as const } },
    { quality: 0 },
    { quality: 101 },
  ])('with %o is BAD_USER_INPUT, and nothing is sent', async (rendering) => {
    const { value, requests } = await asking([png], (origin) =>
      rejectionOf(retrieveRendered(origin, ref, { mediaType: 'image/png', ...rendering })),
    );
    expect(value).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(requests).toHaveLength(0);
  });
});

describe('bulk data', () => {
  const target = `${path}/bulk/00420011?v=1`;

  test('is asked for at the rebased path, on the host, and unwrapped', async () => {
    const { value, requests } = await asking([multipart([{}], 'multipart/related; boundary=b-1')], async (origin) =>
      read(await retrieveBulkData(origin, target)),
    );
    expect(value).toMatchObject({ bytes, mediaType: 'application/octet-stream' });
    expect(requests[0]?.target).toBe(target);
  });

  test('comes in whatever form the origin has where it does not take octets', async () => {
    const pdf = { headers: { 'content-type': 'application/pdf' }, body: bytes };
    const { value, requests } = await asking([{ status: 406 }, pdf], async (origin) =>
      read(await retrieveBulkData(origin, target)),
    );
    expect(value.mediaType).toBe('application/pdf');
    expect(requests[1]?.headers.get('accept')).toBe('*/*');
  });

  test.each(['http://evil.example/x', '//evil.example/x', '/dicom-web/../admin', 'studies', '/a?b\r\nc'])(
    'is never asked for at %j',
    async (bad) => {
      const { value, requests } = await asking([{}], (origin) => rejectionOf(retrieveBulkData(origin, bad)));
      expect(value).toBeInstanceOf(TypeError);
      expect(requests).toHaveLength(0);
    },
  );
});

describe('all instances of a series', () => {
  const part = {
    headers: `Content-Type: application/dicom; transfer-syntax=${jp2}\r\nContent-Length: ${bytes.length}\r\n`,
  };
  const type = 'multipart/related; type="application/dicom"; boundary=b-1';
  const readAll = async (origin: Origin) => {
    const objects = await retrieveNativeObjects(origin, { study, series }, { transferSyntax: stored });
    const all: unknown[] = [];
    for await (const { body, ...rest } of objects) all.push({ ...rest, bytes: await buffer(body) });
    return all;
  };
  const expected = { mediaType: 'application/dicom', transferSyntaxUid: jp2, contentLength: bytes.length, bytes };

  test('come one after the other', async () => {
    const { value, requests } = await asking([multipart([part, part, part], type)], readAll);
    expect(value).toEqual([expected, expected, expected]);
    expect(requests[0]?.target).toBe('/dicom-web/studies/1.2/series/1.2.3');
  });

  test('come as a single part where there is one', async () => {
    const single = { headers: { 'content-type': `application/dicom; transfer-syntax=${jp2}` }, body: bytes };
    expect((await asking([single], readAll)).value).toMatchObject([expected]);
  });

  test('fail where the last boundary is missing, though every part was whole', async () => {
    const whole = multipart([part, part], type);
    const cut = { ...whole, body: Buffer.from(whole.body ?? '').subarray(0, -4) };
    expect(await rejectionOf(asking([cut], readAll))).toMatchObject({ code: 'ORIGIN_RESPONSE' });
  });

  test('are given up with their connection when the loop is left', async () => {
    await using archive = await startQuirkyOrigin((socket) => {
      const body = multipart([part], type).body ?? '';
      replyInPart(socket, { headers: { 'content-type': type }, body: Buffer.from(body).subarray(0, -5) }, 'stall');
    });
    await using origin = createTestOrigin(archive.url);
    for await (const { body } of await retrieveNativeObjects(origin, { study }, { transferSyntax: stored })) {
      body.resume();
      break;
    }
    await sleep(20);
    expect(archive.openConnections()).toBe(0);
  });
});
