import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { tls } from '../support/tls.ts';

const bytes = randomBytes(3_000_000);
const part = '--b\r\nContent-Type: application/dicom\r\n\r\n';
const archive = createServer(tls, (_request, response) => {
  response.setHeader('content-type', 'multipart/related; type="application/dicom"; boundary=b');
  response.end(Buffer.concat([Buffer.from(part), bytes, Buffer.from('\r\n--b--')]));
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(archive.address() as AddressInfo).port}/dicom-web`;
});
afterAll(async () => {
  archive.closeAllConnections();
  await new Promise((resolve) => archive.close(resolve));
});

test('objects of an archive behind TLS come as they are, several at a time over connections that are used again', async () => {
  await using gateway = await startTestGateway(url, { tlsCa: tls.cert, headersTimeoutMs: 20_000 });
  const link = gateway.links.native('test', image).url;
  for (let turn = 0; turn < 3; turn++) {
    const answers = await Promise.all([link, link, link].map((each) => fetch(each)));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }
  }
  expect(gateway.faults).toEqual([]);
});

test('an archive whose certificate nobody vouches for is not reached', async () => {
  await using gateway = await startTestGateway(url, { headersTimeoutMs: 20_000 });
  const answer = await fetch(gateway.links.native('test', image).url);
  expect([answer.status, (await answer.json()).code]).toEqual([502, 'ORIGIN_UNREACHABLE']);
});
