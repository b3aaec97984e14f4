import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { json, type QuirkyRequest, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const { study, series, instance } = image;
const below = `/studies/${study}/series/${series}/instances/${instance}`;

const root = (g: TestGateway) =>
  pathOf(g.links.dicomwebRoot('test', { study, series }, ['NATIVE', 'FRAMES', 'RENDERED', 'METADATA']).url);

interface Form {
  readonly path: (gateway: TestGateway) => string;
  readonly contentType: string;
  /** Of multipart/related: the type of its parts. */
  readonly partType: string;
}

const dicom = { contentType: 'application/dicom', partType: 'application/dicom' };
const octets = { contentType: 'application/octet-stream', partType: 'application/octet-stream' };
const forms: readonly (readonly [string, Form])[] = [
  ['an instance', { ...dicom, path: (g) => pathOf(g.links.native('test', image).url) }],
  ['a study', { ...dicom, path: (g) => pathOf(g.links.native('test', { study }).url) }],
  [
    'a frame of a template',
    { ...octets, path: (g) => pathOf(g.links.frameTemplate('test', image, 3).template).replace('{frame}', '2') },
  ],
  [
    'an image',
    { contentType: 'image/jpeg', partType: 'image/jpeg', path: (g) => pathOf(g.links.rendered('test', image).url) },
  ],
  ['a frame below a root', { ...octets, path: (g) => `${root(g)}${below}/frames/1` }],
  ['a series below a root', { ...dicom, path: (g) => `${root(g)}/studies/${study}/series/${series}` }],
  [
    'an image below a root',
    { contentType: 'image/jpeg', partType: 'image/jpeg', path: (g) => `${root(g)}${below}/rendered` },
  ],
];

/** What the gateway asks for beside the object: whether it is of the root. */
const isMetadata = ({ target }: QuirkyRequest) => target.endsWith('/metadata');
const uid = (value: string) => ({ vr: 'UI', Value: [value] });
const row = { '00080018': uid(instance), '0020000D': uid(study), '0020000E': uid(series) };

/** More than what is read ahead: the head of the answer has left before the end is seen. */
const bytes = Buffer.alloc(300_000, 'x');

const head = (lines: readonly string[]) => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`;
const chunk = (data: Buffer) =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
const partHead = (type: string, more = '') => Buffer.from(`--b\r\nContent-Type: ${type}\r\n${more}\r\n`);
const multipartType = (type: string) => `Content-Type: multipart/related; type="${type}"; boundary=b`;

const ways: readonly (readonly [string, (socket: Socket, form: Form) => void])[] = [
  [
    'half of its Content-Length',
    (socket, { contentType }) => {
      socket.write(head([`Content-Type: ${contentType}`, `Content-Length: ${bytes.length * 2}`]));
      socket.end(bytes);
    },
  ],
  [
    'chunks without a last one',
    (socket, { contentType }) => {
      socket.write(head([`Content-Type: ${contentType}`, 'Transfer-Encoding: chunked']));
      socket.end(chunk(bytes));
    },
  ],
  [
    'half a chunk',
    (socket, { contentType }) => {
      socket.write(head([`Content-Type: ${contentType}`, 'Transfer-Encoding: chunked']));
      socket.end(chunk(bytes).subarray(0, 200_000));
    },
  ],
  [
    'a part without the closing boundary',
    (socket, { partType }) => {
      socket.write(head([multipartType(partType), 'Connection: close']));
      socket.end(Buffer.concat([partHead(partType), bytes, Buffer.from('\r\n')]));
    },
  ],
  [
    'whole chunks that lack the closing boundary',
    (socket, { partType }) => {
      socket.write(head([multipartType(partType), 'Transfer-Encoding: chunked']));
      socket.write(chunk(Buffer.concat([partHead(partType), bytes, Buffer.from('\r\n--b')])));
      socket.write('0\r\n\r\n');
    },
  ],
  [
    'a part that is shorter than it says',
    (socket, { partType }) => {
      const parts = [
        partHead(partType, `Content-Length: ${bytes.length + 1}\r\n`),
        bytes,
        Buffer.from('\r\n--b--\r\n'),
      ];
      const body = Buffer.concat(parts);
      socket.write(head([multipartType(partType), `Content-Length: ${body.length}`]));
      socket.write(body);
    },
  ],
  [
    'a reset',
    (socket, { contentType }) => {
      socket.write(head([`Content-Type: ${contentType}`, `Content-Length: ${bytes.length * 2}`]));
      socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 30));
    },
  ],
];

describe.each(forms)('%s', (_, form) => {
  test.each(ways)('of which comes %s is an error for the client', async (_, answer) => {
    await using origin = await startQuirkyOrigin((socket, request) => {
      if (isMetadata(request)) reply(socket, json([row]));
      else answer(socket, form);
    });
    await using gateway = await startTestGateway(origin.url);
    const outcome = await rawRequest(gateway.port, form.path(gateway)).catch((error: Error) => error);
    expect(outcome).toBeInstanceOf(Error);
    await expect.poll(() => gateway.faults.length).toBe(1);
    expect(gateway.faults).toEqual([expect.objectContaining({ code: expect.stringMatching(/^ORIGIN_/) })]);
  });
});

test('a client of HTTP/1.0 sees it too, though the end of the connection is the end of its body', async () => {
  await using origin = await startQuirkyOrigin((socket) => {
    socket.write(head(['Content-Type: application/dicom', 'Transfer-Encoding: chunked']));
    socket.write(chunk(bytes), () => setTimeout(() => socket.end(), 30));
  });
  await using gateway = await startTestGateway(origin.url);
  const target = pathOf(gateway.links.native('test', image).url);
  const socket = connect(gateway.port, '127.0.0.1').on('data', () => {});
  const failed = once(socket, 'error');
  const ended = once(socket, 'end').then(
    () => 'an orderly end',
    () => null,
  );
  socket.write(`GET ${target} HTTP/1.0\r\n\r\n`);
  expect(await Promise.race([failed, ended])).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
});
