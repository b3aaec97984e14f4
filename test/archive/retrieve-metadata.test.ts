import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { sampleStudies } from './sample-studies.ts';

const image = dicomFile({ ...tinyImage, StudyInstanceUID: '5', SeriesInstanceUID: '5.1', SOPInstanceUID: '5.1.1' });
const quoting = dicomFile({
  StudyInstanceUID: '6',
  SeriesInstanceUID: '6.1',
  SOPInstanceUID: '6.1.1',
  StudyDescription: '{"vr":"OB","BulkDataURI":"bulkdata/7FE00010"}',
});

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [...sampleStudies(), image, quoting] });
});
afterAll(() => archive.close());

describe('metadata (PS3.18 §10.4.1.1.2)', () => {
  test.each([
    ['/studies/1.1', ['1.1.2.1', '1.1.1.1', '1.1.1.2', '1.1.1.3']],
    ['/studies/1.1/series/1.1.1', ['1.1.1.1', '1.1.1.2', '1.1.1.3']],
    ['/studies/1.1/series/1.1.1/instances/1.1.1.2', ['1.1.1.2']],
  ])('%s is an array of the data sets of its instances', async (path, instances) => {
    const response = await archive.get(`${path}/metadata`);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const dataSets = (await response.json()) as JsonDataSet[];
    expect(dataSets.map((dataSet) => dataSet['00080018']?.Value?.[0])).toEqual(instances);
  });

  test('has the stored transfer syntax, pixel data by an absolute URL, and no group 2', async () => {
    const path = '/studies/5/series/5.1/instances/5.1.1';
    const [dataSet] = (await (await archive.get(`${path}/metadata`)).json()) as [JsonDataSet];
    expect(dataSet['00083002']).toEqual({ vr: 'UI', Value: ['1.2.840.10008.1.2.1'] });
    expect(dataSet['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: `${archive.url}${path}/bulkdata/7FE00010` });
    expect(Object.keys(dataSet).filter((tag) => tag.startsWith('0002'))).toEqual([]);
  });

  test('text that looks like a bulk data reference stays as it is', async () => {
    const [dataSet] = (await (await archive.get('/studies/6/metadata')).json()) as [JsonDataSet];
    expect(dataSet['00081030']?.Value).toEqual(['{"vr":"OB","BulkDataURI":"bulkdata/7FE00010"}']);
  });

  test.each([
    ['application/dicom+json', 'application/dicom+json'],
    ['application/json', 'application/json'],
    ['*/*', 'application/dicom+json'],
    ['multipart/related; type="application/dicom+xml", application/dicom+json;q=0.5', 'application/dicom+json'],
  ])('comes for %s as %s', async (accept, contentType) => {
    const response = await archive.get('/studies/1.2/metadata', { accept });
    expect(response.headers.get('content-type')).toBe(contentType);
    await response.arrayBuffer();
  });

  test.each(['multipart/related; type="application/dicom+xml"', 'text/html', 'application/dicom+json;q=0'])(
    'is 406 for %s, as searches are',
    async (accept) => {
      for (const path of ['/studies/1.2/metadata', '/studies']) {
        expect((await archive.get(path, { accept })).status).toBe(406);
      }
    },
  );

  test('is gzip for those who take it, and says so', async () => {
    const url = `${archive.url}/studies/1.1/metadata`;
    const plain = await request(url);
    const zipped = await request(url, { headers: { 'accept-encoding': 'br, gzip;q=0.8' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers['vary']).toContain('Accept-Encoding');
    expect(gunzipSync(Buffer.from(await zipped.body.arrayBuffer())).toString()).toBe(await plain.body.text());
    const refused = await request(url, { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers['content-encoding']).toBeUndefined();
    await refused.body.dump();
  });
});

test('two patients under one Study Instance UID are two studies, and one resource', async () => {
  const files = ['A', 'B'].map((PatientID, i) =>
    dicomFile({ PatientID, StudyInstanceUID: '7', SeriesInstanceUID: '7.1', SOPInstanceUID: `7.1.${i}` }),
  );
  await using shared = await startTestArchive({ files });
  expect(shared.stats).toMatchObject({ studies: 2, series: 2, instances: 2 });
  const rows = await shared.search('/studies');
  expect(rows.map((row) => [row['00100020']?.Value, row['00201208']?.Value])).toEqual([
    [['A'], [1]],
    [['B'], [1]],
  ]);
  expect(await shared.search('/studies?PatientID=B')).toHaveLength(1);
  expect(await shared.search('/studies/7/series')).toHaveLength(2);
  expect(await (await shared.get('/studies/7/metadata')).json()).toHaveLength(2);
});

test('every request is told of once, decoded, with its status', async () => {
  const requests: string[] = [];
  await using told = await startTestArchive({
    files: [image],
    onRequest: ({ method, path, parameters, status }) => {
      requests.push(`${method} ${path} ${parameters?.map((pair) => pair.join('=')).join('&')} ${status}`);
    },
  });
  await told.search('/studies?PatientName=%E5%B1%B1&limit=1');
  await (await told.get('/studies/5/metadata')).arrayBuffer();
  await told.get('/nothing');
  expect(requests).toEqual([
    'GET /studies PatientName=山&limit=1 204',
    'GET /studies/5/metadata  200',
    'GET /nothing  404',
  ]);
});
