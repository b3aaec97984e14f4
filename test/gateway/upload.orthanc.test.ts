import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeCapabilities } from '../../src/origin/capabilities/probe.ts';
import { ensureStoring } from '../../src/origin/store.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { corpusPath, storable } from '../support/corpus.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';
import { postFiles } from '../support/upload.ts';

const held = storable.filter(({ sopClassUID }) => sopClassUID === '1.2.840.10008.5.1.4.1.1.2').slice(0, 2);

/** private/explicit-vr-un-j2k.dcm: nearly all of its elements have VR UN, and Orthanc's report does not name it. */
const untold = '1.2.826.0.1.3680043.2.1125.1.8828356712501776637392831168989589';

describeOrthanc('Orthanc behind the gateway', () => {
  let orthanc: RunningOrthanc;
  let gateway: TestGateway;
  beforeAll(async () => {
    orthanc = await startOrthanc(held);
    gateway = await startTestGateway(orthanc.url, {
      credentials: orthanc.credentials,
      headersTimeoutMs: 30_000,
      bodyIdleTimeoutMs: 10_000,
      maxMetadataBytes: 64_000_000,
    });
    await probeCapabilities(gateway.origin);
  });
  afterAll(async () => {
    await gateway?.close();
    await orthanc?.stop();
  });
  const upload = (study: string | null = null) => gateway.links.upload('test', { study, maxBytes: 500_000_000 }).url;
  const file = (instance: string, study = '1.77') =>
    dicomFile({
      ...tinyImage,
      PatientID: 'U',
      StudyInstanceUID: study,
      SeriesInstanceUID: `${study}.1`,
      SOPInstanceUID: instance,
    });

  test('is seen to store, by a request that stores nothing', async () => {
    expect(await ensureStoring(gateway.origin)).toBe(true);
    expect(gateway.reports.at(-1)).toMatchObject({ method: 'POST' });
  });

  test('takes every file of the corpus that it has not, and is not sent those that it has', async () => {
    const others = storable.filter((one) => !held.includes(one));
    const taken = new Set<string>();
    const unique = others.filter(({ sopInstanceUID }) => {
      const isNew = !taken.has(sopInstanceUID ?? '') && !held.some((one) => one.sopInstanceUID === sopInstanceUID);
      taken.add(sopInstanceUID ?? '');
      return isNew;
    });
    const files = [...held, ...unique].map((one) => readFileSync(corpusPath(one)));
    const answer = await postFiles(upload(), files);
    expect(answer.status).toBe(202);
    expect(answer.failed).toEqual([...held.map(({ sopInstanceUID }) => [sopInstanceUID, 0x0111]), [untold, 0x0110]]);
    const uids = unique.map(({ sopInstanceUID }) => sopInstanceUID).filter((uid) => uid !== untold);
    expect([...answer.stored].sort()).toEqual(uids.sort());
  });

  test('takes files of one study, and none that it has of it', async () => {
    expect((await postFiles(upload('1.77'), [file('1.77.1.1'), file('1.77.1.2')])).status).toBe(200);
    const answer = await postFiles(upload('1.77'), [file('1.77.1.2'), file('1.77.1.3'), file('1.78.1.1', '1.78')]);
    expect(answer).toMatchObject({ status: 202, stored: ['1.77.1.3'] });
    expect(answer.failed).toEqual(
      expect.arrayContaining([
        ['1.77.1.2', 0x0111],
        ['1.78.1.1', 0xa901],
      ]),
    );
  });
});
