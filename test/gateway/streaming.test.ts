import { once } from 'node:events';
import { get } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { type QuirkyAnswer, reply, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';

const dicom = { 'content-type': 'application/dicom' };
const multipart = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };
const part = (body: string) => `--b\r\nContent-Type: application/dicom\r\n\r\n${body}\r\n`;

/** Too long to be waited for whole. */
const long = 100_000;

const nativePath = (gateway: TestGateway) => pathOf(gateway.links.native('test', image).url);
const studyPath = (gateway: TestGateway) => pathOf(gateway.links.native('test', { study: image.study }).url);

describe('an origin that breaks off within a body', () => {
  const answers: readonly [string, (gateway: TestGateway) => string, QuirkyAnswer][] = [
    ['after half its length', nativePath, (s) => replyInPart(s, { headers: dicom, body: 'DI', promised: long }, 'end')],
    ['by a reset', nativePath, (s) => replyInPart(s, { headers: dicom, body: 'DI', promised: long }, 'reset')],
    ['without a word', nativePath, (s) => replyInPart(s, { headers: dicom, body: 'DI', promised: long }, 'stall')],
    [
      'before the closing boundary',
      nativePath,
      (s) => reply(s, { headers: multipart, body: part('DICM'), framing: 'eof' }),
    ],
    [
      'between the parts of a study',
      studyPath,
      (s) => reply(s, { headers: multipart, body: part('1') + part('2'), framing: 'eof' }),
    ],
  ];

  test.each(answers)('%s breaks the connection off: never a short success', async (_, path, answer) => {
    await using origin = await startQuirkyOrigin(answer);
    await using gateway = await startTestGateway(origin.url);
    await expect(rawRequest(gateway.port, path(gateway))).rejects.toThrow();
    const fault = expect.objectContaining({ code: expect.stringMatching(/^ORIGIN_/) });
    await expect.poll(() => gateway.faults).toEqual([fault]);
  });
});

describe('an origin that breaks off within a short body', () => {
  const answers: readonly [string, number, string, QuirkyAnswer][] = [
    [
      'after half its length',
      502,
      'ORIGIN_RESPONSE',
      (s) => replyInPart(s, { headers: dicom, body: 'DI', promised: 4 }, 'end'),
    ],
    ['by a reset', 502, 'ORIGIN_RESPONSE', (s) => replyInPart(s, { headers: dicom, body: 'DI', promised: 4 }, 'reset')],
    [
      'without a word',
      504,
      'ORIGIN_TIMEOUT',
      (s) => replyInPart(s, { headers: dicom, body: 'DI', promised: 4 }, 'stall'),
    ],
    [
      'before the closing boundary',
      502,
      'ORIGIN_RESPONSE',
      (s) => reply(s, { headers: multipart, body: part('DICM') }),
    ],
  ];

  test.each(answers)('%s is told of, as nothing has left yet: %i %s', async (_, status, code, answer) => {
    await using origin = await startQuirkyOrigin(answer);
    await using gateway = await startTestGateway(origin.url);
    const response = await rawRequest(gateway.port, nativePath(gateway));
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ code });
  });
});

describe('an origin that fails before a body', () => {
  const answers: readonly [string, number, string, QuirkyAnswer][] = [
    ['refuses our credentials', 502, 'ORIGIN_AUTH', (s) => reply(s, { status: 401 })],
    ['has no such object', 404, 'NOT_FOUND', (s) => reply(s, { status: 404 })],
    ['fails', 502, 'ORIGIN_ERROR', (s) => reply(s, { status: 500 })],
    ['throttles', 502, 'ORIGIN_THROTTLED', (s) => reply(s, { status: 429 })],
    ['redirects', 502, 'ORIGIN_ERROR', (s) => reply(s, { status: 302, headers: { location: 'http://evil.example/' } })],
    ['cannot give this form', 406, 'REPRESENTATION_UNAVAILABLE', (s) => reply(s, { status: 406 })],
    ['answers a web page', 502, 'ORIGIN_RESPONSE', (s) => reply(s, { headers: { 'content-type': 'text/html' } })],
    ['hangs up', 502, 'ORIGIN_UNREACHABLE', (s) => s.destroy()],
    ['is silent', 504, 'ORIGIN_TIMEOUT', () => {}],
  ];

  test.each(answers)('%s: a problem with a code', async (_, status, code, answer) => {
    await using origin = await startQuirkyOrigin(answer);
    await using gateway = await startTestGateway(origin.url);
    const response = await rawRequest(gateway.port, nativePath(gateway));
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ code, status });
    for (const secret of [image.study, image.instance, origin.url, 'evil']) expect(response.body).not.toContain(secret);
    expect(gateway.faults).toEqual([]);
  });

  test('a study without a part is a problem, not an empty body', async () => {
    await using origin = await startQuirkyOrigin((s) => reply(s, { headers: multipart, body: '--b--\r\n' }));
    await using gateway = await startTestGateway(origin.url);
    const { status } = await rawRequest(gateway.port, studyPath(gateway));
    expect(status).toBe(404);
  });
});

describe('a client that goes away', () => {
  test('before the origin has answered ends the request to it', async () => {
    const asked = Promise.withResolvers<Socket>();
    await using origin = await startQuirkyOrigin((socket) => asked.resolve(socket));
    await using gateway = await startTestGateway(origin.url, { headersTimeoutMs: 20_000 });
    const sent = get({ port: gateway.port, path: nativePath(gateway) }).on('error', () => {});
    const socket = await asked.promise;
    const closed = once(socket, 'close');
    sent.destroy();
    await closed;
    expect(gateway.faults).toEqual([]);
  });

  test.each([
    ['an instance', nativePath, dicom, 'DICM'],
    ['a study', studyPath, multipart, part('one').slice(0, -2)],
  ])('within the body of %s ends it at the origin', async (_, path, headers, body) => {
    const asked = Promise.withResolvers<Socket>();
    await using origin = await startQuirkyOrigin((socket) => {
      replyInPart(socket, { headers, body, promised: 1e9 }, 'stall');
      asked.resolve(socket);
    });
    await using gateway = await startTestGateway(origin.url, { bodyIdleTimeoutMs: 20_000 });
    const sent = get({ port: gateway.port, path: path(gateway) }).on('error', () => {});
    const [response] = await once(sent, 'response');
    response.on('error', () => {});
    const closed = once(await asked.promise, 'close');
    sent.destroy();
    await closed;
    expect(gateway.faults).toEqual([]);
  });
});

test('a client that does not read holds the origin back', async () => {
  const chunk = Buffer.alloc(1 << 20);
  let written = 0;
  await using origin = await startQuirkyOrigin(async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: 268435456\r\n\r\n');
    for (; written < 256 && !socket.destroyed; written++)
      if (!socket.write(chunk)) await once(socket, 'drain').catch(() => {});
  });
  await using gateway = await startTestGateway(origin.url);
  const sent = get({ port: gateway.port, path: nativePath(gateway) }).on('error', () => {});
  const [response] = await once(sent, 'response');
  response.on('error', () => {});
  response.pause();
  let before = -1;
  while (before !== written) {
    before = written;
    await sleep(300);
  }
  expect(written).toBeLessThan(64);
  sent.destroy();
});

test('the connection of a client is used again after a body, and after a problem', async () => {
  await using origin = await startQuirkyOrigin((s, { number }) =>
    reply(s, number === 2 ? { status: 404 } : { headers: dicom, body: 'DICM' }),
  );
  await using gateway = await startTestGateway(origin.url);
  const { url } = gateway.links.native('test', image);
  const statuses = [];
  for (let turn = 0; turn < 3; turn++) {
    const response = await fetch(url);
    statuses.push(response.status);
    await response.arrayBuffer();
  }
  expect(statuses).toEqual([200, 404, 200]);
  expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
});
