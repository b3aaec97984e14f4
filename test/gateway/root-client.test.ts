import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { type ClientBody, createDicomwebClient } from '../support/dicomweb-client.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

const rle = '1.2.840.10008.1.2.5';
const everything = ['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA'] as const;

/** Three frames of 2 by 2: 0 to 3, 100 to 103, 200 to 203. */
const pixels = Uint16Array.of(0, 1, 2, 3, 100, 101, 102, 103, 200, 201, 202, 203);
const values = Uint16Array.from({ length: 4000 }, (_, index) => index);
const patient = { PatientID: 'P1', PatientName: 'Doe^Jane', StudyDate: '20240101', Modality: 'CT' };
const plainFile = dicomFile({
  ...tinyImage,
  ...patient,
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
  NumberOfFrames: '3',
  PixelData: pixels,
  EncapsulatedDocument: values,
});
const segments = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0]), Buffer.from([3, 9, 8, 7, 6, 0])]);
const rleHeader = Buffer.alloc(64);
rleHeader.writeUInt32LE(2, 0);
rleHeader.writeUInt32LE(64, 4);
rleHeader.writeUInt32LE(70, 8);
const rleFrame = Buffer.concat([rleHeader, segments]);
const rleFile = dicomFile(
  {
    ...tinyImage,
    ...patient,
    StudyInstanceUID: '1.1',
    SeriesInstanceUID: '1.1.2',
    SOPInstanceUID: '1.1.2.1',
    PixelData: { fragments: [Buffer.alloc(0), rleFrame] },
  },
  rle,
);
const otherFile = dicomFile({
  ...tinyImage,
  PatientID: 'P2',
  StudyInstanceUID: '1.2',
  SeriesInstanceUID: '1.2.1',
  SOPInstanceUID: '1.2.1.1',
});

let archive: TestArchive;
let gateway: TestGateway;
beforeAll(async () => {
  archive = await startTestArchive({ files: [plainFile, rleFile, otherFile] });
  gateway = await startTestGateway(archive.url);
});
afterAll(async () => {
  await gateway.close();
  await archive.close();
});

const studyRoot = () => gateway.links.dicomwebRoot('test', { study: '1.1' }, everything).url;
const client = () => createDicomwebClient(studyRoot());
const plain = { studyInstanceUID: '1.1', seriesInstanceUID: '1.1.1', sopInstanceUID: '1.1.1.1' };
const compressed = { studyInstanceUID: '1.1', seriesInstanceUID: '1.1.2', sopInstanceUID: '1.1.2.1' };
const bytes = (body: ArrayBuffer | undefined) => Buffer.from(body ?? new ArrayBuffer(0));
const uidsIn = (rows: readonly JsonDataSet[], tag: string) => rows.map((row) => row[tag]?.Value?.[0]);

describe('dicomweb-client at the root of a study', () => {
  test('finds the study and no other', async () => {
    expect(uidsIn(await client().searchForStudies(), '0020000D')).toEqual(['1.1']);
    const queryParams = { PatientName: 'DOE*', StudyDate: '20230101-', limit: 10, fuzzymatching: false };
    expect(uidsIn(await client().searchForStudies({ queryParams }), '0020000D')).toEqual(['1.1']);
    expect(await client().searchForStudies({ queryParams: { StudyInstanceUID: '1.2' } })).toEqual([]);
  });

  test('finds its series and instances, at the root and below the study', async () => {
    const series = ['1.1.1', '1.1.2'];
    expect(uidsIn(await client().searchForSeries(), '0020000E')).toEqual(series);
    expect(uidsIn(await client().searchForSeries({ studyInstanceUID: '1.1' }), '0020000E')).toEqual(series);
    const instances = ['1.1.1.1', '1.1.2.1'];
    expect(uidsIn(await client().searchForInstances(), '00080018')).toEqual(instances);
    expect(uidsIn(await client().searchForInstances({ studyInstanceUID: '1.1' }), '00080018')).toEqual(instances);
    const inSeries = { studyInstanceUID: '1.1', seriesInstanceUID: '1.1.2' };
    expect(uidsIn(await client().searchForInstances(inSeries), '00080018')).toEqual(['1.1.2.1']);
  });

  test('has the metadata of all levels', async () => {
    expect(uidsIn(await client().retrieveStudyMetadata(plain), '00080018')).toEqual(['1.1.1.1', '1.1.2.1']);
    expect(uidsIn(await client().retrieveSeriesMetadata(compressed), '00080018')).toEqual(['1.1.2.1']);
    expect(uidsIn(await client().retrieveInstanceMetadata(plain), '00080018')).toEqual(['1.1.1.1']);
  });

  test('has frames as it asks for them by default, decoded, one or several', async () => {
    const frames = await client().retrieveInstanceFrames({ ...plain, frameNumbers: [1, 3, 2] });
    expect(frames.map(bytes)).toEqual([0, 2, 1].map((i) => Buffer.from(pixels.slice(4 * i, 4 * i + 4).buffer)));
    const [decoded] = await client().retrieveInstanceFrames({ ...compressed, frameNumbers: [1] });
    expect([...bytes(decoded)]).toEqual([9, 0, 8, 0, 7, 0, 6, 0]);
  });

  test('has frames as stored', async () => {
    const mediaTypes = [{ mediaType: 'application/octet-stream', transferSyntaxUID: '*' }];
    const [frame] = await client().retrieveInstanceFrames({ ...compressed, frameNumbers: [1], mediaTypes });
    expect(bytes(frame).equals(rleFrame)).toBe(true);
    expect(frame).toMatchObject({ contentType: 'image/dicom-rle', transferSyntaxUID: rle });
    const byName = [{ mediaType: 'image/x-dicom-rle', transferSyntaxUID: rle }];
    const named = await client().retrieveInstanceFrames({ ...compressed, frameNumbers: [1], mediaTypes: byName });
    expect(bytes(named[0]).equals(rleFrame)).toBe(true);
  });

  test('has rendered images and thumbnails', async () => {
    const formatOf = async ([image]: ClientBody[]) => (await sharp(bytes(image)).metadata()).format;
    expect(await formatOf(await client().retrieveInstanceRendered(plain))).toBe('jpeg');
    const png = { ...plain, mediaTypes: [{ mediaType: 'image/png' }], queryParams: { window: '100,10,linear' } };
    expect(await formatOf(await client().retrieveInstanceRendered(png))).toBe('png');
    const frame = { ...plain, frameNumbers: [2], mediaTypes: [{ mediaType: 'image/*' }] };
    expect(await formatOf(await client().retrieveInstanceFramesRendered(frame))).toBe('jpeg');
    expect(await formatOf(await client().retrieveInstanceThumbnail(plain))).toBe('jpeg');
    expect(await formatOf(await client().retrieveInstanceFramesThumbnail(frame))).toBe('jpeg');
  });

  test('follows the addresses of bulk data', async () => {
    const [metadata] = await client().retrieveInstanceMetadata(plain);
    const { BulkDataURI = '' } = metadata?.['00420011'] ?? {};
    expect(BulkDataURI).toMatch(`${studyRoot()}/studies/1.1/series/1.1.1/instances/1.1.1.1/bulkdata/`);
    const [asPart] = await client().retrieveBulkData({ BulkDataURI });
    expect(bytes(asPart).equals(Buffer.from(values.buffer))).toBe(true);
    const [single] = await createDicomwebClient(studyRoot(), 'bulkdata').retrieveBulkData({ BulkDataURI });
    expect(bytes(single).equals(Buffer.from(values.buffer))).toBe(true);
    expect(metadata?.['00081190']?.Value).toEqual([`${studyRoot()}/studies/1.1/series/1.1.1/instances/1.1.1.1`]);
  });

  test('has native objects: an instance, a series, the study', async () => {
    expect(bytes(await client().retrieveInstance(plain)).equals(plainFile)).toBe(true);
    expect(bytes(await client().retrieveInstance(compressed)).equals(rleFile)).toBe(true);
    const series = await client().retrieveSeries(compressed);
    expect(series.map((file) => bytes(file).equals(rleFile))).toEqual([true]);
    const study = await client().retrieveStudy(plain);
    expect(study.map((file) => bytes(file).length)).toEqual([plainFile.length, rleFile.length]);
  });

  test('gets nothing of another study', async () => {
    const other = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.1', sopInstanceUID: '1.2.1.1' };
    const notFound = { status: 404 };
    await expect(client().retrieveStudyMetadata(other)).rejects.toMatchObject(notFound);
    await expect(client().retrieveInstance(other)).rejects.toMatchObject(notFound);
    await expect(client().retrieveInstanceFrames({ ...other, frameNumbers: [1] })).rejects.toMatchObject(notFound);
    const disguised = { ...other, studyInstanceUID: '1.1' };
    await expect(client().retrieveInstance(disguised)).rejects.toMatchObject(notFound);
  });
});

describe('dicomweb-client at the root of a series', () => {
  const ofSeries = () =>
    createDicomwebClient(gateway.links.dicomwebRoot('test', { study: '1.1', series: '1.1.2' }, everything).url);

  test('has the series and what is in it', async () => {
    expect(uidsIn(await ofSeries().searchForSeries(), '0020000E')).toEqual(['1.1.2']);
    expect(uidsIn(await ofSeries().searchForSeries({ studyInstanceUID: '1.1' }), '0020000E')).toEqual(['1.1.2']);
    expect(uidsIn(await ofSeries().searchForInstances({ studyInstanceUID: '1.1' }), '00080018')).toEqual(['1.1.2.1']);
    expect(uidsIn(await ofSeries().retrieveSeriesMetadata(compressed), '00080018')).toEqual(['1.1.2.1']);
    expect(bytes(await ofSeries().retrieveInstance(compressed)).equals(rleFile)).toBe(true);
    const [frame] = await ofSeries().retrieveInstanceFrames({ ...compressed, frameNumbers: [1] });
    expect(bytes(frame).length).toBe(8);
  });

  test('gets nothing of the study above it, nor of another series', async () => {
    const notFound = { status: 404 };
    await expect(ofSeries().searchForStudies()).rejects.toMatchObject(notFound);
    await expect(ofSeries().retrieveStudyMetadata(plain)).rejects.toMatchObject(notFound);
    await expect(ofSeries().retrieveStudy(plain)).rejects.toMatchObject(notFound);
    await expect(ofSeries().retrieveSeriesMetadata(plain)).rejects.toMatchObject(notFound);
    await expect(ofSeries().retrieveInstanceMetadata(plain)).rejects.toMatchObject(notFound);
    await expect(ofSeries().retrieveInstance({ ...plain, seriesInstanceUID: '1.1.2' })).rejects.toMatchObject(notFound);
    const [row] = await ofSeries().searchForSeries();
    expect(row).toHaveProperty('00100010');
    for (const tag of ['00201206', '00201208', '00080061']) expect(row).not.toHaveProperty(tag);
  });
});

test('each request below a root costs the origin one, once it is known what is in it', async () => {
  const ours = client();
  await ours.retrieveStudyMetadata(plain);
  gateway.reports.length = 0;
  await ours.retrieveInstanceFrames({ ...plain, frameNumbers: [1] });
  await ours.retrieveInstanceRendered(plain);
  await ours.searchForSeries();
  expect(gateway.reports.map(({ transaction }) => transaction)).toEqual([
    'retrieve frames',
    'retrieve rendered',
    'search series',
  ]);
});
