import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchSender } from '../../src/gateway/upload/sender-pace.ts';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { postFiles } from '../support/upload.ts';

describe('a sender', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** Sends so many bytes each second, for so many seconds. */
  async function isCutOff(bytes: number, seconds: number, isTaken = true): Promise<boolean> {
    const request = new PassThrough({ highWaterMark: 2 ** 24 });
    let isSlow = false;
    const stop = watchSender(request, { minUploadBytesPerSecond: 1_000, minUploadWindowSeconds: 10 }, () => {
      isSlow = true;
    });
    if (isTaken) request.resume();
    else request.pause();
    await turn();
    for (let second = 0; second < seconds; second++) {
      vi.advanceTimersByTime(1_000);
      if (bytes > 0) request.write(Buffer.alloc(bytes));
      await turn();
    }
    stop();
    return isSlow;
  }

  test.each([
    ['that sends nothing is cut off', 0, 11, true],
    ['that sends nothing for less than the window is not', 0, 9, false],
    ['at half the least rate is cut off when it is a window behind', 500, 21, true],
    ['at half the least rate is not before', 500, 18, false],
    ['at the least rate is never', 1_000, 600, false],
  ])('%s', async (_what, bytes, seconds, expected) => {
    expect(await isCutOff(bytes, seconds)).toBe(expected);
  });

  test('that is not let send is never cut off', async () => {
    expect(await isCutOff(0, 600, false)).toBe(false);
  });
});

describe('an upload that comes too slowly', () => {
  const file = dicomFile({
    ...tinyImage,
    StudyInstanceUID: '1.1',
    SeriesInstanceUID: '1.1.1',
    SOPInstanceUID: '1.1.1.1',
  });
  let archive: TestArchive;
  let gateway: TestGateway;
  beforeEach(async () => {
    archive = await startTestArchive({ files: [], writable: true });
    const bounds = { minUploadBytesPerSecond: 1_000, minUploadWindowSeconds: 1 };
    gateway = await startTestGateway(archive.url, {}, { maxUploads: 1, senders: bounds });
  });
  afterEach(async () => {
    await gateway.close();
    await archive.close();
  });

  /** Sends a head and some bytes of a body, and nothing more. */
  function stall(url: string): Promise<string> {
    const { port, pathname, host } = new URL(url);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket: Socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/dicom\r\nContent-Length: ${file.length}\r\n\r\n`,
    );
    socket.write(file.subarray(0, 200));
    return promise;
  }

  test('is 408, gives its place to the next, and its link is good for another try', async () => {
    const { url } = gateway.links.upload('test', { study: '1.1', maxBytes: 100_000 });
    const answer = await stall(url);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"BAD_USER_INPUT"');
    expect(await postFiles(url, file)).toMatchObject({ status: 200, stored: ['1.1.1.1'] });
  });
});
