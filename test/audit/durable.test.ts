import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { type Audited, startAudited } from '../support/audited.ts';
import { holdDisk } from '../support/held-disk.ts';

const fileOf = (instance: string): Buffer =>
  dicomFile({ ...tinyImage, StudyInstanceUID: '2.25.51', SeriesInstanceUID: '2.25.52', SOPInstanceUID: instance });

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [fileOf('2.25.53')], writable: true });
});
afterAll(() => archive.close());

/** A URL of an answer. */
async function urlOf({ facade }: Audited, operation: string): Promise<string> {
  const [url = ''] = /http:[^"]*\/(?:links|dicomweb)\/[^"]*/.exec(JSON.stringify(await facade.data(operation))) ?? [];
  return url;
}

type Ask = (audited: Audited) => Promise<() => Promise<Response>>;
const asking =
  (query: string): Ask =>
  async ({ post }) =>
  () =>
    post({ query });
const opening =
  (field: string, below = ''): Ask =>
  async (audited) => {
    const url = await urlOf(audited, `{ searchStudies { nodes { retrieve { ${field} { url } } } } }`);
    return () => fetch(`${url}${below}`);
  };

test.each<readonly [string, Ask]>([
  ['a search', asking('{ searchStudies { nodes { studyInstanceUID } } }')],
  ['a count', asking('{ studyStatistics { studies } }')],
  ['links', asking('{ searchStudies { nodes { retrieve { native { url } } } } }')],
  ['a link to send files to', asking('mutation { createUpload(input: {}) { url } }')],
  ['a revocation', asking('mutation { revokeLinks(input: { target: { subject: "nobody" } }) { epoch } }')],
  ['a native study', opening('native')],
  ['metadata', opening('metadata')],
  ['an image', opening('thumbnail')],
  ['a search below a DICOMweb root', opening('dicomweb', '/series')],
  [
    'the report of an upload',
    async (audited) => {
      const url = await urlOf(audited, 'mutation { createUpload(input: {}) { url } }');
      return () =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/dicom' },
          body: new Uint8Array(fileOf('2.25.54')),
        });
    },
  ],
])('%s leaves when its event is on disk, and not a byte of it before', async (_what, prepare) => {
  const audited = await startAudited({ origin: archive.url });
  const ask = await prepare(audited);
  const before = (await audited.trail()).length;
  const disk = await holdDisk();
  let hasBegun = false;
  const answer = ask().then((response) => {
    hasBegun = true;
    return response;
  });
  await vi.waitFor(() => expect(disk.isAsked() || hasBegun).toBe(true), 5_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(hasBegun).toBe(false);
  disk.release();
  const response = await answer;
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  expect((await audited.trail()).length).toBeGreaterThan(before);
});
