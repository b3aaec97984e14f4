import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { multipartOf, postFiles, readReport } from '../support/upload.ts';

const able = { uidListMatching: true, rootInstanceSearch: true, rootSeriesSearch: true };
const file = (study: string, instance: string, more = {}): Buffer =>
  dicomFile({
    ...tinyImage,
    StudyInstanceUID: study,
    SeriesInstanceUID: `${study}.1`,
    SOPInstanceUID: instance,
    ...more,
  });

let archive: TestArchive;
let gateway: TestGateway;
const posts: string[] = [];
beforeEach(async () => {
  posts.length = 0;
  archive = await startTestArchive({
    files: [file('1.1', '1.1.1.1')],
    writable: true,
    onRequest: ({ method, path }) => method === 'POST' && posts.push(path),
  });
  gateway = await startTestGateway(
    archive.url,
    { capabilities: able, headersTimeoutMs: 5_000 },
    { spoolMemoryBytes: 1_000 },
  );
});
afterEach(async () => {
  await gateway.close();
  await archive.close();
});

const upload = (study: string | null = '1.1', maxBytes = 100_000) =>
  gateway.links.upload('test', { study, maxBytes }).url;
const post = async (url: string, body: Uint8Array, type: string) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) });
  return { status: response.status, problem: JSON.parse(await response.text()) };
};
const instances = async () => (await archive.search('/instances')).map((row) => row['00080018']?.Value?.[0]);

describe('an upload', () => {
  test('gives the origin every file, byte for byte, and tells what became of each', async () => {
    const files = [file('1.1', '1.1.1.2'), file('1.1', '1.1.1.3')];
    const answer = await postFiles(upload(), files);
    expect(answer).toMatchObject({ status: 200, contentType: 'application/dicom+json', failed: [], other: [] });
    expect(answer.stored).toEqual(['1.1.1.2', '1.1.1.3']);
    expect(posts).toEqual(['/studies/1.1']);
    expect(gateway.stored).toEqual(['test']);
    const native = await archive.get('/studies/1.1/series/1.1.1/instances/1.1.1.3', {
      accept: 'application/dicom; transfer-syntax=*',
    });
    expect(Buffer.from(await native.arrayBuffer())).toEqual(files[1]);
    expect(gateway.faults).toEqual([]);
  });

  test('tells no address of the origin', async () => {
    const answer = await postFiles(upload(), [file('1.1', '1.1.1.2')]);
    expect(JSON.stringify(answer.json)).not.toContain('http');
  });

  test('may be one plain file, and of any study where none is named', async () => {
    expect((await postFiles(upload('1.1'), file('1.1', '1.1.1.2'))).stored).toEqual(['1.1.1.2']);
    expect((await postFiles(upload(null), [file('1.7', '1.7.1.1'), file('1.8', '1.8.1.1')])).stored).toHaveLength(2);
    expect(posts).toEqual(['/studies/1.1', '/studies']);
  });

  test('asks what is there already by one search for all files', async () => {
    const files = Array.from({ length: 30 }, (_, n) => file('1.1', `1.1.2.${n}`));
    expect((await postFiles(upload(), files)).stored).toHaveLength(30);
    expect(gateway.reports.map(({ method, transaction }) => `${method} ${transaction}`)).toEqual([
      'GET search instances',
      'POST store instances',
    ]);
  });

  test('may be large: what does not fit in memory waits in a file that is gone afterwards', async () => {
    const before = await readdir(tmpdir());
    const large = file('1.1', '1.1.1.2', { Rows: 1000, Columns: 1000, PixelData: new Uint16Array(1_000_000).fill(7) });
    const small = file('1.1', '1.1.1.3');
    const answer = await postFiles(upload('1.1', 3_000_000), [small, large, file('1.1', '1.1.1.4')]);
    expect(answer.stored).toEqual(['1.1.1.3', '1.1.1.2', '1.1.1.4']);
    const native = await archive.get('/studies/1.1/series/1.1.1/instances/1.1.1.2', {
      accept: 'application/dicom; transfer-syntax=*',
    });
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(sha256(Buffer.from(await native.arrayBuffer()))).toBe(sha256(large));
    const left = (await readdir(tmpdir())).filter(
      (name) => name.startsWith('dicomweb-graphql-') && !before.includes(name),
    );
    expect(left).toEqual([]);
  });
});

describe('a file is not relayed', () => {
  test('where it is of another study, or there already, or twice, or cannot be read; the others are', async () => {
    const answer = await postFiles(upload(), [
      file('1.2', '1.2.1.1'),
      file('1.1', '1.1.1.1', { PatientID: 'Q' }),
      file('1.1', '1.1.1.2'),
      file('1.1', '1.1.1.2', { PatientID: 'Q' }),
      Buffer.from('no DICOM file'),
    ]);
    expect(answer.status).toBe(202);
    expect(answer.stored).toEqual(['1.1.1.2']);
    expect(answer.failed).toEqual([
      ['1.2.1.1', 0xa901],
      ['1.1.1.1', 0x0111],
      ['1.1.1.2', 0x0111],
    ]);
    expect(answer.other).toEqual([0xc000]);
    expect((await instances()).sort()).toEqual(['1.1.1.1', '1.1.1.2']);
  });

  test.each([
    ['of another study', () => file('1.2', '1.2.1.1'), 409],
    ['whose SOP Instance UID another study has', () => file('1.1', '1.9.1.1'), 409],
    ['that cannot be read', () => Buffer.from('no DICOM file'), 400],
    ['that is cut off', () => file('1.1', '1.1.1.2').subarray(0, -1), 400],
    [
      'of two studies',
      () => Buffer.concat([file('1.1', '1.1.1.2'), Buffer.from('\x20\0\x0d\0UI\x04\x001.2\0', 'latin1')]),
      400,
    ],
  ])('%s, and then the origin is sent nothing', async (_, make, status) => {
    await postFiles(`${archive.url}/studies`, [file('1.9', '1.9.1.1')]);
    posts.length = 0;
    const answer = await postFiles(upload(), [make()]);
    expect([answer.status, answer.stored, answer.failed.length + answer.other.length]).toEqual([status, [], 1]);
    expect(posts).toEqual([]);
    expect(gateway.stored).toEqual([]);
  });
});

const invalid = { status: 403, problem: expect.objectContaining({ code: 'LINK_INVALID' }) };

describe('an upload link', () => {
  const good = () => multipartOf([file('1.1', '1.1.1.2')]);

  test('is good once', async () => {
    const url = upload();
    expect((await postFiles(url, [file('1.1', '1.1.1.2')])).status).toBe(200);
    expect(await post(url, good().body, good().contentType)).toEqual(invalid);
    expect(posts).toHaveLength(1);
  });

  test('is good once for those who come at the same time', async () => {
    const url = upload();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => post(url, ...uploadOf(n))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403, 403]);
    expect(posts).toHaveLength(1);
  });
  const uploadOf = (n: number): [Uint8Array, string] => {
    const { body, contentType } = multipartOf([file('1.1', `1.1.2.${n}`)]);
    return [body, contentType];
  };

  test('is spent when files were judged, though none was relayed', async () => {
    const url = upload();
    expect((await postFiles(url, [file('1.2', '1.2.1.1')])).status).toBe(409);
    expect(await post(url, good().body, good().contentType)).toEqual(invalid);
  });

  test('is another one each time', async () => {
    expect((await postFiles(upload(), [file('1.1', '1.1.1.2')])).status).toBe(200);
    expect((await postFiles(upload(), [file('1.1', '1.1.1.3')])).status).toBe(200);
  });

  test('ends, and is not read by', async () => {
    const url = upload();
    expect((await fetch(url)).status).toBe(403);
    gateway.clock.now += 600;
    const { status, problem } = await post(url, good().body, good().contentType);
    expect([status, problem.code]).toEqual([410, 'LINK_EXPIRED']);
  });

  test('is no other link, and takes no query', async () => {
    const ref = { study: '1.1', series: '1.1.1', instance: '1.1.1.1' };
    for (const url of [
      gateway.links.native('test', ref).url,
      gateway.links.frameTemplate('test', ref, 3).template.replace('{frame}', '1'),
      `${upload()}/frames/1`,
      upload().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ]) {
      expect(await post(url, good().body, good().contentType)).toEqual(invalid);
    }
    expect((await post(`${upload()}?study=1.2`, good().body, good().contentType)).status).toBe(400);
    expect(posts).toEqual([]);
  });
});

describe('a body is refused, nothing of it is relayed, and its link is still good', () => {
  const cases: readonly [string, number, () => [Uint8Array, string]][] = [
    ['of other media types', 415, () => [Buffer.from('x'), 'text/plain']],
    ['of DICOM JSON', 415, () => [Buffer.from('x'), 'multipart/related; type="application/dicom+json"; boundary=x']],
    [
      'of parts that are no DICOM',
      415,
      () => withType(multipartOf([file('1.1', '1.1.1.2')], { partType: 'image/png' })),
    ],
    ['without a file', 400, () => withType(multipartOf([]))],
    ['cut off', 400, () => [half().body.subarray(0, -6), half().contentType]],
    ['larger than allowed', 413, () => withType(multipartOf([Buffer.alloc(4_000)]))],
  ];
  const half = () => multipartOf([file('1.1', '1.1.1.2'), file('1.1', '1.1.1.3')]);
  const withType = ({ body, contentType }: ReturnType<typeof multipartOf>): [Uint8Array, string] => [body, contentType];

  test.each(cases)('%s: %i', async (_, status, make) => {
    const url = upload('1.1', 4_000);
    const answer = await post(url, ...make());
    expect(answer.status).toBe(status);
    expect(answer.problem.code).toBe(status === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_USER_INPUT');
    expect(gateway.reports).toEqual([]);
    expect((await postFiles(url, [file('1.1', '1.1.1.2')])).status).toBe(200);
  });

  test('is told to be too large by its announced length, before it is read', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const path = upload('1.1', 4_000).replace(/^.*(?=\/links\/)/, '');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/dicom\r\nContent-Length: 4001\r\n\r\n`);
    const [chunk] = await new Promise<Buffer[]>((resolve) => socket.once('data', (data) => resolve([data])));
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test('is too large as soon as it passes the bound', async () => {
    let sent = 0;
    const stream = new ReadableStream({
      async pull(controller) {
        sent += 10_000;
        await sleep(1);
        controller.enqueue(new Uint8Array(10_000));
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: stream, duplex: 'half' };
    const response = await fetch(upload('1.1', 50_000), init as RequestInit);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(5_000_000);
  });

  test('comes from a client that goes away', async () => {
    const url = upload();
    const { body, contentType } = half();
    const socket = connect(gateway.port, '127.0.0.1');
    const path = url.replace(/^.*(?=\/links\/)/, '');
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, -6)]));
    await sleep(50);
    expect(await post(url, body, contentType)).toEqual(invalid); // under way
    socket.destroy();
    await sleep(50);
    expect(gateway.reports).toEqual([]);
    expect((await readReport(await fetch(url, postOf(body, contentType)))).stored).toHaveLength(2);
    expect(gateway.faults).toEqual([]);
  });
  const postOf = (body: Uint8Array, type: string): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(body),
  });
});

describe('an origin', () => {
  test('that cannot be asked what it has is sent nothing, and the link is still good', async () => {
    const url = upload();
    const { body, contentType } = multipartOf([file('1.1', '1.1.1.2')]);
    await archive.close();
    expect(await post(url, body, contentType)).toMatchObject({ status: 502, problem: { code: 'ORIGIN_UNREACHABLE' } });
    expect(await post(url, body, contentType)).toMatchObject({ status: 502 });
  });

  test('that stores nothing is a problem document', async () => {
    await using readOnly = await startTestArchive({ files: [] });
    await using front = await startTestGateway(readOnly.url, { capabilities: able });
    const { body, contentType } = multipartOf([file('1.1', '1.1.1.2')]);
    const { url } = front.links.upload('test', { maxBytes: 10_000 });
    expect(await post(url, body, contentType)).toMatchObject({
      status: 406,
      problem: { code: 'REPRESENTATION_UNAVAILABLE' },
    });
    expect(front.stored).toEqual(['test']);
  });
});

test('uploads beyond the bound are told to come again, and their links are still good', async () => {
  await using narrow = await startTestGateway(archive.url, { capabilities: able }, { maxUploads: 1 });
  const first = narrow.links.upload('test', { maxBytes: 10_000 }).url;
  const second = narrow.links.upload('test', { maxBytes: 10_000 }).url;
  const path = first.replace(/^.*(?=\/links\/)/, '');
  const socket = connect(narrow.port, '127.0.0.1');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/dicom\r\nContent-Length: 100\r\n\r\n`);
  await sleep(50);
  const { body, contentType } = multipartOf([file('1.1', '1.1.1.2')]);
  const busy = await fetch(second, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(body),
  });
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5']);
  socket.destroy();
  await sleep(50);
  expect((await post(second, body, contentType)).status).toBe(200);
});
