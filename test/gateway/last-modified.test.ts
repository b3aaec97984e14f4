import { describe, expect, test } from 'vitest';
import { pathOf, rawRequest, startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const stored = 'Thu, 05 Nov 2026 12:30:07 GMT';
const before = 'Thu, 05 Nov 2026 12:30:06 GMT';

/** Asks for one file of an archive that says `lastModified` of it. */
async function ask(headers: Readonly<Record<string, string>>, lastModified: string = stored) {
  await using origin = await startQuirkyOrigin((socket) =>
    reply(socket, {
      headers: { 'content-type': 'application/dicom', 'last-modified': lastModified },
      body: '0123456789',
    }),
  );
  await using gateway = await startTestGateway(origin.url);
  return await rawRequest(gateway.port, pathOf(gateway.links.native('test', image).url), 'GET', headers);
}

describe('an archive that says when a file was changed', () => {
  test('is repeated', async () => {
    expect((await ask({})).headers).toMatchObject({ 'last-modified': stored });
  });

  test('answers 304 to a client that has it', async () => {
    const { status, body } = await ask({ 'if-modified-since': stored });
    expect([status, body]).toEqual([304, '']);
  });

  test('gives it again to a client that has an older one', async () => {
    const { status, body } = await ask({ 'if-modified-since': before });
    expect([status, body]).toEqual([200, '0123456789']);
  });

  test('lets a broken download go on', async () => {
    const { status, body } = await ask({ 'if-range': stored, range: 'bytes=4-' });
    expect([status, body]).toEqual([206, '456789']);
  });

  test('is not repeated where it says nonsense', async () => {
    expect((await ask({}, 'yesterday')).headers).not.toHaveProperty('last-modified');
  });
});
