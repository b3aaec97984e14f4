import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ctImage, dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { multipartOf, postFiles, readReport } from '../support/upload.ts';

const file = (study: string, instance: string, more = {}): Buffer =>
  dicomFile({
    ...tinyImage,
    PatientID: 'P',
    StudyInstanceUID: study,
    SeriesInstanceUID: `${study}.1`,
    Modality: 'CT',
    SOPInstanceUID: instance,
    ...more,
  });

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  folders.push(folder);
  return folder;
}
const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe.each(['memory', 'folder'])('an archive in %s', (kind) => {
  const start = async (more = {}) =>
    startTestArchive({
      ...(kind === 'memory' ? { files: [] } : { folder: await newFolder() }),
      writable: true,
      ...more,
    });

  test('serves what was stored at once, byte for byte, and counts it', async () => {
    await using archive = await start();
    const files = [file('1.1', '1.1.1.1'), file('1.1', '1.1.1.2', { Modality: 'MR', SeriesInstanceUID: '1.1.2' })];
    const answer = await postFiles(`${archive.url}/studies`, files);
    expect(answer).toMatchObject({ status: 200, contentType: 'application/dicom+json', failed: [], other: [] });
    expect(answer.stored).toEqual(['1.1.1.1', '1.1.1.2']);
    expect(answer.json['00081190'].Value).toEqual([`${archive.url}/studies/1.1`]);
    const [item] = answer.json['00081199'].Value;
    expect(item['00081150'].Value).toEqual([ctImage]);
    const url = item['00081190'].Value[0];
    expect(url).toBe(`${archive.url}/studies/1.1/series/1.1.1/instances/1.1.1.1`);
    const native = await fetch(url, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
    expect(Buffer.from(await native.arrayBuffer())).toEqual(files[0]);
    const [study] = await archive.search('/studies');
    expect(study?.['00201208']?.Value).toEqual([2]);
    expect(study?.['00201206']?.Value).toEqual([2]);
    expect(study?.['00080061']?.Value).toEqual(['CT', 'MR']);
  });

  test('adds to a study that is there, and its numbers follow', async () => {
    await using archive = await start();
    await postFiles(`${archive.url}/studies`, [file('1.1', '1.1.1.1'), file('1.2', '1.2.1.1')]);
    expect((await postFiles(`${archive.url}/studies/1.1`, [file('1.1', '1.1.1.2')])).status).toBe(200);
    const counts = async (uid: string) =>
      (await archive.search(`/studies?StudyInstanceUID=${uid}`))[0]?.['00201208']?.Value;
    expect([await counts('1.1'), await counts('1.2')]).toEqual([[2], [1]]);
    const [series] = await archive.search('/studies/1.1/series');
    expect(series?.['00201209']?.Value).toEqual([2]);
  });

  test('takes one plain file, and parts whose headers are left out', async () => {
    await using archive = await start();
    expect((await postFiles(`${archive.url}/studies`, file('1.1', '1.1.1.1'))).stored).toEqual(['1.1.1.1']);
    const { body } = multipartOf([file('1.1', '1.1.1.2')], { partType: null });
    const headers = { 'content-type': 'multipart/related; boundary=upload; type=application/dicom' };
    const response = await fetch(`${archive.url}/studies/1.1`, { method: 'POST', headers, body: new Uint8Array(body) });
    expect((await readReport(response)).stored).toEqual(['1.1.1.2']);
  });

  test('says of each file what became of it', async () => {
    await using archive = await start();
    await postFiles(`${archive.url}/studies`, [file('1.1', '1.1.1.1')]);
    const files = [
      file('1.1', '1.1.1.2'),
      file('1.9', '1.9.1.1'),
      file('1.1', '1.1.1.1', { PatientID: 'Q' }),
      Buffer.from('no DICOM file'),
      dicomFile({ ...tinyImage, StudyInstanceUID: '1.1', SOPInstanceUID: '1.1.1.5' }),
    ];
    const answer = await postFiles(`${archive.url}/studies/1.1`, files);
    expect(answer.status).toBe(202);
    expect(answer.stored).toEqual(['1.1.1.2']);
    expect(answer.failed).toEqual([
      ['1.9.1.1', 0xa901],
      ['1.1.1.1', 0x0111],
    ]);
    expect(answer.other).toEqual([0xc000, 0xc000]);
    const native = await archive.search('/studies/1.1/instances');
    expect(native).toHaveLength(2);
  });

  test('has the same file once however often it is sent; another under its UID is refused', async () => {
    await using archive = await start();
    const first = file('1.1', '1.1.1.1');
    const answers = [
      await postFiles(`${archive.url}/studies`, [first, first]),
      await postFiles(`${archive.url}/studies`, first),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const other = await postFiles(`${archive.url}/studies`, [file('1.1', '1.1.1.1', { PatientID: 'Q' })]);
    expect([other.status, other.failed]).toEqual([409, [['1.1.1.1', 0x0111]]]);
    const otherStudy = await postFiles(`${archive.url}/studies`, [file('1.2', '1.1.1.1')]);
    expect([otherStudy.status, otherStudy.failed]).toEqual([409, [['1.1.1.1', 0x0111]]]);
    expect(await archive.search('/instances')).toHaveLength(1);
  });

  test('stores files that come at the same time, each once', async () => {
    await using archive = await start();
    const url = `${archive.url}/studies`;
    const same = file('1.1', '1.1.1.1');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => postFiles(url, [same, file('1.1', `1.1.2.${n}`)])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await archive.search('/instances')).toHaveLength(9);
  });

  test('stores nothing of a body that is refused', async () => {
    await using archive = await start({ maxStoreBytes: 20_000 });
    const url = `${archive.url}/studies`;
    const good = file('1.1', '1.1.1.1');
    const { contentType, body } = multipartOf([good, good]);
    const status = async (bytes: Uint8Array, type: string, more: RequestInit = {}) =>
      (await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(bytes), ...more }))
        .status;
    expect(await status(body.subarray(0, -12), contentType)).toBe(400);
    expect(await status(Buffer.from('--upload--'), contentType)).toBe(400);
    expect(await status(Buffer.from('nothing'), contentType)).toBe(400);
    expect(await status(body, 'multipart/related; type="application/dicom+json"; boundary=upload')).toBe(415);
    expect(await status(body, 'multipart/form-data; boundary=upload')).toBe(415);
    expect(await status(body, 'text/plain')).toBe(415);
    expect(await status(multipartOf([good], { partType: 'image/jpeg' }).body, contentType)).toBe(415);
    expect(await status(multipartOf([good, Buffer.alloc(20_000)]).body, contentType)).toBe(413);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(multipartOf([good]).body.subarray(0, -12));
      },
    });
    const streamed = { headers: { 'content-type': contentType }, body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(url, { method: 'POST', ...streamed })).status).toBe(413);
    expect((await fetch(`${url}/x`, { method: 'POST', ...{ headers: { 'content-type': contentType } } })).status).toBe(
      400,
    );
    expect((await fetch(`${archive.url}/series`, { method: 'POST' })).status).toBe(404);
    expect(await archive.search('/instances')).toEqual([]);
  });

  test('stores nothing where the client goes away', async () => {
    await using archive = await start();
    const { contentType, body } = multipartOf([file('1.1', '1.1.1.1'), file('1.1', '1.1.1.2')]);
    const socket = connect(Number(new URL(archive.url).port), '127.0.0.1');
    socket.write(
      `POST /dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, -4));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await archive.search('/instances')).toEqual([]);
  });
});

test('a folder holds one file an instance, whole, and the next start serves it', async () => {
  const folder = await newFolder();
  const files = [file('1.1', '1.1.1.1'), file('1.2', '1.2.1.1')];
  {
    await using archive = await startTestArchive({ folder, writable: true });
    await postFiles(`${archive.url}/studies`, [...files, Buffer.from('no DICOM file'), file('1.1', '1.1.1.1')]);
  }
  expect(await filesBelow(folder)).toEqual(['stow/1.1/1.1.1.1.dcm', 'stow/1.2/1.2.1.1.dcm']);
  expect(await readFile(join(folder, 'stow/1.1/1.1.1.1.dcm'))).toEqual(files[0]);
  await using again = await startTestArchive({ folder });
  expect(again.stats).toMatchObject({ studies: 2, instances: 2, skipped: 0 });
});

test('an archive that is not writable takes nothing and writes nothing', async () => {
  const folder = await newFolder();
  await using archive = await startTestArchive({ folder });
  const answer = await fetch(`${archive.url}/studies`, {
    method: 'POST',
    headers: { 'content-type': 'application/dicom' },
    body: new Uint8Array(file('1.1', '1.1.1.1')),
  });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect(await readdir(folder)).toEqual([]);
});

test('OPTIONS tells where files are taken', async () => {
  await using archive = await startTestArchive({ files: [], writable: true });
  const allow = async (path: string) =>
    (await fetch(`${archive.url}${path}`, { method: 'OPTIONS' })).headers.get('allow');
  expect(await allow('/studies')).toBe('GET, HEAD, POST, OPTIONS');
  expect(await allow('/studies/1.2')).toBe('GET, HEAD, POST, OPTIONS');
  expect(await allow('/series')).toBe('GET, HEAD, OPTIONS');
});
