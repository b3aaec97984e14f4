import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { entryOfKeyword } from '../../src/dicom/dictionary.ts';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { type CorpusFile, corpus, corpusFolder, corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { asInManifest, distanceInMean, laidOutByMetadata, sha256 } from '../support/corpus-frames.ts';

const pathOf = (file: CorpusFile): string =>
  `/studies/${file.studyInstanceUID}/series/${file.seriesInstanceUID}/instances/${file.sopInstanceUID}`;
const firstOf = (row: JsonDataSet | undefined, keyword: string): unknown =>
  row?.[entryOfKeyword(keyword)?.tag ?? '']?.Value?.[0] ?? null;

/** IS is a number in DICOM JSON, or a string: `01` (PS3.18 §F.2.3.1). */
function numberOf(row: JsonDataSet | undefined, keyword: string): number | null {
  const value = firstOf(row, keyword);
  return value === null ? null : Number(value);
}

/** As it is in a file: groups joined by `=`. */
function nameOf(row: JsonDataSet | undefined): string | null {
  const name = firstOf(row, 'PatientName') as Record<string, string> | null;
  if (!name) return null;
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => name[group] ?? '');
  return groups.join('=').replace(/=+$/, '');
}

async function bodyOf(archive: TestArchive, path: string, accept: string): Promise<Buffer> {
  const response = await archive.get(path, { accept });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

describeCorpus('an archive over the corpus', () => {
  let folder: string;
  let archive: TestArchive;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
    for (const [i, file] of storable.entries()) await symlink(corpusPath(file), join(folder, String(i)));
    archive = await startTestArchive({ folder });
  });
  afterAll(async () => {
    await archive.close();
    await rm(folder, { recursive: true });
  });

  test('holds every storable file, and starts within seconds', () => {
    expect(archive.stats).toMatchObject({ instances: storable.length, duplicates: 0, skipped: 0 });
    expect(archive.stats.indexingMs).toBeLessThan(5_000);
  });

  test.each(storable.map((file) => [file.file, file] as const))(
    '%s is found by UID, with the manifest’s values',
    async (_name, file) => {
      const rows = await archive.search(`/instances?SOPInstanceUID=${file.sopInstanceUID}`);
      const [row] = rows;
      expect(rows).toHaveLength(1);
      expect({
        studyInstanceUID: firstOf(row, 'StudyInstanceUID'),
        seriesInstanceUID: firstOf(row, 'SeriesInstanceUID'),
        sopClassUID: firstOf(row, 'SOPClassUID'),
        transferSyntaxUID: firstOf(row, 'AvailableTransferSyntaxUID'),
        modality: firstOf(row, 'Modality'),
        rows: firstOf(row, 'Rows'),
        columns: firstOf(row, 'Columns'),
        frames: firstOf(row, 'NumberOfFrames') ?? 1,
        patientName: nameOf(row),
        patientID: firstOf(row, 'PatientID'),
        instanceNumber: numberOf(row, 'InstanceNumber'),
      }).toEqual({
        studyInstanceUID: file.studyInstanceUID,
        seriesInstanceUID: file.seriesInstanceUID,
        sopClassUID: file.sopClassUID,
        transferSyntaxUID: file.transferSyntaxUID,
        modality: file.modality,
        rows: file.rows,
        columns: file.columns,
        frames: file.frames ?? 1,
        patientName: file.patientName || null,
        patientID: file.patientID || null,
        instanceNumber: file.instanceNumber,
      });
    },
  );

  test('native objects are the files, byte for byte', async () => {
    for (const file of storable) {
      const native = await bodyOf(archive, pathOf(file), 'application/dicom; transfer-syntax=*');
      expect([file.file, sha256(native)]).toEqual([file.file, file.sha256]);
    }
  });

  test('frame 1 as stored is what the manifest says', async () => {
    for (const file of storable) {
      if (!file.storedFrame1) continue;
      const frame = await bodyOf(archive, `${pathOf(file)}/frames/1`, '*/*; transfer-syntax=*');
      expect([file.file, sha256(frame)]).toEqual([file.file, file.storedFrame1.sha256]);
    }
  });

  test('frame 1 decoded is what the manifest says, but for the layouts listed', async () => {
    const otherwise: string[] = [];
    for (const file of storable) {
      if (!file.frame1) continue;
      const frame = await bodyOf(archive, `${pathOf(file)}/frames/1`, 'application/octet-stream');
      if (file.frame1.sha256 === undefined) {
        expect(distanceInMean(frame, file), file.file).toBeLessThan(2);
        continue;
      }
      if (sha256(frame) !== file.frame1.sha256) otherwise.push(file.file);
      expect([file.file, sha256(asInManifest(frame, file))]).toEqual([file.file, file.frame1.sha256]);
    }
    expect(otherwise.sort()).toEqual(Object.keys(laidOutByMetadata));
  });

  test('every image can be drawn', async () => {
    for (const file of storable) {
      if (!file.frame1) continue;
      for (const resource of ['rendered?viewport=64,64', 'thumbnail']) {
        const response = await archive.get(`${pathOf(file)}/${resource}`);
        expect([file.file, response.status]).toEqual([file.file, 200]);
        await response.arrayBuffer();
      }
    }
  });

  test('metadata of every study is DICOM JSON without pixels, and its references lead to values', async () => {
    for (const study of new Set(storable.map((file) => file.studyInstanceUID))) {
      const text = await (await archive.get(`/studies/${study}/metadata`)).text();
      const dataSets = JSON.parse(text) as JsonDataSet[];
      expect(dataSets.some((dataSet) => dataSet['7FE00010']?.InlineBinary !== undefined)).toBe(false);
      for (const [, url] of [...text.matchAll(/"BulkDataURI":"([^"]*)"/g)].slice(0, 5)) {
        const response = await fetch(url ?? '');
        expect([url, response.status]).toEqual([url, 200]);
        await response.body?.cancel();
      }
    }
  });
});

describeCorpus('an archive over the whole corpus, broken files and all', () => {
  test('indexes what is valid, counts the rest, and answers for all it indexed', async () => {
    await using archive = await startTestArchive({ folder: corpusFolder });
    const { instances, duplicates, skipped } = archive.stats;
    expect(instances + duplicates + skipped).toBe(corpus.length + 2); // manifest.json and README.md, too
    expect(instances).toBeGreaterThanOrEqual(storable.length);
    for (const row of await archive.search('/instances')) {
      const path = String(firstOf(row, 'RetrieveURL')).slice(archive.url.length);
      // A document has no viewport to be fitted into: asking for one is a bad request.
      const rendered = typeof firstOf(row, 'Rows') === 'number' ? '/rendered?viewport=32,32' : '/rendered';
      const resources = ['', '/metadata', '/frames/1', rendered, '/thumbnail'];
      await Promise.all(
        resources.map(async (resource) => {
          const response = await archive.get(`${path}${resource}`);
          expect([200, 404, 406], `${path}${resource}`).toContain(response.status);
          await response.body?.cancel();
        }),
      );
    }
  });
});
