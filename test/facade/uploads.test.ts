import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { bodyOf, startTestFacade, type TestFacade } from '../support/facade.ts';
import { multipartOf, postFiles } from '../support/upload.ts';

const file = (instance: string, study = '1.77'): Buffer =>
  dicomFile({
    ...tinyImage,
    PatientName: 'Upload^Una',
    PatientID: 'U-1',
    Modality: 'CT',
    StudyInstanceUID: study,
    SeriesInstanceUID: `${study}.1`,
    SOPInstanceUID: instance,
  });

async function start(settings: SettingsInput = {}): Promise<TestFacade> {
  const facade = await startTestFacade(settings);
  onTestFinished(() => facade.close());
  return facade;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'uploads-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

interface Created {
  readonly createUpload: { readonly url: string; readonly maxBytes: number } | null;
}
const createUpload = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { url maxBytes } }';
async function linkOf(facade: TestFacade, input: object = {}): Promise<string> {
  const { createUpload: made } = await facade.data<Created>(createUpload, { input });
  return made?.url ?? '';
}

const study = `{ study(studyInstanceUID: "1.77") {
  numberOfStudyRelatedInstances
  patient { patientName { formatted } }
  instances { nodes { sopInstanceUID retrieve { native { url } } } }
} }`;
interface StudyAnswer {
  readonly study: {
    readonly numberOfStudyRelatedInstances: number;
    readonly instances: {
      readonly nodes: readonly { sopInstanceUID: string; retrieve: { native: { url: string } } }[];
    };
  } | null;
}

test('what is uploaded to the demo is there in the next query, byte for byte', async () => {
  const facade = await start();
  expect((await facade.data<StudyAnswer>(study)).study).toBeNull();
  const files = [file('1.77.1.1'), file('1.77.1.2')];
  const answer = await postFiles(await linkOf(facade, { studyInstanceUID: '1.77' }), files);
  expect([answer.status, answer.stored]).toEqual([200, ['1.77.1.1', '1.77.1.2']]);
  const { study: found } = await facade.data<StudyAnswer>(study);
  expect(found).toMatchObject({
    numberOfStudyRelatedInstances: 2,
    patient: { patientName: { formatted: 'Una Upload' } },
  });
  const urls = found?.instances.nodes.map(({ retrieve }) => retrieve.native.url) ?? [];
  expect(await Promise.all(urls.map(bodyOf))).toEqual(files);
  expect((await postFiles(await linkOf(facade), [file('1.77.1.3')])).status).toBe(200);
  expect((await facade.data<StudyAnswer>(study)).study?.numberOfStudyRelatedInstances).toBe(3);
  expect(facade.faults).toEqual([]);
});

test('a link is spent after a restart, too', async () => {
  const [folder, stateFolder] = [await newFolder(), await newFolder()];
  const settings = { folder, stateFolder, folderWritable: true };
  const first = await startTestFacade(settings);
  const { pathname } = new URL(await linkOf(first));
  expect((await postFiles(`${first.url}${pathname}`, [file('1.77.1.1')])).status).toBe(200);
  await first.close();
  const second = await start(settings);
  const again = await postFiles(`${second.url}${pathname}`, [file('1.77.1.2')]);
  expect([again.status, again.json.code]).toEqual([403, 'LINK_INVALID']);
  expect((await second.data<StudyAnswer>(study)).study?.numberOfStudyRelatedInstances).toBe(1);
});

test('a folder is not written to unless a setting says so', async () => {
  const folder = await newFolder();
  const facade = await start({ folder });
  const { data, errors } = await facade.query<Created>(createUpload, { input: {} });
  expect(data?.createUpload).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'REPRESENTATION_UNAVAILABLE' } }]);
  expect(await readdir(folder)).toEqual([]);
});

test('the setting that lets a folder be written to goes with a folder', async () => {
  await expect(startTestFacade({ folderWritable: true })).rejects.toThrow('is for --folder, which is not set');
});

test('an upload larger than is configured is not to be had, and a larger body is 413', async () => {
  const facade = await start({ limits: { maxUploadBytes: 2_000 } });
  const { errors } = await facade.query<Created>(createUpload, { input: { maxBytes: 2_001 } });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', limit: 2_000 } }]);
  const { body, contentType } = multipartOf([Buffer.alloc(2_000)]);
  const init = { method: 'POST', headers: { 'content-type': contentType }, body: new Uint8Array(body) };
  expect((await fetch(await linkOf(facade), init)).status).toBe(413);
});

test('a page of an allowed origin may upload, and read what became of it', async () => {
  const facade = await start({ cors: { origins: ['https://viewer.example'] } });
  const url = await linkOf(facade);
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'https://viewer.example', 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Content-Type');
  const post = (origin: string) =>
    fetch(url, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/dicom' },
      body: new Uint8Array(file('1.77.1.9')),
    });
  expect((await post('https://evil.example')).status).toBe(403);
  const answer = await post('https://viewer.example');
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, 'https://viewer.example']);
});
