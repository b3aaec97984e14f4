import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { explicitVrLittleEndian } from '../../src/dicom/transfer-syntax.ts';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveFrame } from '../../src/origin/frame.ts';
import { retrieveInstance } from '../../src/origin/instance.ts';
import { retrieveMetadata } from '../../src/origin/metadata.ts';
import type { Origin } from '../../src/origin/origin.ts';
import type { Payload } from '../../src/origin/payload.ts';
import { search } from '../../src/origin/search.ts';
import { type CorpusFile, storable } from '../support/corpus.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';

const refOf = (file: CorpusFile) => ({
  study: parseUid(file.studyInstanceUID ?? ''),
  series: parseUid(file.seriesInstanceUID ?? ''),
  instance: parseUid(file.sopInstanceUID ?? ''),
});
const sha256Of = async ({ body }: Payload): Promise<string> =>
  createHash('sha256')
    .update(await buffer(body))
    .digest('hex');

describeOrthanc('Orthanc with the corpus', () => {
  let orthanc: RunningOrthanc;
  let origin: Origin;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    origin = createTestOrigin(orthanc.url, {
      credentials: orthanc.credentials,
      headersTimeoutMs: 30_000,
      bodyIdleTimeoutMs: 10_000,
      maxMetadataBytes: 64_000_000,
    });
  });
  afterAll(async () => {
    await origin?.close();
    await orthanc?.stop();
  });

  test('every instance comes byte for byte as stored', async () => {
    const different: string[] = [];
    for (const file of storable) {
      const sha256 = await sha256Of(await retrieveInstance(origin, refOf(file), { transferSyntax: '*' }));
      if (sha256 !== file.sha256) different.push(file.file);
    }
    expect(different).toEqual([]);
  });

  test('every first frame comes', async () => {
    const bad: unknown[] = [];
    for (const file of storable) {
      if (!file.hasPixelData) continue;
      try {
        const p = await retrieveFrame(origin, refOf(file), 1, { transferSyntax: '*' });
        const s = await sha256Of(p);
        if (file.storedFrame1 && s !== file.storedFrame1.sha256)
          bad.push([file.file, file.transferSyntaxUID, p.transferSyntaxUid, p.contentLength, file.storedFrame1.length]);
      } catch (e) {
        bad.push([file.file, file.transferSyntaxUID, String(e)]);
      }
      try {
        const p = await retrieveFrame(origin, refOf(file), 1, { transferSyntax: explicitVrLittleEndian });
        const s = await sha256Of(p);
        if (file.frame1?.sha256 && s !== file.frame1.sha256)
          bad.push([
            'DECODED',
            file.file,
            file.transferSyntaxUID,
            p.transferSyntaxUid,
            p.contentLength,
            file.frame1.length,
            file.bitsAllocated,
            file.photometricInterpretation,
          ]);
      } catch (e) {
        bad.push(['DECODED', file.file, file.transferSyntaxUID, String(e)]);
      }
    }
    console.log(bad.map((b) => JSON.stringify(b)).join('\n'));
  });
  test('metadata and search', async () => {
    const { dataSets } = await search(origin, { level: 'study', matches: new Map(), includeFields: [] });
    console.log(dataSets.length);
    let n = 0;
    for (const ds of dataSets) {
      const m = await retrieveMetadata(origin, { study: ds.uid(tagOf('StudyInstanceUID')) ?? parseUid('1') });
      n += m.length;
    }
    console.log(n);
  });
});
