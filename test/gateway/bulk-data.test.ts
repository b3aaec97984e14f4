import { describe, expect, test } from 'vitest';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, instance, noon, series, study } from '../support/links.ts';
import { json, type QuirkyAnswer, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const own = `/studies/${study}/series/${series}/instances/${instance}`;
const uids = {
  '0020000D': { vr: 'UI', Value: [study] },
  '0020000E': { vr: 'UI', Value: [series] },
  '00080018': { vr: 'UI', Value: [instance] },
};

/** Metadata with one bulk data value at an address; any other request is answered with the value. */
const withAddress =
  (uri: string): QuirkyAnswer =>
  (socket, { target }) =>
    target.includes('/metadata')
      ? reply(socket, json([{ ...uids, '00420011': { vr: 'OB', BulkDataURI: uri } }]))
      : reply(socket, { headers: { 'content-type': 'application/octet-stream' }, body: 'value' });

async function addressIn(gateway: TestGateway): Promise<string | undefined> {
  const response = await fetch(gateway.links.metadata('test', image).url);
  const [dataSet] = (await response.json()) as Record<string, { BulkDataURI?: string }>[];
  expect(dataSet).toMatchObject(uids);
  return dataSet?.['00420011']?.BulkDataURI;
}

describe('an address that the origin writes for its bulk data', () => {
  test.each([
    ['on localhost', `http://localhost:8042/dicom-web${own}/bulk/1`, `/dicom-web${own}/bulk/1`],
    ['behind another base', `https://internal.example/pacs/rs${own}/bulk/1`, `/dicom-web${own}/bulk/1`],
    ['relative to the host', `/dicom-web${own}/bulk/1`, `/dicom-web${own}/bulk/1`],
    ['relative to the metadata', 'bulk/1', `/dicom-web${own}/bulk/1`],
    ['with a query', `/dicom-web${own}/bulk?offset=1&length=2`, `/dicom-web${own}/bulk?offset=1&length=2`],
    ['of the study alone', `/dicom-web/studies/${study}/bulkdata/1`, `/dicom-web/studies/${study}/bulkdata/1`],
  ])('%s is asked for at the configured origin', async (_, uri, target) => {
    await using origin = await startQuirkyOrigin(withAddress(uri));
    await using gateway = await startTestGateway(origin.url);
    const link = (await addressIn(gateway)) ?? '';
    expect(link).toMatch(new RegExp(`^http://127.0.0.1:${gateway.port}/links/[A-Za-z0-9_-]+$`));
    const response = await fetch(link);
    expect(await response.text()).toBe('value');
    expect(origin.requests.at(-1)?.target).toBe(target);
  });

  test.each([
    ['of a metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['of a file', 'file:///etc/passwd'],
    ['of data', 'data:text/html,x'],
    ['of another study', `/dicom-web/studies/1.2.3/series/${series}/instances/${instance}/bulk/1`],
    ['of another series', `/dicom-web/studies/${study}/series/1.2.3/instances/${instance}/bulk/1`],
    ['of another instance', `/dicom-web/studies/${study}/series/${series}/instances/1.2.3/bulk/1`],
    ['of another instance, in the query', `/dicom-web${own}/bulk?objectUID=1.2.3`],
    ['that goes up', `/dicom-web${own}/../../../../admin`],
    ['that goes up in disguise', `/dicom-web${own}/%2e%2e/%2e%2e/admin`],
    ['with a backslash', `/dicom-web${own}\\..\\admin`],
    ['with an escaped slash', `/dicom-web${own}/bulk%2F1`],
    ['with a line break', `/dicom-web${own}/bulk\r\nX: y`],
    ['of no study', '/dicom-web/bulk/1'],
    ['above the studies', '/dicom-web/studies'],
    ['of another server', '//evil.example/bulk'],
    ['that is empty', ''],
    ['that is too long for a URL', `/dicom-web${own}/${'x'.repeat(4000)}`],
  ])('%s gives no link, and the attribute goes', async (_, uri) => {
    await using origin = await startQuirkyOrigin(withAddress(uri));
    await using gateway = await startTestGateway(origin.url);
    expect(await addressIn(gateway)).toBeUndefined();
    expect(origin.requests).toHaveLength(1);
  });

  test('without UIDs is taken below a configured prefix, and only while it is configured', async () => {
    await using origin = await startQuirkyOrigin(withAddress('http://pacs/bulk/1'));
    await using gateway = await startTestGateway(origin.url, { bulkDataPrefixes: ['/bulk'] });
    const link = (await addressIn(gateway)) ?? '';
    expect((await rawRequest(gateway.port, pathOf(link))).body).toBe('value');

    await using stricter = await startTestGateway(origin.url);
    const { status, body } = await rawRequest(stricter.port, pathOf(link));
    expect(status).toBe(404);
    expect(JSON.parse(body).code).toBe('NOT_FOUND');
    expect(stricter.reports).toEqual([]);
  });

  test.each(['/dicom-web/studies', '/dicom-web/studies/1.2.3/bulk/1', '/admin', '//evil.example/x', `${own}/../x`])(
    'signed as %s all the same is not followed',
    async (originPath) => {
      await using origin = await startQuirkyOrigin(withAddress(''));
      await using gateway = await startTestGateway(origin.url);
      const { url } = gateway.links.bulkData('test', image, { attributePath: 'EncapsulatedDocument', originPath });
      expect((await rawRequest(gateway.port, pathOf(url))).status).toBe(404);
      expect(origin.requests).toEqual([]);
    },
  );
});

describe('a link in metadata', () => {
  test('ends with the link that gave the metadata', async () => {
    await using origin = await startQuirkyOrigin(withAddress('bulk/1'));
    await using gateway = await startTestGateway(origin.url);
    const { url } = gateway.links.metadata('test', image);
    gateway.clock.now = noon + 590;
    const [dataSet] = (await (await fetch(url)).json()) as Record<string, { BulkDataURI: string }>[];
    const link = dataSet?.['00420011']?.BulkDataURI ?? '';
    expect((await fetch(link)).status).toBe(200);
    gateway.clock.now = noon + 600;
    expect((await fetch(link)).status).toBe(410);
  });
});

describe('a value that the origin writes into its metadata', () => {
  const sample = Buffer.from([0, 1, 250, 255]);
  const answer: QuirkyAnswer = (socket) =>
    reply(
      socket,
      json([
        {
          ...uids,
          '00282000': { vr: 'OB', InlineBinary: sample.toString('base64') },
          '54000100': { vr: 'SQ', Value: [{ '54001010': { vr: 'OW', InlineBinary: sample.toString('base64') } }] },
          '00420011': { vr: 'OB', BulkDataURI: 'bulk/1' },
          '00080060': { vr: 'CS', Value: ['CT'] },
        },
      ]),
    );

  test.each(['ICCProfile', '00282000', 'WaveformSequence[0].WaveformData'])('is given from there: %s', async (path) => {
    await using origin = await startQuirkyOrigin(answer);
    await using gateway = await startTestGateway(origin.url);
    const { url } = gateway.links.bulkData('test', image, { attributePath: path, originPath: null });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-length')).toBe('4');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(sample);
  });

  test.each(['EncapsulatedDocument', 'Modality', 'PixelData', 'WaveformSequence[1].WaveformData'])(
    'is not found where it is none: %s',
    async (path) => {
      await using origin = await startQuirkyOrigin(answer);
      await using gateway = await startTestGateway(origin.url);
      const { url } = gateway.links.bulkData('test', image, { attributePath: path, originPath: null });
      expect((await fetch(url)).status).toBe(404);
    },
  );
});

describe('metadata of instances that are not of what is granted', () => {
  test.each([
    ['another study', { '0020000D': { vr: 'UI', Value: ['1.2.3'] } }],
    ['another series', { '0020000E': { vr: 'UI', Value: ['1.2.3'] } }],
  ])('is left out: %s', async (_, other) => {
    await using origin = await startQuirkyOrigin((socket) => reply(socket, json([{ ...uids, ...other }, uids])));
    await using gateway = await startTestGateway(origin.url);
    const response = await fetch(gateway.links.metadata('test', { study, series }).url);
    expect(await response.json()).toEqual([uids]);
  });

  test('is not found where nothing is left', async () => {
    const other = { ...uids, '00080018': { vr: 'UI', Value: ['1.2.3'] } };
    await using origin = await startQuirkyOrigin((socket) => reply(socket, json([other])));
    await using gateway = await startTestGateway(origin.url);
    expect((await fetch(gateway.links.metadata('test', image).url)).status).toBe(404);
  });
});
