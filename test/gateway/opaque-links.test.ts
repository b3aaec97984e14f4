import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { isOpaque, type LinkForm } from '../../src/links/grant.ts';
import { verifyLink } from '../../src/links/token.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, instance, linkKeys, noon, series, study, tokenOf } from '../support/links.ts';
import { json, type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const bulkPath = `/dicom-web/studies/${study}/series/${series}/instances/${instance}/bulk/1`;
const iconBytes = Buffer.from('pixels of an icon');
const dataSet: JsonDataSet = {
  '00080018': { vr: 'UI', Value: [instance] },
  '0020000D': { vr: 'UI', Value: [study] },
  '0020000E': { vr: 'UI', Value: [series] },
  '00420011': { vr: 'OB', BulkDataURI: bulkPath },
  '00880200': {
    vr: 'SQ',
    Value: [{ '7FE00010': { vr: 'OW', InlineBinary: iconBytes.toString('base64') } }],
  },
};

let origin: QuirkyOrigin;
let gateway: TestGateway;
beforeAll(async () => {
  origin = await startQuirkyOrigin((socket, { target }) => {
    if (target.endsWith('/metadata')) return reply(socket, json([dataSet]));
    if (target.includes('/bulk/')) {
      return reply(socket, { headers: { 'content-type': 'application/octet-stream' }, body: 'a document' });
    }
    reply(socket, { headers: { 'content-type': 'application/dicom' }, body: 'DICM' });
  });
  gateway = await startTestGateway(origin.url);
});
afterAll(async () => {
  await gateway.close();
  await origin.close();
});
beforeEach(() => {
  gateway.clock.now = noon;
  origin.requests.length = 0;
});

const opened = (url: string, method = 'GET') => rawRequest(gateway.port, pathOf(url), method);
const opacityOf = (token: string, form: LinkForm): boolean => isOpaque(verifyLink(token, linkKeys, form, noon));

describe.each([true, false])('links that are opaque: %s', (opaque) => {
  const links = () => gateway.minter.linksFor({ id: 'ada', opaque });

  test('give the object', async () => {
    const { url } = links().native('test', image);
    expect(opacityOf(tokenOf(url), 'resource')).toBe(opaque);
    expect(await opened(url)).toMatchObject({ status: 200, body: 'DICM' });
    expect(await opened(url, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test('to metadata give links of their own kind, which open', async () => {
    const [metadata] = JSON.parse((await opened(links().metadata('test', image).url)).body);
    const urls: readonly string[] = [
      metadata['00420011'].BulkDataURI,
      metadata['00880200'].Value[0]['7FE00010'].BulkDataURI,
    ];
    expect(urls.map((url) => opacityOf(tokenOf(url), 'resource'))).toEqual([opaque, opaque]);
    const bodies = await Promise.all(urls.map(async (url) => (await opened(url)).body));
    expect(bodies).toEqual(['a document', String(iconBytes)]);
  });

  test('that are roots give values of their own kind, which open below them', async () => {
    const root = links().dicomwebRoot('test', { study }, ['METADATA', 'BULKDATA']).url;
    const [metadata] = JSON.parse((await opened(`${root}/studies/${study}/metadata`)).body);
    const urls: readonly string[] = [
      metadata['00420011'].BulkDataURI,
      metadata['00880200'].Value[0]['7FE00010'].BulkDataURI,
    ];
    const tokens = urls.map((url) => url.split('/').at(-1) ?? '');
    expect(tokens.map((token) => opacityOf(token, 'root'))).toEqual([opaque, opaque]);
    for (const url of urls) expect(url.startsWith(`${root}/studies/${study}/`)).toBe(true);
    const bodies = await Promise.all(urls.map(async (url) => (await opened(url)).body));
    expect(bodies).toEqual(['a document', String(iconBytes)]);
  });

  test('that are templates open for their frames, and for none past the last', async () => {
    const { template } = links().frameTemplate('test', image, 3);
    expect((await opened(template.replace('{frame}', '4'))).status).toBe(400);
    expect(origin.requests).toEqual([]);
    await opened(template.replace('{frame}', '3'));
    expect(origin.requests.map(({ target }) => target)).toEqual([
      `/dicom-web/studies/${study}/series/${series}/instances/${instance}/frames/3`,
    ]);
  });

  test('that are uploads are taken as such', async () => {
    const { url } = links().upload('test', { study, maxBytes: 1000 });
    const { body } = await opened(url, 'POST'); // without a file
    expect(JSON.parse(body).code).not.toBe('LINK_INVALID');
    expect((await opened(url)).status).toBe(403);
  });

  test('tell of an archive that fails, and which one only where they are readable', async () => {
    await using failing = await startTestGateway('http://127.0.0.1:1', { id: 'a-named-archive' });
    const from = failing.minter.linksFor({ id: 'ada', opaque });
    const root = from.dicomwebRoot('a-named-archive', { study }, ['METADATA']).url;
    const read = [from.native('a-named-archive', image).url, `${root}/studies/${study}/metadata`];
    const upload = from.upload('a-named-archive', { study, maxBytes: 10_000 }).url;
    const answers = [
      ...(await Promise.all(read.map((url) => fetch(url)))),
      await fetch(upload, {
        method: 'POST',
        headers: { 'content-type': 'application/dicom' },
        body: new Uint8Array(
          dicomFile({ ...tinyImage, StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance }),
        ),
      }),
    ];
    for (const answer of answers) {
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'ORIGIN_UNREACHABLE', retryable: true });
      expect(text.includes('a-named-archive')).toBe(!opaque);
    }
  });

  test('end with their time and by revocation', async () => {
    const { url } = links().native('test', image);
    gateway.clock.now = noon + 600;
    expect(JSON.parse((await opened(url)).body).code).toBe('LINK_EXPIRED');
    gateway.clock.now = noon;
    await gateway.revocations.revoke({ kind: 'study', origin: 'test', study });
    expect(JSON.parse((await opened(url)).body).code).toBe('LINK_REVOKED');
    expect(origin.requests).toEqual([]);
    expect((await opened(links().native('test', image).url)).status).toBe(200);
  });
});
