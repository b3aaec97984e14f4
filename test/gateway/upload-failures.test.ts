import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { LinkAudit } from '../../src/audit/link-audit.ts';
import { FacadeError } from '../../src/errors.ts';
import type { SpentLinks } from '../../src/gateway/upload/spent-links.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { pathOf, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { multipartOf, postFiles } from '../support/upload.ts';

const able = { uidListMatching: true, rootInstanceSearch: true, rootSeriesSearch: true };
const large = dicomFile({
  ...tinyImage,
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
  Rows: 400,
  Columns: 400,
  PixelData: new Uint16Array(160_000).fill(7),
});

interface Parts {
  readonly audit?: LinkAudit;
  readonly spentLinks?: SpentLinks;
}

/** A gateway that holds 1,000 bytes of an upload in memory, in front of an archive that stores. */
async function start({ audit, spentLinks }: Parts = {}): Promise<TestGateway> {
  const archive = await startTestArchive({ files: [], writable: true });
  const gateway = await startTestGateway(
    archive.url,
    { capabilities: able },
    { spoolMemoryBytes: 1_000, ...(spentLinks ? { spentLinks } : {}) },
    audit ? { gateway: { audit } } : {},
  );
  onTestFinished(async () => {
    await gateway.close();
    await archive.close();
  });
  return gateway;
}

const upload = (gateway: TestGateway): string => gateway.links.upload('test', { study: '1.1', maxBytes: 1e6 }).url;

/** Where what does not fit in memory is held, for as long as `work` lasts. */
async function withTemporaryFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  vi.stubEnv('TMPDIR', folder);
  try {
    expect(tmpdir()).toBe(folder);
    return await work();
  } finally {
    vi.unstubAllEnvs();
  }
}

async function refusedFor(gateway: TestGateway, url: string) {
  const { contentType, body } = multipartOf([large]);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(body),
  });
  const { code } = (await response.json()) as { code: string };
  expect([response.status, code, response.headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '5']);
  expect(gateway.reports, 'nothing was relayed').toEqual([]);
}

test('an upload that no file can be made for is told to come again, its link is still good, and the log knows why', async () => {
  const gateway = await start();
  const url = upload(gateway);
  await withTemporaryFolder(join(tmpdir(), 'not-there'), () => refusedFor(gateway, url));
  expect(gateway.faults).toEqual([expect.objectContaining({ cause: expect.objectContaining({ code: 'ENOENT' }) })]);
  expect((await postFiles(url, [large])).stored).toEqual(['1.1.1.1']);
});

test('an upload that there is no space for is told to come again, and its link is still good', async ({ skip }) => {
  const disk = mountSmallDisk();
  if (disk === null) return skip('nobody but root may mount');
  const gateway = await start();
  const url = upload(gateway);
  await withTemporaryFolder(disk, () => refusedFor(gateway, url));
  expect(gateway.faults).toEqual([expect.objectContaining({ cause: expect.objectContaining({ code: 'ENOSPC' }) })]);
  expect((await postFiles(url, [large])).stored).toEqual(['1.1.1.1']);
});

/** Sends all of an upload, but for its last bytes. */
function begin(gateway: TestGateway, url: string, missing: number): Socket {
  const { contentType, body } = multipartOf([large]);
  const socket = connect(gateway.port, '127.0.0.1');
  const type = `Content-Type: ${contentType}\r\nContent-Length: ${body.length}`;
  socket.write(`POST ${pathOf(url)} HTTP/1.1\r\nHost: x\r\n${type}\r\n\r\n`);
  socket.write(body.subarray(0, body.length - missing));
  return socket;
}

/** A trail that fails when files are about to be sent, once the client of the upload has gone. */
function failingTrail(error: Error) {
  const failed = vi.fn();
  let leave: () => void = () => {};
  const audit: LinkAudit = {
    begin: (_request, response) => ({
      grants: () => {},
      answered: async () => {},
      async storing() {
        const closed = new Promise((resolve) => response.once('close', resolve));
        leave();
        await closed;
        throw error;
      },
      stored: async () => {},
      failed,
    }),
  };
  return { audit, failed, onStoring: (work: () => void) => (leave = work) };
}

test.each([
  ['a failure with a code', new FacadeError('UNAVAILABLE', 'Not now'), 'UNAVAILABLE', 0],
  ['a fault of ours', new Error('A bug'), 'INTERNAL', 1],
] as const)(
  '%s is told to the trail and to the log also where the uploader has gone',
  async (_, error, code, faults) => {
    const { audit, failed, onStoring } = failingTrail(error);
    const gateway = await start({ audit });
    const socket = begin(gateway, upload(gateway), 0);
    onStoring(() => socket.destroy());
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith(code));
    expect(failed).toHaveBeenCalledTimes(1);
    expect(gateway.faults).toEqual(faults === 0 ? [] : [error]);
  },
);

test('an uploader that goes before its body is whole is no failure, and may come again', async () => {
  const { audit, failed } = failingTrail(new Error('Not reached'));
  const gateway = await start({ audit });
  const url = upload(gateway);
  const socket = begin(gateway, url, 10);
  await expect.poll(async () => (await fetch(url, { method: 'POST' })).status).toBe(403); // its link is taken
  failed.mockClear();
  socket.destroy();
  await expect.poll(async () => (await fetch(url, { method: 'POST' })).status).toBe(415); // and given back
  expect(failed.mock.calls.flat()).not.toContain('INTERNAL');
  expect(gateway.faults).toEqual([]);
});

test('a link that cannot be given back does not hide what the upload came to, and the log knows', async () => {
  const error = new Error('The folder of links cannot be written');
  const spentLinks = { claim: async () => true, release: () => Promise.reject(error) };
  const gateway = await start({ spentLinks });
  const response = await fetch(upload(gateway), {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'x',
  });
  expect(response.status).toBe(415);
  expect(gateway.faults).toEqual([error]);
});
