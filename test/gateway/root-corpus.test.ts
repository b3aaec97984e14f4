import { rm } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { type CorpusFile, describeCorpus, storable } from '../support/corpus.ts';
import { asInManifest, distanceInMean, sha256 } from '../support/corpus-frames.ts';
import { createDicomwebClient, type DicomwebClient } from '../support/dicomweb-client.ts';
import { folderOf, forEachOf } from '../support/facade.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';

const everything = ['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA'] as const;
const unhurried = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 60_000,
  bodyIdleTimeoutMs: 60_000,
  maxMetadataBytes: 2 ** 27,
};
const withPixels = storable.filter(({ hasPixelData }) => hasPixelData);
const asStored = [{ mediaType: 'application/octet-stream', transferSyntaxUID: '*' }];

let gateway: TestGateway;
const rootOf = (file: CorpusFile) =>
  gateway.links.dicomwebRoot('test', { study: file.studyInstanceUID ?? '' }, everything).url;
const clientOf = (file: CorpusFile): DicomwebClient => createDicomwebClient(rootOf(file));
const uidsOf = (file: CorpusFile) => ({
  studyInstanceUID: file.studyInstanceUID,
  seriesInstanceUID: file.seriesInstanceUID,
  sopInstanceUID: file.sopInstanceUID,
});
const bytes = (body: ArrayBuffer | undefined) => Buffer.from(body ?? new ArrayBuffer(0));

async function storedFrame(file: CorpusFile): Promise<string> {
  const [frame] = await clientOf(file).retrieveInstanceFrames({
    ...uidsOf(file),
    frameNumbers: [1],
    mediaTypes: asStored,
  });
  return sha256(bytes(frame));
}

/** As dicomweb-client asks when it is told nothing: Explicit VR Little Endian. */
async function decodedFrame(file: CorpusFile): Promise<Buffer> {
  const [frame] = await clientOf(file).retrieveInstanceFrames({ ...uidsOf(file), frameNumbers: [1] });
  return bytes(frame);
}

/** Addresses in a data set, at any depth. */
const addressesIn = (dataSet: JsonDataSet): readonly string[] =>
  [...JSON.stringify(dataSet).matchAll(/"(?:BulkDataURI":|00081190":\{"vr":"UR","Value":\[)"([^"]*)"/g)].map(
    ([, address = '']) => address,
  );

async function checkSearches(): Promise<void> {
  const studies = new Map(storable.map((file) => [file.studyInstanceUID, file]));
  await forEachOf([...studies.values()], async (file) => {
    const client = clientOf(file);
    const own = storable.filter(({ studyInstanceUID }) => studyInstanceUID === file.studyInstanceUID);
    const uids = (rows: readonly JsonDataSet[], tag: string) => new Set(rows.map((row) => row[tag]?.Value?.[0]));
    expect(uids(await client.searchForStudies(), '0020000D')).toEqual(new Set([file.studyInstanceUID]));
    const series = new Set(own.map(({ seriesInstanceUID }) => seriesInstanceUID));
    expect(uids(await client.searchForSeries({ studyInstanceUID: file.studyInstanceUID }), '0020000E')).toEqual(series);
    const instances = new Set(own.map(({ sopInstanceUID }) => sopInstanceUID));
    expect(uids(await client.searchForInstances(), '00080018')).toEqual(instances);
    expect(uids(await client.retrieveStudyMetadata(uidsOf(file)), '00080018')).toEqual(instances);
  });
}

describeCorpus('dicomweb-client below roots of a folder of the corpus', () => {
  let folder: string;
  let archive: TestArchive;
  beforeAll(async () => {
    folder = await folderOf(storable);
    archive = await startTestArchive({ folder });
    gateway = await startTestGateway(archive.url, unhurried);
  });
  afterAll(async () => {
    expect(gateway.faults).toEqual([]);
    await gateway.close();
    await archive.close();
    await rm(folder, { recursive: true });
  });

  test('finds what is in each study, and nothing else', checkSearches);

  test('has frame 1 of every image as stored, the bytes of the manifest', async () => {
    await forEachOf(withPixels, async (file) => {
      expect([file.file, await storedFrame(file)]).toEqual([file.file, file.storedFrame1?.sha256]);
    });
  });

  test('has frame 1 of every image decoded, the pixels of the manifest', async () => {
    await forEachOf(withPixels, async (file) => {
      const frame = await decodedFrame(file);
      if (file.frame1?.lossy) expect(distanceInMean(frame, file), file.file).toBeLessThan(2);
      else expect([file.file, sha256(asInManifest(frame, file))]).toEqual([file.file, file.frame1?.sha256]);
    });
  });

  test('has every file byte for byte', async () => {
    await forEachOf(storable, async (file) => {
      const path = `/studies/${file.studyInstanceUID}/series/${file.seriesInstanceUID}/instances/${file.sopInstanceUID}`;
      const accept =
        'multipart/related; type=application/dicom; transfer-syntax=*, application/dicom; transfer-syntax=*; q=0.1';
      const response = await fetch(rootOf(file) + path, { headers: { accept } });
      expect(response.headers.get('content-type')).toMatch(/^multipart\/related; type="application\/dicom"; boundary=/);
      const asPart = Buffer.from(await response.arrayBuffer());
      expect(asPart.includes(`transfer-syntax=${file.transferSyntaxUID}`)).toBe(true);
      const single = await fetch(`${rootOf(file)}${path}?accept=application/dicom%3Btransfer-syntax=*`);
      expect([file.file, sha256(Buffer.from(await single.arrayBuffer()))]).toEqual([file.file, file.sha256]);
    });
  });

  test('has metadata whose addresses all lead below the root, and open', async () => {
    let followed = 0;
    await forEachOf(storable, async (file) => {
      const client = clientOf(file);
      const [dataSet = {}] = await client.retrieveInstanceMetadata(uidsOf(file));
      for (const address of addressesIn(dataSet)) {
        expect(address.startsWith(`${rootOf(file)}/studies/${file.studyInstanceUID}/`)).toBe(true);
        if (!address.includes('/bulkdata/')) continue;
        const [value] = await client.retrieveBulkData({ BulkDataURI: address });
        expect(value?.byteLength).toBeGreaterThan(0);
        followed++;
      }
    });
    expect(followed).toBeGreaterThan(20);
  });
});

/** As in test/end-to-end/orthanc.test.ts: what ends Orthanc 1.10 when it is asked to decode it is not asked for. */
const endsOrthanc = new Set(['sc/ct-jpeg-burned-in.dcm', 'seg/odd-510x510-rle.dcm']);
/** Those of every usual transfer syntax. */
const inPart = withPixels.filter(
  ({ file, frame1 }) => /^(?:ct|mr|us|codecs)\//.test(file) && frame1?.sha256 && !endsOrthanc.has(file),
);

describeOrthanc('dicomweb-client below roots of Orthanc with the corpus', () => {
  let orthanc: RunningOrthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc(storable);
    gateway = await startTestGateway(orthanc.url, { ...unhurried, credentials: orthanc.credentials });
    const { probeCapabilities } = await import('../../src/origin/capabilities/probe.ts');
    await probeCapabilities(gateway.origin);
  });
  afterAll(async () => {
    expect(gateway.faults).toEqual([]);
    await gateway.close();
    await orthanc.stop();
  });

  test('finds what is in each study, and nothing else', checkSearches);

  test('has frames as stored', async () => {
    const others: string[] = [];
    await forEachOf(inPart, async (file) => {
      const digest = await storedFrame(file).catch(() => 'refused');
      if (digest !== file.storedFrame1?.sha256) others.push(file.file);
    });
    // Orthanc 1.10.1 answers 400 to a stored frame of uncompressed 4:2:2.
    expect(others).toEqual(['us/ybr-full-422-uncompressed.dcm']);
  });

  test('has rendered images, thumbnails and native objects', async () => {
    const [file] = inPart;
    if (file === undefined) throw new Error('The corpus has no image');
    const client = clientOf(file);
    const [image] = await client.retrieveInstanceRendered(uidsOf(file));
    expect(await sharp(bytes(image)).metadata()).toMatchObject({
      format: 'jpeg',
      width: file.columns,
      height: file.rows,
    });
    const [thumbnail] = await client.retrieveInstanceThumbnail(uidsOf(file));
    expect((await sharp(bytes(thumbnail)).metadata()).format).toBe('jpeg');
    const native = await client.retrieveInstance(uidsOf(file));
    expect(bytes(native).toString('latin1', 128, 132)).toBe('DICM');
    const series = await client.retrieveSeries(uidsOf(file));
    const own = storable.filter(({ seriesInstanceUID }) => seriesInstanceUID === file.seriesInstanceUID);
    expect(series.length).toBe(own.length);
  });

  test('gets nothing of another study by the UIDs that it has there', async () => {
    const [file, other] = [
      inPart[0],
      inPart.find(({ studyInstanceUID }) => studyInstanceUID !== inPart[0]?.studyInstanceUID),
    ];
    if (file === undefined || other === undefined) throw new Error('The corpus has one study');
    const disguised = { ...uidsOf(other), studyInstanceUID: file.studyInstanceUID };
    const notFound = { status: 404 };
    await expect(clientOf(file).retrieveInstance(disguised)).rejects.toMatchObject(notFound);
    await expect(clientOf(file).retrieveInstanceFrames({ ...disguised, frameNumbers: [1] })).rejects.toMatchObject(
      notFound,
    );
    await expect(clientOf(file).retrieveInstanceRendered(disguised)).rejects.toMatchObject(notFound);
    await expect(clientOf(file).retrieveSeries(disguised)).rejects.toMatchObject(notFound);
  });
});
