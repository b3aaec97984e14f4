import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { sampleStudies } from './sample-studies.ts';

const errors: unknown[] = [];
let archive: TestArchive;
beforeAll(async () => {
  const image = dicomFile({ ...tinyImage, StudyInstanceUID: '5', SeriesInstanceUID: '5.1', SOPInstanceUID: '5.1.1' });
  archive = await startTestArchive({ files: [...sampleStudies(), image], onError: (error) => errors.push(error) });
});
afterAll(() => archive.close());

const segment = fc.oneof(
  fc.constantFrom('studies', 'series', 'instances', 'metadata', 'rendered', 'thumbnail', 'frames', 'bulkdata'),
  fc.constantFrom('1.1', '1.1.1', '1.1.1.1', '5', '5.1', '5.1.1', '1', '1,1', '7FE00010', '..', '%2e', ''),
);
const resource = fc.oneof(
  fc.array(segment, { maxLength: 9 }).map((segments) => `/${segments.join('/')}`),
  fc.constantFrom(
    '/studies',
    '/series',
    '/instances',
    '/studies/1.1/instances',
    '/studies/5/series/5.1/instances/5.1.1/rendered',
  ),
);
const value = fc
  .oneof(
    fc.constantFrom(
      '',
      '*',
      '1',
      '-',
      '1-',
      '20240115',
      '1.1,5',
      'image/png',
      'true',
      '100,100',
      '1,2,linear',
      'all',
      '1e999',
      '\0',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  .map(encodeURIComponent);
const name = fc.constantFrom(
  ...['PatientName', '00100010', 'StudyDate', 'StudyTime', 'InstanceNumber', 'PixelData', 'ImageType', '00091001'],
  ...['RequestAttributesSequence', '00400275.00400009', 'StudyInstanceUID', 'AcquisitionDateTime', '__proto__'],
  ...['limit', 'offset', 'orderby', 'includefield', 'fuzzymatching', 'accept', 'viewport', 'window', 'quality', ''],
);
const query = fc
  .array(fc.tuple(name, value), { maxLength: 4 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));

test('any request has an answer, and none is a fault of ours', async () => {
  await fc.assert(
    fc.asyncProperty(resource, query, async (path, parameters) => {
      const response = await archive.get(`${path}?${parameters}`);
      await response.arrayBuffer();
      expect([200, 204, 400, 404, 406]).toContain(response.status);
    }),
    { numRuns: 600 },
  );
  expect(errors).toEqual([]);
});
