import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { explicitVrLittleEndian } from '../../src/dicom/transfer-syntax.ts';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveBulkData } from '../../src/origin/bulk-data.ts';
import { rebaseBulkDataUri } from '../../src/origin/bulk-data-uri.ts';
import { probeCapabilities } from '../../src/origin/capabilities/probe.ts';
import { neverUsedUid } from '../../src/origin/capabilities/probe-search.ts';
import { profiles } from '../../src/origin/capabilities/profiles/profiles.ts';
import { retrieveFrame } from '../../src/origin/frame.ts';
import { retrieveInstance } from '../../src/origin/instance.ts';
import { retrieveMetadata } from '../../src/origin/metadata.ts';
import { retrieveNativeObjects } from '../../src/origin/native-objects.ts';
import type { Origin } from '../../src/origin/origin.ts';
import type { Payload } from '../../src/origin/payload.ts';
import { retrieveRendered } from '../../src/origin/rendered.ts';
import type { RequestReport } from '../../src/origin/request-report.ts';
import { type Level, type SearchQuery, search } from '../../src/origin/search.ts';
import { retrieveThumbnail } from '../../src/origin/thumbnail.ts';
import { readPart10 } from '../../src/part10/index.ts';
import { type CorpusFile, corpus, storable } from '../support/corpus.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';

const stored = { transferSyntax: '*' } as const;
const decoded = { transferSyntax: explicitVrLittleEndian } as const;

const refOf = (file: CorpusFile) => ({
  study: parseUid(file.studyInstanceUID ?? ''),
  series: parseUid(file.seriesInstanceUID ?? ''),
  instance: parseUid(file.sopInstanceUID ?? ''),
});
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const digestOf = async ({ body }: Payload): Promise<string> => sha256(await buffer(body));

function fileNamed(name: string): CorpusFile {
  const file = corpus.find((candidate) => candidate.file === name);
  if (!file) throw new Error(`The corpus has no ${name}`);
  return file;
}

function clientOf(orthanc: RunningOrthanc, reports: RequestReport[] = []): Origin {
  const config = {
    credentials: orthanc.credentials,
    headersTimeoutMs: 30_000,
    bodyIdleTimeoutMs: 10_000,
    maxMetadataBytes: 64_000_000,
  };
  return createTestOrigin(orthanc.url, config, { onRequest: (report) => void reports.push(report) });
}

describeOrthanc('Orthanc 1.10.1 with the corpus', () => {
  let orthanc: RunningOrthanc;
  let origin: Origin;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    origin = clientOf(orthanc);
    await probeCapabilities(origin);
  });
  afterAll(async () => {
    await origin?.close();
    await orthanc?.stop();
  });

  const searching = async (level: Level, matches: Record<string, string>, more: Partial<SearchQuery> = {}) =>
    search(origin, { level, matches: new Map(Object.entries(matches)), includeFields: [], ...more });
  const uidsOf = (dataSets: readonly DataSet[], keyword: string): (string | null)[] =>
    dataSets.map((dataSet) => dataSet.uid(tagOf(keyword)));

  test('it holds every storable file of the corpus', () => {
    expect(orthanc.instances).toBe(storable.length);
  });

  test('the probe finds what it can do', () => {
    expect(origin.capabilities).toMatchObject({
      uidListMatching: true,
      rootSeriesSearch: true,
      rootInstanceSearch: true,
      includeField: true,
      ordering: false,
      searchLimit: true,
      rawQueryValues: true,
    });
  });

  test('every instance is found by its UID, in lists as long as are allowed', async () => {
    const uids = storable.map((file) => file.sopInstanceUID ?? '');
    const found = new Set<string | null>();
    const { maxUidsPerList, maxQueryBytes } = origin.capabilities;
    const perList = Math.min(maxUidsPerList, Math.floor(maxQueryBytes / 66));
    for (let at = 0; at < uids.length; at += perList) {
      const part = uids.slice(at, at + perList);
      const padding = Array.from({ length: perList - part.length }, neverUsedUid);
      const { dataSets } = await searching('instance', { SOPInstanceUID: [...part, ...padding].join(',') });
      for (const uid of uidsOf(dataSets, 'SOPInstanceUID')) found.add(uid);
    }
    expect([...found].sort()).toEqual([...uids].sort());
  });

  test('the six searches answer', async () => {
    const file = fileNamed('ct/phantom-head/axial-08.dcm');
    const { study, series, instance } = refOf(file);
    const expected = new Set(
      storable.filter((other) => other.studyInstanceUID === study).map((other) => other.seriesInstanceUID),
    );
    const matches = { StudyInstanceUID: study };
    expect(uidsOf((await searching('study', matches)).dataSets, 'StudyInstanceUID')).toEqual([study]);
    expect(new Set(uidsOf((await searching('series', matches)).dataSets, 'SeriesInstanceUID'))).toEqual(expected);
    expect(
      new Set(uidsOf((await searching('series', {}, { scope: { study } })).dataSets, 'SeriesInstanceUID')),
    ).toEqual(expected);
    for (const scope of [undefined, { study }, { study, series }]) {
      const { dataSets } = await searching('instance', { SOPInstanceUID: instance }, scope ? { scope } : {});
      expect(uidsOf(dataSets, 'SOPInstanceUID')).toEqual([instance]);
    }
    expect((await searching('study', { StudyInstanceUID: neverUsedUid() })).dataSets).toEqual([]);
  });

  test('values that it does not decode are found all the same, by a wider search', async () => {
    for (const [keyword, value] of [
      ['PatientName', 'Doe^Archibald'],
      ['PatientName', 'Fall 3'],
      ['PatientName', 'Buc^Jérôme'],
      ['StudyDescription', 'XR C Spine Comp Min 4 Views'],
    ] as const) {
      const { dataSets, widened } = await searching('study', { [keyword]: value }, { includeFields: [keyword] });
      const values = dataSets.map(
        (dataSet) => dataSet.personName(tagOf(keyword))?.alphabetic?.raw ?? dataSet.text(tagOf(keyword)),
      );
      expect(values).toContain(value);
      expect(widened).toBe(/[^A-Za-z0-9^]/.test(value));
    }
  });

  test('metadata comes at three levels', async () => {
    const { study, series, instance } = refOf(fileNamed('ct/phantom-head/axial-08.dcm'));
    const count = (uid: 'studyInstanceUID' | 'seriesInstanceUID', value: string): number =>
      storable.filter((file) => file[uid] === value).length;
    expect(await retrieveMetadata(origin, { study })).toHaveLength(count('studyInstanceUID', study));
    expect(await retrieveMetadata(origin, { study, series })).toHaveLength(count('seriesInstanceUID', series));
    const own = await retrieveMetadata(origin, { study, series, instance });
    expect(uidsOf(own, 'SOPInstanceUID')).toEqual([instance]);
    expect(await rejectionOf(retrieveMetadata(origin, { study: neverUsedUid() }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('every instance comes byte for byte as stored', async () => {
    const different: string[] = [];
    for (const file of storable) {
      if ((await digestOf(await retrieveInstance(origin, refOf(file), stored))) !== file.sha256)
        different.push(file.file);
    }
    expect(different).toEqual([]);
  });

  test('every instance of a study comes in one body, ended by the end of the connection', async () => {
    const { study } = refOf(fileNamed('ct/phantom-head/axial-08.dcm'));
    const digests: string[] = [];
    for await (const { body } of await retrieveNativeObjects(origin, { study }, stored))
      digests.push(sha256(await buffer(body)));
    const expected = storable.filter((file) => file.studyInstanceUID === study).map((file) => file.sha256);
    expect(digests.sort()).toEqual(expected.sort());
  });

  test('the first frame of every image comes as stored, but for those it cannot take apart', async () => {
    const failed: Record<string, unknown> = {};
    for (const file of storable.filter((candidate) => candidate.storedFrame1)) {
      try {
        const payload = await retrieveFrame(origin, refOf(file), 1, stored);
        const { contentLength, transferSyntaxUid } = payload;
        const isRight =
          (await digestOf(payload)) === file.storedFrame1?.sha256 && contentLength === file.storedFrame1.length;
        if (!isRight || transferSyntaxUid !== file.transferSyntaxUID) failed[file.file] = 'different';
      } catch (error) {
        failed[file.file] = (error as { code?: string }).code;
      }
    }
    expect(failed).toEqual({
      // Two chroma samples for two pixels: it expects three samples a pixel.
      'us/ybr-full-422-uncompressed.dcm': 'REPRESENTATION_UNAVAILABLE',
      // Float Pixel Data.
      'pm/float32.dcm': 'REPRESENTATION_UNAVAILABLE',
      // One bit a pixel, and RLE.
      'seg/odd-510x510-rle.dcm': 'REPRESENTATION_UNAVAILABLE',
      // Several fragments for one frame.
      'codecs/ct0012/jpeg-extended-12bit-fragmented.dcm': 'REPRESENTATION_UNAVAILABLE',
    });
  });

  test('it converts to every transfer syntax that its profile says, and tells of none that an object is stored in', async () => {
    const file = fileNamed('codecs/us1/explicit-le.dcm');
    const { nativeSyntaxes, frameSyntaxes } = profiles.orthanc.capabilities;
    const given = async (retrieved: Promise<Payload>): Promise<string | null> => {
      const { body, transferSyntaxUid } = await retrieved;
      const bytes = await buffer(body);
      return transferSyntaxUid ?? readPart10(bytes).meta.transferSyntaxUid;
    };
    for (const uid of nativeSyntaxes ?? []) {
      expect(await given(retrieveInstance(origin, refOf(file), { transferSyntax: parseUid(uid) }))).toBe(uid);
    }
    for (const uid of frameSyntaxes ?? []) {
      expect(await given(retrieveFrame(origin, refOf(file), 1, { transferSyntax: parseUid(uid) }))).toBe(uid);
    }
    expect([nativeSyntaxes?.length, frameSyntaxes?.length]).toEqual([11, 8]);
    const [own] = await retrieveMetadata(origin, refOf(file));
    expect(own?.has(tagOf('AvailableTransferSyntaxUID'))).toBe(false);
  });

  test.each([
    'codecs/ct2/jpegls-lossless.dcm',
    'codecs/ct2/j2k-lossless.dcm',
    'cr/modality-lut-sequence-jpegll.dcm',
    'ct/abdomen-3slice/ct-01.dcm',
  ])('it decodes the first frame of %s', async (name) => {
    const file = fileNamed(name);
    const payload = await retrieveFrame(origin, refOf(file), 1, decoded);
    expect(payload).toMatchObject({ mediaType: 'application/octet-stream', transferSyntaxUid: explicitVrLittleEndian });
    expect(await digestOf(payload)).toBe(file.frame1?.sha256);
  });

  test('a frame past the end cannot be had', async () => {
    const ref = refOf(fileNamed('codecs/ct2/j2k-lossless.dcm'));
    expect(await rejectionOf(retrieveFrame(origin, ref, 2, stored))).toMatchObject({
      code: 'REPRESENTATION_UNAVAILABLE',
    });
    const missing = { ...ref, instance: neverUsedUid() };
    expect(await rejectionOf(retrieveFrame(origin, missing, 1, stored))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('bulk data comes from where its URI says, rebased', async () => {
    const file = fileNamed('doc/encapsulated-pdf.dcm');
    const ref = refOf(file);
    const [dataSet] = await retrieveMetadata(origin, ref);
    const element = dataSet?.element(tagOf('EncapsulatedDocument'));
    const uri = element?.kind === 'binary' ? element.bulkDataUri : null;
    const value = await buffer((await retrieveBulkData(origin, rebaseBulkDataUri(origin, uri ?? '', ref))).body);
    const native = await buffer((await retrieveInstance(origin, ref, stored)).body);
    expect(value.toString('latin1', 0, 5)).toBe('%PDF-');
    expect(native.includes(value)).toBe(true);
  });

  test('images are rendered, as JPEG or PNG, and thumbnails are small renderings', async () => {
    const { study, series, instance } = refOf(fileNamed('ct/abdomen-3slice/ct-01.dcm'));
    const png = await buffer(
      (
        await retrieveRendered(
          origin,
          { study, series, instance, frame: 1 },
          {
            mediaType: 'image/png',
            viewport: { width: 64, height: 64 },
            window: { center: 40, width: 400, function: 'linear' },
          },
        )
      ).body,
    );
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 64, 64]);
    for (const ref of [
      { study },
      { study, series },
      { study, series, instance },
      { study, series, instance, frame: 1 },
    ]) {
      const jpeg = await buffer((await retrieveThumbnail(origin, ref, {})).body);
      expect(jpeg.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    }
    expect(origin.capabilities.thumbnails).toBe(false);
    const report = refOf(fileNamed('sr/basic-text.dcm'));
    expect(await rejectionOf(retrieveRendered(origin, report, { mediaType: 'image/jpeg' }))).toMatchObject({
      code: 'REPRESENTATION_UNAVAILABLE',
    });
  });

  test('it refuses wrong credentials', async () => {
    const credentials = { ...orthanc.credentials, password: 'wrong' };
    await using stranger = createTestOrigin(orthanc.url, { credentials, headersTimeoutMs: 10_000 });
    const error = await rejectionOf(search(stranger, { level: 'study', matches: new Map(), includeFields: [] }));
    expect(error).toMatchObject({ code: 'ORIGIN_AUTH', status: 401 });
  });
});

describeOrthanc('Orthanc 1.10.1 with objects that it cannot give as stored', () => {
  const files = ['1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99']
    .map((syntax) => corpus.find((file) => file.transferSyntaxUID === syntax && file.valid && file.frame1?.sha256))
    .filter((file) => file !== undefined);
  const reports: RequestReport[] = [];
  let orthanc: RunningOrthanc;
  let origin: Origin;

  beforeAll(async () => {
    orthanc = await startOrthanc(files);
    origin = clientOf(orthanc, reports);
  });
  afterAll(async () => {
    await origin?.close();
    await orthanc?.stop();
  });

  test('a frame of a big-endian or deflated object comes decoded, by a second request', async () => {
    expect(files).toHaveLength(2);
    for (const file of files) {
      reports.length = 0;
      const payload = await retrieveFrame(origin, refOf(file), 1, stored);
      expect(payload.transferSyntaxUid).toBe(explicitVrLittleEndian);
      expect(await digestOf(payload)).toBe(file.frame1?.sha256);
      expect(reports.map(({ status }) => status)).toEqual([500, 200]);
    }
  });
});
