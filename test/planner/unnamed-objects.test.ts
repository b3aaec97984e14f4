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

async function start(found: readonly object[] = rows) {
  const origin = await startQuirkyOrigin((socket) => reply(socket, json(found)));
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
  const comments = { '00204000': { vr: 'LT', Value: ['Upright'] } };
  const found = ['abcd', '1.1.1.2'].map((instance) => ({ ...row('1.1', '1.1.1', instance), ...sopClass, ...comments }));
  const { data, errors } = await (await start(found)).query(
    '{ searchInstances { nodes { attribute(path: "ImageComments") { ... on TextAttribute { values } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.searchInstances.nodes).toEqual([{ attribute: { values: ['Upright'] } }]);
});
