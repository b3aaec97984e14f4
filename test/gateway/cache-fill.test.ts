import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CachesOptions } from '../../src/gateway/cache/caches.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { type QuirkyAnswer, reply, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';

const dicom = { 'content-type': 'application/dicom' };
/** No two blocks of it are alike. */
const bytes = (size: number): Buffer => {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, n) => createHash('sha256').update(`${n}`).digest());
  return Buffer.concat(blocks).subarray(0, size);
};
const large = bytes(6 * 2 ** 20);
const small = Buffer.from('DICM and more');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
});
afterEach(() => rm(folder, { recursive: true }));

const start = (url: string, caches: Partial<CachesOptions> = {}) =>
  startTestGateway(url, { bodyIdleTimeoutMs: 10_000, headersTimeoutMs: 10_000 }, {}, { caches: { folder, ...caches } });
const pathTo = (gateway: TestGateway) => pathOf(gateway.links.native('test', image).url);

/** Files of entries, and of what is to become one. */
async function filesOf(kind: 'entry' | 'part'): Promise<number> {
  const names = await readdir(join(folder, 'objects'), { recursive: true });
  return names.filter((name) => (kind === 'part' ? name.endsWith('.part') : /\/[0-9a-f]{32}\/[0-9a-f]{32}$/.test(name)))
    .length;
}

/** A client that has the headers of its answer, and has read nothing of the body. */
async function slowClient(
  gateway: TestGateway,
): Promise<{ response: IncomingMessage; rest: () => Promise<Buffer>; leave: () => void }> {
  const sent = get({ port: gateway.port, path: pathTo(gateway), agent: false }).on('error', () => {});
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => {}).pause();
  return {
    response,
    async rest() {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    leave: () => sent.destroy(),
  };
}

const closing = (stream: { once(event: 'close', told: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => void stream.once('close', resolve));

/** Answers with a body in two halves, the second when it is told to. */
function inHalves(body: Buffer): { answer: QuirkyAnswer; sockets: Socket[]; finish: () => void } {
  const sockets: Socket[] = [];
  const half = Math.floor(body.length / 2);
  return {
    sockets,
    answer: (socket) => {
      sockets.push(socket);
      replyInPart(socket, { headers: dicom, body: body.subarray(0, half), promised: body.length }, 'stall');
    },
    finish: () => {
      for (const socket of sockets.splice(0)) socket.write(body.subarray(half));
    },
  };
}

describe('a payload that many ask for at once', () => {
  test('is asked of the origin once, and all of them get all of it', async () => {
    const some = large.subarray(0, 2 ** 20);
    const halves = inHalves(some);
    await using origin = await startQuirkyOrigin(halves.answer);
    await using gateway = await start(origin.url);
    const clients = Array.from({ length: 20 }, () => rawRequest(gateway.port, pathTo(gateway)));
    await expect.poll(() => gateway.caches?.reports[0]?.joined).toBe(19);
    halves.finish();
    for (const { status, body } of await Promise.all(clients)) {
      expect([status, Buffer.from(body, 'latin1').equals(some)]).toEqual([200, true]);
    }
    expect(origin.requests).toHaveLength(1);
    expect(await rawRequest(gateway.port, pathTo(gateway))).toMatchObject({ status: 200 });
    expect(gateway.caches?.reports[0]).toMatchObject({ misses: 1, joined: 19, hits: 1 });
  });

  test('reaches them and the disk however slowly the first of them reads', async () => {
    await using origin = await startQuirkyOrigin((socket) => reply(socket, { headers: dicom, body: large }));
    await using gateway = await start(origin.url);
    const slow = await slowClient(gateway);
    const { body } = await rawRequest(gateway.port, pathTo(gateway));
    expect(Buffer.from(body, 'latin1').equals(large)).toBe(true);
    await expect.poll(() => filesOf('entry')).toBe(1);
    expect((await slow.rest()).equals(large)).toBe(true);
    expect(origin.requests).toHaveLength(1);
  });

  test('goes on for the others when one of them leaves', async () => {
    const halves = inHalves(large);
    await using origin = await startQuirkyOrigin(halves.answer);
    await using gateway = await start(origin.url);
    const [first, second] = [await slowClient(gateway), await slowClient(gateway)];
    first.leave();
    await closing(first.response);
    halves.finish();
    expect((await second.rest()).equals(large)).toBe(true);
    await expect.poll(() => filesOf('entry')).toBe(1);
    expect(origin.requests).toHaveLength(1);
  });

  test('fails for all of them where the origin refuses it, and is asked for again by the next', async () => {
    await using origin = await startQuirkyOrigin(async (socket, { number }) => {
      if (number === 1) setTimeout(() => reply(socket, { status: 404 }), 50);
      else reply(socket, { headers: dicom, body: small });
    });
    await using gateway = await start(origin.url);
    const answers = await Promise.all([1, 2, 3].map(() => rawRequest(gateway.port, pathTo(gateway))));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(origin.requests).toHaveLength(1);
    expect((await rawRequest(gateway.port, pathTo(gateway))).status).toBe(200);
  });
});

describe('what is not whole is not kept', () => {
  test('the last client that leaves ends the request to the origin, and nothing is left of it on disk', async () => {
    const halves = inHalves(large);
    await using origin = await startQuirkyOrigin(halves.answer);
    await using gateway = await start(origin.url);
    const client = await slowClient(gateway);
    expect(await filesOf('part')).toBe(1);
    const [socket] = halves.sockets;
    if (!socket) throw new Error('The origin was not asked');
    const closed = closing(socket);
    client.leave();
    await closed;
    await expect.poll(() => readdir(join(folder, 'objects'))).toHaveLength(3); // key, trash, and an empty folder
    expect([await filesOf('part'), await filesOf('entry')]).toEqual([0, 0]);
    expect(gateway.faults).toEqual([]);
  });

  test('so does one that leaves before the origin has answered', async () => {
    const asked = Promise.withResolvers<Socket>();
    await using origin = await startQuirkyOrigin((socket) => asked.resolve(socket));
    await using gateway = await start(origin.url);
    const sent = get({ port: gateway.port, path: pathTo(gateway) }).on('error', () => {});
    const closed = closing(await asked.promise);
    sent.destroy();
    await closed;
    await expect.poll(() => filesOf('part')).toBe(0);
    expect(gateway.faults).toEqual([]);
  });

  const multipart = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };
  const truncated: readonly [string, QuirkyAnswer][] = [
    [
      'before its length',
      (s) => replyInPart(s, { headers: dicom, body: large.subarray(0, 2 ** 20), promised: large.length }, 'end'),
    ],
    [
      'before the closing boundary',
      (s) =>
        reply(s, {
          headers: multipart,
          body: '--b\r\nContent-Type: application/dicom\r\n\r\nDICM\r\n',
          framing: 'eof',
        }),
    ],
  ];
  test.each(truncated)(
    'a body that ends %s breaks off for every client, and the next asks again',
    async (_, answer) => {
      await using origin = await startQuirkyOrigin((socket, request) =>
        request.number === 1 ? answer(socket, request) : reply(socket, { headers: dicom, body: small }),
      );
      await using gateway = await start(origin.url);
      const clients = await Promise.allSettled([1, 2].map(() => rawRequest(gateway.port, pathTo(gateway))));
      expect(clients.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await rawRequest(gateway.port, pathTo(gateway))).toMatchObject({ status: 200, body: small.toString() });
      await expect.poll(() => filesOf('entry')).toBe(1);
      expect(await filesOf('part')).toBe(0);
    },
  );

  test('a body larger than an entry may be goes by', async () => {
    await using origin = await startQuirkyOrigin((socket) => reply(socket, { headers: dicom, body: large }));
    await using gateway = await start(origin.url, { maxEntryBytes: 2 ** 20 });
    const clients = await Promise.all([1, 2].map(() => rawRequest(gateway.port, pathTo(gateway))));
    for (const { body } of clients) expect(Buffer.from(body, 'latin1').equals(large)).toBe(true);
    expect([await filesOf('part'), await filesOf('entry')]).toEqual([0, 0]);
    expect(gateway.faults).toEqual([]);
  });

  test('also where its length is told only by its end', async () => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: dicom, body: large, framing: 'eof' }),
    );
    await using gateway = await start(origin.url, { maxEntryBytes: 2 ** 20 });
    const slow = await slowClient(gateway);
    expect((await slow.rest()).equals(large)).toBe(true);
    await expect.poll(() => filesOf('part')).toBe(0);
    expect(await filesOf('entry')).toBe(0);
  });
});

describe('a purge while a payload is on its way', () => {
  test('keeps it from becoming an entry; who comes after asks anew, who came before gets the rest', async () => {
    const halves = inHalves(large);
    await using origin = await startQuirkyOrigin((socket, request) =>
      request.number === 1 ? halves.answer(socket, request) : reply(socket, { headers: dicom, body: small }),
    );
    await using gateway = await start(origin.url);
    const before = await slowClient(gateway);
    await gateway.caches?.purge('test', [image.study]);
    expect((await rawRequest(gateway.port, pathTo(gateway))).body).toBe(small.toString());
    halves.finish();
    expect((await before.rest()).equals(large)).toBe(true);
    expect((await rawRequest(gateway.port, pathTo(gateway))).body).toBe(small.toString());
    expect(origin.requests).toHaveLength(2);
    expect(await filesOf('entry')).toBe(1);
  });

  test('by another process does the same', async () => {
    const halves = inHalves(large);
    await using origin = await startQuirkyOrigin((socket, request) =>
      request.number === 1 ? halves.answer(socket, request) : reply(socket, { headers: dicom, body: small }),
    );
    await using gateway = await start(origin.url);
    await using other = await start(origin.url);
    const before = await slowClient(gateway);
    await other.caches?.purge('test', [image.study]);
    expect((await rawRequest(gateway.port, pathTo(gateway))).body).toBe(small.toString());
    halves.finish();
    expect((await before.rest()).equals(large)).toBe(true);
    expect(await filesOf('entry')).toBe(1);
    expect((await rawRequest(other.port, pathTo(other))).body).toBe(small.toString());
    expect(origin.requests).toHaveLength(2);
  });
});

test('a purge by another process is known within a second, of metadata too', async () => {
  await using origin = await startQuirkyOrigin((socket, { target }) =>
    target.endsWith('/metadata')
      ? reply(socket, { headers: { 'content-type': 'application/dicom+json' }, body: '[{}]' })
      : reply(socket, { headers: dicom, body: small }),
  );
  await using gateway = await start(origin.url);
  await using other = await start(origin.url);
  const metadata = pathOf(gateway.links.metadata('test', image).url);
  for (const path of [pathTo(gateway), metadata, metadata]) await rawRequest(gateway.port, path);
  expect(origin.requests).toHaveLength(2);
  await other.caches?.purge('test', [image.study]);
  await rawRequest(gateway.port, pathTo(gateway));
  expect(origin.requests).toHaveLength(3);
  const isAskedAgain = async () => {
    await rawRequest(gateway.port, metadata);
    return origin.requests.length;
  };
  await expect.poll(isAskedAgain, { timeout: 1_000, interval: 50 }).toBe(4);
});

describe('a disk that is full', () => {
  /** Opens files that take so many bytes, all of them together. */
  function diskOf(room: { bytes: number }): NonNullable<NonNullable<CachesOptions['disk']>['openFile']> {
    return async (path, flags, mode) => {
      const handle = await open(path, flags, mode);
      const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
      const limited = async (buffer: Buffer, offset: number, length: number, position: number) => {
        if (flags !== 'r' && length > room.bytes)
          throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
        room.bytes -= length;
        return write(buffer, offset, length, position);
      };
      return Object.assign(handle, { write: limited });
    };
  }

  test('keeps nobody from an answer: what is on its way goes on, nothing is kept for a while, then again', async () => {
    const room = { bytes: 2 ** 21 };
    const clock = { ahead: 0 };
    const told: string[] = [];
    const halves = inHalves(large);
    await using origin = await startQuirkyOrigin((socket, request) =>
      request.number === 1 ? halves.answer(socket, request) : reply(socket, { headers: dicom, body: small }),
    );
    await using gateway = await start(origin.url, {
      disk: { openFile: diskOf(room), retryMs: 30_000, clock: () => Date.now() + clock.ahead },
      onTrouble: (cache, error) => told.push(`${cache} ${error instanceof Error && error.message}`),
      onRecovered: (cache) => told.push(`${cache} again`),
    });
    const slow = await slowClient(gateway);
    const fast = rawRequest(gateway.port, pathTo(gateway));
    await expect.poll(() => gateway.caches?.reports[0]?.joined).toBe(1);
    halves.finish();
    const bodies = await Promise.all([slow.rest(), fast.then(({ body }) => Buffer.from(body, 'latin1'))]);
    for (const body of bodies) expect(body.equals(large)).toBe(true);
    expect(origin.requests).toHaveLength(1);
    await expect.poll(() => filesOf('part')).toBe(0);

    room.bytes = 2 ** 30;
    for (let n = 0; n < 2; n++) expect((await rawRequest(gateway.port, pathTo(gateway))).body).toBe(small.toString());
    expect(origin.requests).toHaveLength(3);
    expect(told).toEqual(['objects ENOSPC: no space left']);

    clock.ahead = 31_000;
    for (let n = 0; n < 2; n++) expect((await rawRequest(gateway.port, pathTo(gateway))).body).toBe(small.toString());
    expect(origin.requests).toHaveLength(4);
    expect(told).toEqual(['objects ENOSPC: no space left', 'objects again']);
    expect(gateway.faults).toEqual([]);
  });
});
