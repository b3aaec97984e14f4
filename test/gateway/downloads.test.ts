import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const { study, series, instance } = image;

let origin: QuirkyOrigin;
let gateway: TestGateway;
beforeAll(async () => {
  origin = await startQuirkyOrigin((socket, { headers, target }) => {
    const accept = headers.get('accept') ?? '';
    const [, type] = /^multipart\/related; type="([^"]+)"/.exec(accept) ?? [];
    const contentType = type === undefined ? accept : `multipart/related; type="${type}"; boundary=b`;
    const body = type === undefined ? 'bytes' : `--b\r\nContent-Type: ${type}\r\n\r\nbytes\r\n--b--\r\n`;
    reply(socket, { headers: { 'content-type': target.includes('/thumbnail') ? 'image/jpeg' : contentType }, body });
  });
  const renderedFormats = ['image/jpeg', 'image/png', 'application/pdf', 'text/html', 'video/mp4'];
  gateway = await startTestGateway(origin.url, { capabilities: { renderedFormats } });
});
afterAll(async () => {
  await gateway.close();
  await origin.close();
});

const disposition = async (target: string) => {
  const { status, headers } = await rawRequest(gateway.port, target);
  expect(status).toBe(200);
  return headers['content-disposition'];
};

const frames = (kind: 'native' | 'rendered') =>
  pathOf(
    kind === 'native'
      ? gateway.links.frameTemplate('test', image, 9).template
      : gateway.links.renderedFrameTemplate('test', image, 9).template,
  ).replace('{frame}', '4');

describe('a download is saved under a name of UID, frame and type', () => {
  test.each([
    ['an instance', () => pathOf(gateway.links.native('test', image).url), `${instance}.dcm`],
    ['a series', () => pathOf(gateway.links.native('test', { study, series }).url), `${series}.multipart`],
    ['a study', () => pathOf(gateway.links.native('test', { study }).url), `${study}.multipart`],
    [
      'an image',
      () => pathOf(gateway.links.rendered('test', image, { mediaType: 'image/png' }).url),
      `${instance}.png`,
    ],
    [
      'a document',
      () => pathOf(gateway.links.rendered('test', image, { mediaType: 'application/pdf' }).url),
      `${instance}.pdf`,
    ],
    ['a thumbnail', () => pathOf(gateway.links.thumbnail('test', image).url), `${instance}.jpg`],
    ['a frame', () => frames('native'), `${instance}-frame-4.bin`],
    ['a rendered frame', () => frames('rendered'), `${instance}-frame-4.jpg`],
  ])('%s', async (_, path, name) => {
    for (const query of ['?download', '?download=1']) {
      expect(await disposition(path() + query)).toBe(`attachment; filename="${name}"`);
    }
  });

  test('of an opaque link only of what kind it is', async () => {
    const links = gateway.minter.linksFor({ id: 'anonymous', opaque: true });
    const native = await disposition(`${pathOf(links.native('test', image).url)}?download`);
    const document = await disposition(pathOf(links.rendered('test', image, { mediaType: 'text/html' }).url));
    expect([native, document]).toEqual(['attachment; filename="instance.dcm"', 'inline; filename="instance.html"']);
  });
});

test('a document that opens in a tab has a name, what pages and viewers read has none', async () => {
  const links = gateway.links;
  const documents = [
    links.rendered('test', image, { mediaType: 'application/pdf' }),
    links.rendered('test', image, { mediaType: 'text/html' }),
    links.rendered('test', image, { mediaType: 'video/mp4' }),
  ];
  const named = await Promise.all(documents.map(({ url }) => disposition(pathOf(url))));
  expect(named).toEqual(['pdf', 'html', 'mp4'].map((extension) => `inline; filename="${instance}.${extension}"`));
  expect(await disposition(pathOf(links.rendered('test', image).url))).toBeUndefined();
  expect(await disposition(frames('native'))).toBeUndefined();
});

test('asking for a download changes nothing of what is sent', async () => {
  const target = pathOf(gateway.links.native('test', image).url);
  const [plain, saved] = await Promise.all([
    rawRequest(gateway.port, target),
    rawRequest(gateway.port, `${target}?download`),
  ]);
  const { 'content-disposition': _, ...headers } = saved.headers;
  expect({ ...saved, headers: { ...headers, date: '' } }).toEqual({
    ...plain,
    headers: { ...plain.headers, date: '' },
  });
});

test('an upload takes no query', async () => {
  const { url } = gateway.links.upload('test', { study, maxBytes: 1_000 });
  const { status } = await rawRequest(gateway.port, `${pathOf(url)}?download`, 'POST', {
    'content-type': 'application/dicom',
  });
  expect(status).toBe(400);
});
