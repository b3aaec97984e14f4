import { expect, test } from 'vitest';
import { numberedFiles, startGraphql } from '../support/graphql.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const keys = (instance: string) => ({
  '0020000D': { vr: 'UI', Value: ['1.1'] },
  '0020000E': { vr: 'UI', Value: ['1.1.1'] },
  '00080018': { vr: 'UI', Value: [instance] },
  '00080060': { vr: 'CS', Value: ['CT'] },
});
const mrImage = { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.4'] } };

test('an instance whose row lacks the SOP Class has that of its metadata, whatever its modality', async () => {
  await using origin = await startQuirkyOrigin((socket, { target }) => {
    const isMetadata = target.includes('/metadata');
    reply(socket, json(['1.1.1.1', '1.1.1.2'].map((uid) => ({ ...keys(uid), ...(isMetadata ? mrImage : {}) }))));
  });
  await using graphql = await startGraphql({ archive: { files: [] }, urls: { quirky: origin.url } });
  const { data, errors } = await graphql.query(
    `{ series(seriesInstanceUID: "1.1.1", studyInstanceUID: "1.1", origin: "quirky") { instances { nodes {
       __typename sopClass { uid name } ... on MRImage { acquisition { echoTime } } } } } }`,
  );
  expect(errors).toBeUndefined();
  const expected = {
    __typename: 'MRImage',
    sopClass: { uid: '1.2.840.10008.5.1.4.1.1.4', name: 'MR Image Storage' },
    acquisition: { echoTime: null },
  };
  expect(data.series.instances.nodes).toEqual([expected, expected]);
  expect(origin.requests.filter(({ target }) => target.includes('/metadata'))).toHaveLength(1);
});

test('the transfer syntax of an instance has its name', async () => {
  await using graphql = await startGraphql({ archive: { files: numberedFiles(1, 1, 1) } });
  const { data, errors } = await graphql.query(
    '{ searchInstances { nodes { retrieve { availableTransferSyntaxes { uid name isLossy } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.searchInstances.nodes[0].retrieve.availableTransferSyntaxes).toEqual([
    { uid: '1.2.840.10008.1.2.1', name: 'Explicit VR Little Endian', isLossy: false },
  ]);
  expect(graphql.requests).toEqual(['GET /instances includefield limit']);
});
