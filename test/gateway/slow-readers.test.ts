import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WholeBody } from '../../src/mime/whole-body.ts';
import { pathOf, rawRequest, startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { startQuirkyOrigin } from '../support/quirky-origin.ts';
import { delivered, serveDelivery } from './bytes/serve.ts';

/** Sends a body without an end; resolves when it is let go of. */
function endless() {
  const letGo = Promise.withResolvers<void>();
  const origin = startQuirkyOrigin((socket) => {
    const chunk = Buffer.alloc(1 << 16);
    socket.once('close', () => letGo.resolve());
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: ${2 ** 40}\r\n\r\n`);
    const write = (): void => {
      while (!socket.destroyed) if (!socket.write(chunk)) return void socket.once('drain', write);
    };
    write();
  });
  return { origin, letGo: letGo.promise };
}

const readers = { minReadBytesPerSecond: 1_000, minReadWindowSeconds: 1 };

test('a client that does not read is cut off, and the origin let go of', async () => {
  const { origin: starting, letGo } = endless();
  await using origin = await starting;
  await using gateway = await startTestGateway(origin.url, {}, {}, { gateway: { readers } });
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
  socket.write(`GET ${pathOf(gateway.links.native('test', image).url)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await once(socket, 'readable');
  await letGo;
  await expect.poll(() => gateway.faults).toEqual([expect.objectContaining({ code: 'UNAVAILABLE' })]);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  await closed;
});

test('a client that reads a little now and then is cut off as well', async () => {
  const { origin: starting, letGo } = endless();
  await using origin = await starting;
  await using gateway = await startTestGateway(origin.url, {}, {}, { gateway: { readers } });
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
  socket.write(`GET ${pathOf(gateway.links.native('test', image).url)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await once(socket, 'readable');
  const trickle = setInterval(() => socket.read(10), 50);
  await letGo;
  clearInterval(trickle);
  socket.destroy();
});

test('a client that does not read what is at hand is cut off, where that is more than buffers hold', async () => {
  const body = Buffer.alloc(32 * 1024 ** 2);
  const deliver = () => delivered('', { contentLength: body.length, body: new WholeBody(body) });
  await using served = await serveDelivery(deliver, readers);
  const socket = connect(served.port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'readable');
  await expect
    .poll(() => served.faults, { timeout: 5_000 })
    .toEqual([expect.objectContaining({ code: 'UNAVAILABLE' })]);
  socket.destroy();
});

test('a client that waits for a slow origin is not: it has taken all there is', async () => {
  // Too long to be waited for whole.
  const pieces = Array.from({ length: 8 }, (_, index) => String(index).repeat(16_384));
  await using origin = await startQuirkyOrigin(async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: 131072\r\n\r\n');
    for (const piece of pieces) {
      await sleep(200);
      socket.write(piece);
    }
  });
  const harsh = { minReadBytesPerSecond: 1_000_000, minReadWindowSeconds: 1 };
  await using gateway = await startTestGateway(origin.url, {}, {}, { gateway: { readers: harsh } });
  const { body } = await rawRequest(gateway.port, pathOf(gateway.links.native('test', image).url));
  expect(body).toBe(pieces.join(''));
  expect(gateway.faults).toEqual([]);
});
