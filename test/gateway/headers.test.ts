import { describe, expect, test } from 'vitest';
import type { PrincipalLinks } from '../../src/links/mint.ts';
import type { SignedUrl } from '../../src/links/signed-url.ts';
import { pathOf, rawRequest, startTestGateway } from '../support/gateway.ts';
import { image, noon } from '../support/links.ts';
import { reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

describe('the headers of a body', () => {
  test('keep it out of shared caches, sniffing, referrers and scripts, and no longer than the link', async () => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, {
        headers: {
          'content-type': 'text/html',
          'set-cookie': 'session=1',
          'cache-control': 'public, max-age=31536000',
          'access-control-allow-origin': '*',
          server: 'Archive/1.0',
        },
        body: '<script>alert(1)</script>',
      }),
    );
    await using gateway = await startTestGateway(origin.url, { capabilities: { renderedFormats: ['text/html'] } });
    const { url } = gateway.links.rendered('test', image, { mediaType: 'text/html' });
    gateway.clock.now = noon + 100.5;
    const { status, headers } = await rawRequest(gateway.port, pathOf(url));
    const { date, connection, 'keep-alive': keepAlive, ...ours } = headers;
    expect(status).toBe(200);
    expect([typeof date, typeof connection, typeof keepAlive]).not.toContain('object');
    expect(ours).toEqual({
      'content-type': 'text/html',
      'content-length': '25',
      'content-disposition': `inline; filename="${image.instance}.html"`,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=499',
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'cross-origin-resource-policy': 'cross-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  test.each<[string, string, (links: PrincipalLinks) => SignedUrl, boolean]>([
    ['a PDF', 'application/pdf', (links) => links.rendered('test', image, { mediaType: 'application/pdf' }), true],
    ['an image', 'image/png', (links) => links.rendered('test', image, { mediaType: 'image/png' }), false],
    ['a native object', 'application/dicom', (links) => links.native('test', image), false],
    ['a frame', 'image/jls', (links) => links.frame('test', image, 1), false],
  ])('keep %s from running, loading and sending anything', async (_, mediaType, linkOf, isFramed) => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': mediaType }, body: 'x' }),
    );
    await using gateway = await startTestGateway(origin.url, {
      capabilities: { renderedFormats: ['application/pdf', 'image/png'] },
    });
    const { url } = linkOf(gateway.links);
    const { status, headers } = await rawRequest(gateway.port, pathOf(url));
    expect([status, headers['content-type']]).toEqual([200, mediaType]);
    expect(headers).toMatchObject({
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(headers['cross-origin-embedder-policy']).toBe(isFramed ? 'require-corp' : undefined);
    // By the HTML standard a sandboxed document that has one is a network error.
    expect(headers).not.toHaveProperty('cross-origin-opener-policy');
  });

  test('have no length where only the end will tell', async () => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': 'application/dicom' }, body: 'DICM', framing: 'chunked' }),
    );
    await using gateway = await startTestGateway(origin.url);
    const { headers, body } = await rawRequest(gateway.port, pathOf(gateway.links.native('test', image).url));
    expect(headers).not.toHaveProperty('content-length');
    expect(body).toBe('DICM');
  });
});

describe('what the origin is sent', () => {
  const cases = [
    ['native', 'application/dicom; transfer-syntax=*', ''],
    ['rendered', 'image/png', '/rendered?quality=80&viewport=64,32&window=40,400,linear'],
  ] as const;

  test.each(cases)('for a %s link is built from what was signed', async (kind, _accept, suffix) => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, {
        headers: { 'content-type': kind === 'native' ? 'application/dicom' : 'image/png' },
        body: 'x',
      }),
    );
    await using gateway = await startTestGateway(origin.url);
    const { url } =
      kind === 'native'
        ? gateway.links.native('test', image)
        : gateway.links.rendered('test', image, {
            mediaType: 'image/png',
            viewport: { width: 64, height: 32 },
            window: { center: 40, width: 400 },
            quality: 80,
          });
    const response = await fetch(url, { headers: { accept: 'text/html', cookie: 'a=b', authorization: 'Bearer x' } });
    expect(response.status).toBe(200);
    const [request] = origin.requests;
    const { study, series, instance } = image;
    expect(decodeURIComponent(request?.target ?? '')).toBe(
      `/dicom-web/studies/${study}/series/${series}/instances/${instance}${suffix}`,
    );
    for (const name of ['cookie', 'authorization', 'referer', 'origin']) expect(request?.headers.has(name)).toBe(false);
    expect(request?.headers.get('accept')).not.toContain('text/html');
  });

  test('for a rendered image never has a transfer syntax', async () => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': 'image/jpeg' }, body: 'x' }),
    );
    await using gateway = await startTestGateway(origin.url);
    await fetch(gateway.links.rendered('test', image).url);
    await fetch(gateway.links.thumbnail('test', image).url);
    for (const { target, headers } of origin.requests) {
      expect(target + [...headers.values()].join()).not.toContain('transfer-syntax');
    }
    expect(origin.requests).toHaveLength(2);
  });
});
