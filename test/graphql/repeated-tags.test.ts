import { afterAll, beforeAll, expect, test } from 'vitest';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';

/** Two overlays, of which PS3.6 has one keyword, and an icon, whose pixels have the tag of the image's. */
const image = dicomFile({
  ...tinyImage,
  PatientID: 'P',
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
  '60000022': 'of the first',
  '60020022': 'of the second',
  IconImageSequence: [{ ...tinyImage, PixelData: Uint16Array.of(7, 8, 9, 10) }],
});

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files: [image] } });
});
afterAll(() => graphql[Symbol.asyncDispose]());

test('an overlay beyond the first is asked for by its own tag, not by the keyword, which means the first', async () => {
  const { data, errors } = await graphql.query(`{ instance(sopInstanceUID: "1.1.1.1") {
    attributes(paths: ["60000022", "60020022", "60040022"]) { tag ... on TextAttribute { values } }
  } }`);
  expect(errors).toBeUndefined();
  expect(data.instance.attributes).toEqual([
    { tag: '60000022', values: ['of the first'] },
    { tag: '60020022', values: ['of the second'] },
    null,
  ]);
});

test.each([
  ['of the second', 1],
  ['of the first', 0],
])('a filter on the second overlay meets its own text alone: %s', async (equals, found) => {
  const { data, errors } = await graphql.query(
    `query($f: InstanceFilter) { searchInstances(filter: $f) { nodes { sopInstanceUID } } }`,
    { f: { attributes: [{ path: '60020022', match: { text: { equals } } }] } },
  );
  expect(errors).toBeUndefined();
  expect(data.searchInstances.nodes).toHaveLength(found);
});

test('the pixels of an icon have a link, as no frame has them; those of the image have none', async () => {
  const { data, errors } = await graphql.query(`{ instance(sopInstanceUID: "1.1.1.1") {
    attributes(paths: ["IconImageSequence[0].PixelData", "PixelData"]) {
      ... on BinaryAttribute { bulkData { url } }
    }
    retrieve { bulkData { path } }
  } }`);
  expect(errors).toBeUndefined();
  expect(data.instance).toEqual({
    attributes: [{ bulkData: { url: expect.any(String) } }, { bulkData: null }],
    retrieve: { bulkData: [{ path: 'IconImageSequence[0].PixelData' }] },
  });
});
