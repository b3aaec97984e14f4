import { expect, onTestFinished, test } from 'vitest';
import { startGraphql } from '../support/graphql.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const row = (study: string, series: string, instance: string) => ({
  '00080018': { vr: 'UI', Value: [instance] },
  '0020000D': { vr: 'UI', Value: [study] },
  '0020000E': { vr: 'UI', Value: [series] },
});

/** Hexadecimal digests stand for UIDs in files that someone de-identified; Orthanc 1.10 takes them. */
const rows = [row('1.1', '1.1.1', '1.1.1.1'), row('05fa', 'dbf6', 'dccc'), row('1.2', '1.2.1', 'abcd')];

/** @param metadata - What its metadata says, where that is not what its rows say. */
async function start(found: readonly object[] = rows, metadata = found) {
  const origin = await startQuirkyOrigin((socket, { target }) =>
    reply(socket, json(target.endsWith('/metadata') ? metadata : found)),
  );
  onTestFinished(() => origin.close());
  const graphql = await startGraphql({ capabilities: {}, urls: { digests: origin.url } });
  onTestFinished(() => graphql[Symbol.asyncDispose]());
  return graphql;
}

test('objects whose keys are no UIDs are left out of a search, and told of', async () => {
  const { data, errors, extensions } = await (await start()).query(`{
    searchStudies { totalCount nodes { studyInstanceUID } }
    searchInstances { totalCount nodes { sopInstanceUID } }
  }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    searchStudies: { totalCount: 2, nodes: [{ studyInstanceUID: '1.1' }, { studyInstanceUID: '1.2' }] },
    searchInstances: { totalCount: 1, nodes: [{ sopInstanceUID: '1.1.1.1' }] },
  });
  const message = 'UI: not a UID: the object is left out';
  expect(extensions).toMatchObject({
    warnings: [
      { code: 'DICOM_VALUE', message, attribute: 'StudyInstanceUID', count: 2 },
      { code: 'DICOM_VALUE', message, attribute: 'SOPInstanceUID', count: 1 },
    ],
  });
});

test('they do not take the others of a tree with them', async () => {
  const { data, errors } = await (await start()).query(
    '{ searchStudies { nodes { studyInstanceUID series { nodes { instances { nodes { sopInstanceUID } } } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.searchStudies.nodes).toEqual([
    { studyInstanceUID: '1.1', series: { nodes: [{ instances: { nodes: [{ sopInstanceUID: '1.1.1.1' }] } }] } },
    { studyInstanceUID: '1.2', series: { nodes: [] } },
  ]);
});

test('nor the metadata of the others', async () => {
  const sopClass = { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] } };
  const found = ['abcd', '1.1.1.2'].map((instance) => row('1.1', '1.1.1', instance));
  const metadata = found.map((dataSet) => ({ ...dataSet, ...sopClass }));
  const { data, errors } = await (await start(found, metadata)).query(
    '{ searchInstances { nodes { __typename sopInstanceUID } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.searchInstances.nodes).toEqual([{ __typename: 'CTImage', sopInstanceUID: '1.1.1.2' }]);
});
