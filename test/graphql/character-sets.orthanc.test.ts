import { afterAll, beforeAll, expect, test } from 'vitest';
import { charsetFiles, type KnownTexts, knownTexts, textsOf, textsQuery } from '../support/character-sets.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';

interface Found {
  readonly instance: {
    readonly study: {
      readonly studyDescription: string | null;
      readonly patient: { readonly patientName: { readonly raw: string } | null };
    };
    readonly attributes: Parameters<typeof textsOf>[0];
  };
}

async function store(orthanc: RunningOrthanc, bytes: Buffer): Promise<void> {
  const { user, password } = orthanc.credentials;
  const response = await fetch(orthanc.url.replace('/dicom-web', '/instances'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    body: new Uint8Array(bytes),
  });
  if (!response.ok) throw new Error(`Orthanc answered ${response.status}: ${await response.text()}`);
}

describeOrthanc('texts through Orthanc 1.10.1', () => {
  let orthanc: RunningOrthanc;
  let facade: TestFacade;
  beforeAll(async () => {
    orthanc = await startOrthanc(charsetFiles);
    for (const { bytes } of knownTexts) await store(orthanc, bytes);
    const { user, password } = orthanc.credentials;
    facade = await startTestFacade({ origin: orthanc.url, basic: `${user}:${password}` });
  });
  afterAll(async () => {
    await facade.close();
    await orthanc.stop();
  });

  const ask = ({ sopInstanceUID, studyInstanceUID }: KnownTexts) =>
    facade.data<Found>(textsQuery, { uid: sopInstanceUID, study: studyInstanceUID });

  test.each(knownTexts)('$name, $characterSet: names, LO, LT, and both in sequences', async (known) => {
    const { instance } = await ask(known);
    expect(textsOf(instance.attributes)).toEqual(known.texts);
    expect(instance.study.studyDescription).toBe(known.texts['StudyDescription']?.[0]);
    expect(instance.study.patient.patientName?.raw).toBe(known.texts['PatientName']?.[0]);
  });

  test.each(charsetFiles)('$file: the name is that of the manifest', async (file) => {
    const { study } = await facade.data<{ study: Found['instance']['study'] }>(
      'query($u: UID!) { study(studyInstanceUID: $u) { studyDescription patient { patientName { raw } } } }',
      { u: file.studyInstanceUID },
    );
    expect(study.patient.patientName?.raw).toBe(file.patientName);
  });

  test.each(knownTexts)('$name is found by a piece of its name', async ({ texts, studyInstanceUID }) => {
    const [name = ''] = texts['PatientName'] ?? [];
    const { searchStudies } = await facade.data<{ searchStudies: { nodes: readonly object[] } }>(
      'query($f: StudyFilter) { searchStudies(filter: $f) { nodes { studyInstanceUID } } }',
      { f: { patientName: { contains: name.split(/[\^=]/).at(-1) } } },
    );
    expect(searchStudies.nodes).toContainEqual({ studyInstanceUID });
  });
});
