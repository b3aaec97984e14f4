import { expect, onTestFinished, test } from 'vitest';
import { startArchive } from '../../src/archive/server.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { startTestFacade } from '../support/facade.ts';

async function startOrigin(study: string): Promise<string> {
  const uids = { StudyInstanceUID: study, SeriesInstanceUID: `${study}.1`, SOPInstanceUID: `${study}.1.1` };
  const archive = await startArchive({ files: [dicomFile({ ...tinyImage, ...uids })] });
  onTestFinished(() => archive.close());
  return archive.url;
}

interface Studies {
  readonly searchStudies: { readonly nodes: readonly { readonly studyInstanceUID: string }[] };
}

const studies = 'query($origin: ID) { searchStudies(origin: $origin) { nodes { studyInstanceUID origin { id } } } }';

test('of several origins the first is the default, and each answers for itself', async () => {
  const origins = [
    { id: 'pacs', url: await startOrigin('1.1') },
    { id: 'vna', url: await startOrigin('1.2') },
  ];
  await using facade = await startTestFacade({ origins });
  const nodes = async (variables: object) =>
    (await facade.data<Studies>(studies, { ...variables })).searchStudies.nodes;
  expect(await nodes({})).toEqual([{ studyInstanceUID: '1.1', origin: { id: 'pacs' } }]);
  expect(await nodes({ origin: 'vna' })).toEqual([{ studyInstanceUID: '1.2', origin: { id: 'vna' } }]);
  const { errors } = await facade.query(studies, { origin: 'none' });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['UNKNOWN_ORIGIN']);
});

test('an origin that comes up later makes the facade ready, without a restart', async () => {
  const gone = await startArchive({ files: [] });
  await gone.close(); // its port is free now: the origin is down
  await using facade = await startTestFacade({ origins: [{ id: 'down', url: gone.url }] });
  const readyStatus = async () => (await fetch(`${facade.url}/ready`)).status;
  expect(await readyStatus()).toBe(503);
  const { errors } = await facade.query(studies);
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['ORIGIN_UNREACHABLE']);
  const late = await startArchive({ files: [], port: Number(new URL(gone.url).port) });
  onTestFinished(() => late.close());
  await expect.poll(readyStatus, { timeout: 15_000 }).toBe(200);
  expect((await facade.data<Studies>(studies)).searchStudies.nodes).toEqual([]);
});
