import { describe, expect, test } from 'vitest';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { json, type QuirkyAnswer, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const digits = '0123456789';
const explicit = '1.2.840.10008.1.2.1';
const { study, series, instance } = image;
const below = `/studies/${study}/series/${series}/instances/${instance}`;

function partOf(contentType: string, body: string): QuirkyAnswer {
  return (socket) =>
    reply(socket, {
      headers: { 'content-type': `multipart/related; type="${contentType}"; boundary=b` },
      body: `--b\r\nContent-Type: ${contentType}; transfer-syntax=${explicit}\r\nContent-Length: ${body.length}\r\n\r\n${body}\r\n--b--\r\n`,
    });
}

const single =
  (contentType: string): QuirkyAnswer =>
  (socket) =>
    reply(socket, { headers: { 'content-type': contentType }, body: digits });

const uid = (value: string) => ({ vr: 'UI', Value: [value] });

const metadata: QuirkyAnswer = (socket) =>
  reply(
    socket,
    json([
      {
        '00080018': uid(instance),
        '0020000D': uid(study),
        '0020000E': uid(series),
        '00420011': { vr: 'OB', InlineBinary: Buffer.from(digits).toString('base64') },
      },
    ]),
  );

const bulkData = { attributePath: 'EncapsulatedDocument', originPath: null, mediaType: 'application/pdf' };
const root = ({ links }: TestGateway) =>
  pathOf(links.dicomwebRoot('test', { study, series }, ['NATIVE', 'FRAMES']).url);

const forms: readonly [string, QuirkyAnswer, (gateway: TestGateway) => string, string][] = [
  [
    'an instance as one body',
    single('application/dicom'),
    (g) => pathOf(g.links.native('test', image).url),
    'application/dicom',
  ],
  [
    'an instance that the origin wraps',
    partOf('application/dicom', digits),
    (g) => pathOf(g.links.native('test', image).url),
    `application/dicom; transfer-syntax=${explicit}`,
  ],
  [
    'a frame of a template',
    partOf('application/octet-stream', digits),
    (g) => pathOf(g.links.frameTemplate('test', image, 3).template).replace('{frame}', '2'),
    `application/octet-stream; transfer-syntax=${explicit}`,
  ],
  ['an image', single('image/jpeg'), (g) => pathOf(g.links.rendered('test', image).url), 'image/jpeg'],
  ['a value', metadata, (g) => pathOf(g.links.bulkData('test', image, bulkData).url), 'application/pdf'],
  [
    'a frame below a root',
    partOf('application/octet-stream', digits),
    (g) => `${root(g)}${below}/frames/1?accept=application/octet-stream;transfer-syntax=*`,
    `application/octet-stream; transfer-syntax=${explicit}`,
  ],
];

describe.each(forms)('%s', (_, answer, path, contentType) => {
  test('comes in ranges, under its own type, and with one head for HEAD', async () => {
    await using origin = await startQuirkyOrigin((socket, request) =>
      request.target.endsWith('/metadata') ? metadata(socket, request) : answer(socket, request),
    );
    await using gateway = await startTestGateway(origin.url);
    const target = path(gateway);
    const ask = (method: string, range: string) => rawRequest(gateway.port, target, method, { range });

    const middle = await ask('GET', 'bytes=3-5');
    expect([middle.status, middle.body]).toEqual([206, '345']);
    expect(middle.headers).toMatchObject({
      'content-type': contentType,
      'content-range': 'bytes 3-5/10',
      'content-length': '3',
      'accept-ranges': 'bytes',
    });
    expect((await ask('GET', 'bytes=-4')).body).toBe('6789');
    expect((await ask('GET', 'bytes=7-99')).headers['content-range']).toBe('bytes 7-9/10');

    const behind = await ask('GET', 'bytes=10-');
    expect([behind.status, behind.headers['content-range']]).toEqual([416, 'bytes */10']);
    expect(JSON.parse(behind.body)).toMatchObject({
      status: 416,
      code: 'RANGE_NOT_SATISFIABLE',
      facts: { lengthBytes: 10 },
    });

    const several = await ask('GET', 'bytes=0-1,4-5');
    expect([several.status, several.body]).toEqual([200, digits]);

    const [whole, head] = [await rawRequest(gateway.port, target), await ask('HEAD', 'bytes=3-5')];
    expect([head.status, head.body]).toEqual([200, '']);
    expect({ ...head.headers, date: '' }).toEqual({ ...whole.headers, date: '' });
    expect(whole.headers).not.toHaveProperty('etag');
    expect(gateway.faults).toEqual([]);
  });
});

test.each([
  ['without a length', 'chunked'],
  ['that ends with its connection', 'eof'],
] as const)('a body %s promises no ranges, and comes whole', async (_, framing) => {
  await using origin = await startQuirkyOrigin((socket) =>
    reply(socket, { headers: { 'content-type': 'application/dicom' }, body: digits, framing }),
  );
  await using gateway = await startTestGateway(origin.url);
  const target = pathOf(gateway.links.native('test', image).url);
  const { status, headers, body } = await rawRequest(gateway.port, target, 'GET', { range: 'bytes=0-1' });
  expect([status, body]).toEqual([200, digits]);
  expect(headers).not.toHaveProperty('accept-ranges');
});

test('several files, and several frames, promise no ranges', async () => {
  const part = '--b\r\nContent-Type: application/dicom\r\n\r\nDICM\r\n';
  await using origin = await startQuirkyOrigin((socket) =>
    reply(socket, {
      headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' },
      body: `${part}${part}--b--\r\n`,
    }),
  );
  await using gateway = await startTestGateway(origin.url);
  for (const target of [
    pathOf(gateway.links.native('test', { study }).url),
    `${root(gateway)}/studies/${study}/series/${series}`,
  ]) {
    const { status, headers } = await rawRequest(gateway.port, target, 'GET', { range: 'bytes=0-1' });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('accept-ranges');
  }
});

test('the origin is let go of with the last byte of a range', async () => {
  const sent: number[] = [];
  await using origin = await startQuirkyOrigin(async (socket) => {
    const chunk = Buffer.alloc(1 << 16, 7);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: ${2 ** 30}\r\n\r\n`);
    let bytes = 0;
    const write = (): void => {
      while (!socket.destroyed && bytes < 2 ** 30) {
        bytes += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', write);
      }
    };
    socket.once('close', () => sent.push(bytes));
    write();
  });
  await using gateway = await startTestGateway(origin.url);
  const target = pathOf(gateway.links.native('test', image).url);
  const { body } = await rawRequest(gateway.port, target, 'GET', { range: 'bytes=1000000-1000099' });
  expect(body).toBe('\x07'.repeat(100));
  await expect.poll(() => sent).toHaveLength(1);
  expect(sent[0]).toBeLessThan(2 ** 26);
  expect(gateway.faults).toEqual([]);
});
