import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathOf, startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

/** Larger than what the system holds for a client that does not read, so that bytes wait in the gateway. */
const bodies = Array.from({ length: 12 }, (_, index) => randomBytes(8_000_000 + index));
const digestOf = (bytes: Buffer | readonly Buffer[]) => {
  const hash = createHash('sha256');
  for (const chunk of Array.isArray(bytes) ? bytes : [bytes]) hash.update(chunk);
  return hash.digest('hex');
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bodies-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['the archive', {}],
  ['the disk', { caches: { objectBytes: 2 ** 28 } }],
])(
  'bodies that stream from %s at the same time, to clients fast, slow and gone, are each their own',
  async (_, kept) => {
    await using origin = await startQuirkyOrigin((socket, { target }) => {
      const index = Number(target.split('.').at(-1));
      const body = bodies[index] ?? Buffer.alloc(0);
      const head = '--b\r\nContent-Type: application/dicom\r\n\r\n';
      if (index % 3 === 0) return reply(socket, { headers: { 'content-type': 'application/dicom' }, body });
      return reply(socket, {
        headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' },
        body: Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--b--\r\n')]),
        framing: index % 3 === 1 ? 'length' : 'chunked',
      });
    });
    const patience = { maxConcurrentRequests: 12, headersTimeoutMs: 20_000, bodyIdleTimeoutMs: 20_000 };
    const more = 'caches' in kept ? { caches: { ...kept.caches, folder } } : {};
    await using gateway = await startTestGateway(origin.url, patience, {}, more);

    function download(index: number, turn: number): Promise<string> {
      const { url } = gateway.links.native('test', { ...image, instance: `1.2.3.${index}` });
      return new Promise((resolve, reject) => {
        const sent = get({ port: gateway.port, path: pathOf(url) }, async (response) => {
          const chunks: Buffer[] = [];
          try {
            for await (const chunk of response) {
              chunks.push(chunk);
              // Time for others to read, and be read from, while bytes of this one wait.
              if (index % 2 === 0 && chunks.length % 30 === 1) await sleep(20);
              if (turn === 0 && index % 4 === 1 && chunks.length === 4) break;
            }
            resolve(response.complete ? `${response.statusCode} ${digestOf(chunks)}` : 'gone');
          } catch (error) {
            reject(error);
          }
        });
        sent.on('error', reject);
      });
    }

    for (let turn = 0; turn < 2; turn++) {
      const digests = await Promise.all(bodies.map((_, index) => download(index, turn)));
      const wanted = bodies.map((body, index) => (turn === 0 && index % 4 === 1 ? 'gone' : `200 ${digestOf(body)}`));
      expect(digests).toEqual(wanted);
    }
    expect(gateway.faults).toEqual([]);
    // The second time, what was kept is not asked for.
    expect(origin.requests.length < 2 * bodies.length).toBe('caches' in kept);
  },
);
