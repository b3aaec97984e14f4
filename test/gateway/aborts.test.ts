import { type EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { pathOf, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { type QuirkyRequest, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';

const { study, series, instance } = image;
const below = `/studies/${study}/series/${series}/instances/${instance}`;
const patience = { headersTimeoutMs: 20_000, bodyIdleTimeoutMs: 20_000 };

const native = (g: TestGateway) => pathOf(g.links.native('test', image).url);
const studyNative = (g: TestGateway) => pathOf(g.links.native('test', { study }).url);
const metadata = (g: TestGateway) => pathOf(g.links.metadata('test', { study }).url);
const rendered = (g: TestGateway) => pathOf(g.links.rendered('test', image).url);
const thumbnail = (g: TestGateway) => pathOf(g.links.thumbnail('test', image).url);
const frame = (g: TestGateway) => pathOf(g.links.frameTemplate('test', image, 9).template).replace('{frame}', '3');
const root = (g: TestGateway) =>
  pathOf(g.links.dicomwebRoot('test', { study, series }, ['NATIVE', 'FRAMES', 'RENDERED', 'METADATA', 'BULKDATA']).url);
const bulkData = (g: TestGateway) =>
  pathOf(
    g.links.bulkData('test', image, {
      attributePath: 'EncapsulatedDocument',
      originPath: `/dicom-web${below}/bulk/1`,
    }).url,
  );

const multipart = (type: string) => ({ 'content-type': `multipart/related; type="${type}"; boundary=b` });
const part = (type: string, bytes: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${bytes}`;
const files = multipart('application/dicom');
const file = part('application/dicom', 'DICM');
const pixels = part('application/octet-stream', 'pixels');

/** Unlike `once` of node:events it does not mind a reset. */
const closeOf = (emitter: EventEmitter) => new Promise<void>((resolve) => emitter.once('close', () => resolve()));

const uid = (value: string) => ({ vr: 'UI', Value: [value] });
const ofTwoFrames = {
  '00080018': uid(instance),
  '0020000D': uid(study),
  '0020000E': uid(series),
  '00080016': uid('1.2.840.10008.5.1.4.1.1.2'),
  '00280002': { vr: 'US', Value: [1] },
  '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
  '00280008': { vr: 'IS', Value: [2] },
  '00280010': { vr: 'US', Value: [4] },
  '00280011': { vr: 'US', Value: [4] },
  '00280100': { vr: 'US', Value: [8] },
  '00280101': { vr: 'US', Value: [8] },
  '00280102': { vr: 'US', Value: [7] },
  '00280103': { vr: 'US', Value: [0] },
};

const whole = (socket: Socket, headers: Record<string, string>, body: string): false => {
  replyInPart(socket, { headers, body, promised: Buffer.byteLength(body) }, 'stall');
  return false;
};
const metadataOf = (socket: Socket): false =>
  whole(socket, { 'content-type': 'application/dicom+json' }, JSON.stringify([ofTwoFrames]));
const isMetadata = ({ target }: QuirkyRequest) => target.endsWith('/metadata');

interface Surroundings {
  /** The client leaves when it has the first bytes; else as soon as the origin was asked. */
  readonly whenBytesCame: boolean;
  /** Where payloads are kept; null: nowhere. */
  readonly folder: string | null;
  readonly capabilities?: ConfiguredCapabilities;
}

/** Milliseconds from the client's end to that of the origin's connection. */
async function msUntilLetGo(
  path: (gateway: TestGateway) => string,
  answer: (socket: Socket, request: QuirkyRequest) => boolean,
  { whenBytesCame, folder, capabilities = {} }: Surroundings,
): Promise<number> {
  const asked = Promise.withResolvers<Socket>();
  await using origin = await startQuirkyOrigin((socket, request) => {
    if (answer(socket, request)) asked.resolve(socket);
  });
  const caches = folder === null ? {} : { caches: { folder } };
  await using gateway = await startTestGateway(origin.url, { ...patience, capabilities }, {}, caches);
  const sent = get({ port: gateway.port, path: path(gateway), agent: false }).on('error', () => {});
  if (whenBytesCame) {
    const [response] = await once(sent, 'response');
    response.on('error', () => {});
    await once(response, 'data');
  }
  const socket = await asked.promise;
  const closed = closeOf(socket);
  const begun = performance.now();
  sent.destroy();
  await closed;
  const ms = performance.now() - begun;
  expect(gateway.faults).toEqual([]);
  return ms;
}

const stall = (socket: Socket, headers: Record<string, string>, body: string) => {
  replyInPart(socket, { headers, body, promised: 1e9 }, 'stall');
  return true;
};
const silent = () => true;

// A machine with other work may be late by itself.
describe.each([
  { what: 'nothing is kept', isKept: false },
  { what: 'what comes is kept', isKept: true },
])('the origin is let go of within 100 ms when the client goes, where $what', { retry: 2 }, ({ isKept }) => {
  let folder: string | null = null;
  beforeAll(async () => {
    if (isKept) folder = await mkdtemp(join(tmpdir(), 'aborts-'));
  });
  afterAll(async () => {
    if (folder !== null) await rm(folder, { recursive: true });
  });

  test.each([
    ['a native object', native],
    ['a study', studyNative],
    ['metadata', metadata],
    ['an image', rendered],
    ['a frame', frame],
    ['a value', bulkData],
    ['a frame below a root', (g: TestGateway) => `${root(g)}${below}/frames/1`],
    ['a search below a root', (g: TestGateway) => `${root(g)}/instances`],
  ])('while it has not begun to answer: %s', async (_, path) => {
    expect(await msUntilLetGo(path, silent, { whenBytesCame: false, folder })).toBeLessThan(100);
  });

  test.each([
    ['one body', native, (s: Socket) => stall(s, { 'content-type': 'application/dicom' }, 'DICM')],
    ['one part', native, (s: Socket) => stall(s, files, file)],
    ['a frame', frame, (s: Socket) => stall(s, multipart('application/octet-stream'), pixels)],
    ['an image', rendered, (s: Socket) => stall(s, { 'content-type': 'image/jpeg' }, 'JFIF')],
    ['a value', bulkData, (s: Socket) => stall(s, { 'content-type': 'application/octet-stream' }, 'bytes')],
    ['the second file of a study', studyNative, (s: Socket) => stall(s, files, `${file}\r\n${file}`)],
    [
      'a series below a root',
      (g: TestGateway) => `${root(g)}/studies/${study}/series/${series}`,
      (s: Socket) => stall(s, files, file),
    ],
  ])('within %s', async (_, path, answer) => {
    expect(await msUntilLetGo(path, answer, { whenBytesCame: true, folder })).toBeLessThan(100);
  });

  test('before the part that it waits for has begun', async () => {
    const preamble = (socket: Socket) => stall(socket, files, '--b\r\nContent-Ty');
    expect(await msUntilLetGo(native, preamble, { whenBytesCame: false, folder })).toBeLessThan(100);
  });

  test('within metadata that it still reads', async () => {
    const half = (socket: Socket) => stall(socket, { 'content-type': 'application/dicom+json' }, '[{');
    expect(await msUntilLetGo(metadata, half, { whenBytesCame: false, folder })).toBeLessThan(100);
  });

  test.each([
    ['has not begun to answer', silent],
    ['is within its bytes', (s: Socket) => stall(s, multipart('application/octet-stream'), pixels)],
  ])('while the second of several frames %s', async (_, second) => {
    const answer = (socket: Socket, request: QuirkyRequest): boolean => {
      if (isMetadata(request)) return metadataOf(socket);
      if (request.target.endsWith('/frames/2')) return second(socket);
      return whole(socket, multipart('application/octet-stream'), `${pixels}\r\n--b--\r\n`);
    };
    const path = (g: TestGateway) => `${root(g)}${below}/frames/1,2`;
    expect(await msUntilLetGo(path, answer, { whenBytesCame: true, folder })).toBeLessThan(100);
  });

  test.each([
    ['has not begun to come', silent],
    ['is on its way', (s: Socket) => stall(s, multipart('application/octet-stream'), pixels)],
    ['is read and not whole', (s: Socket) => stall(s, { 'content-type': 'application/octet-stream' }, 'pixels')],
  ])('while the frame that the gateway is to draw %s', async (_, frameAnswer) => {
    const answer = (socket: Socket, request: QuirkyRequest): boolean =>
      isMetadata(request) ? metadataOf(socket) : request.target.endsWith('/frames/1') && frameAnswer(socket);
    for (const path of [rendered, thumbnail]) {
      const surroundings = { whenBytesCame: false, folder, capabilities: { rendering: false, thumbnails: false } };
      expect(await msUntilLetGo(path, answer, surroundings)).toBeLessThan(100);
    }
  });

  test('while it does not read what waits for it', async () => {
    const endless = (socket: Socket) => {
      const chunk = Buffer.alloc(1 << 16);
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: 1000000000\r\n\r\n');
      const write = (): void => {
        while (!socket.destroyed) if (!socket.write(chunk)) return void socket.once('drain', write);
      };
      write();
      return true;
    };
    expect(await msUntilLetGo(native, endless, { whenBytesCame: true, folder })).toBeLessThan(100);
  });
});

test('a request that still waits for its turn is never sent when its client goes', async () => {
  await using origin = await startQuirkyOrigin(() => {});
  await using gateway = await startTestGateway(origin.url, { ...patience, maxConcurrentRequests: 1 });
  const first = get({ port: gateway.port, path: native(gateway), agent: false }).on('error', () => {});
  await expect.poll(() => origin.requests).toHaveLength(1);
  const second = get({ port: gateway.port, path: frame(gateway), agent: false }).on('error', () => {});
  await once(second, 'finish');
  const gone = closeOf(second);
  second.destroy();
  await gone;
  first.destroy();
  await expect.poll(() => origin.openConnections()).toBe(0);
  const third = get({ port: gateway.port, path: rendered(gateway), agent: false }).on('error', () => {});
  await expect.poll(() => origin.requests).toHaveLength(2);
  expect(origin.requests[1]?.target).toMatch(/\/rendered/);
  third.destroy();
});
