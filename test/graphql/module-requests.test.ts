import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { ableOrigin, numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

const [instances] = [6];
const slice = {
  ImagePositionPatient: ['-100', '-120', '3.5'],
  ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
  PixelSpacing: ['0.7', '0.8'],
  SliceThickness: '2.5',
  WindowCenter: ['40', '-600'],
  WindowWidth: ['400', '1500'],
  WindowCenterWidthExplanation: ['SOFT', 'LUNG'],
  KVP: '120',
};

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({
    archive: { files: numberedFiles(1, 1, instances, slice) },
    capabilities: { able: ableOrigin, noIncludeField: { ...ableOrigin, includeField: false } },
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const series = (selection: string, origin = 'able') =>
  `{ series(seriesInstanceUID: "1.1.1", studyInstanceUID: "1.1", origin: "${origin}") { instances { nodes { ${selection} } } } }`;

const search = 'GET /studies/1.1/series/1.1.1/instances includefield limit';

describe('an origin that obeys includefield', () => {
  test('gives planes, windows and acquisition of all slices of a series with their rows', async () => {
    const { data, errors } = await graphql.query(
      series(`... on ImageInstance { imagePlane { imagePositionPatient imageOrientationPatient pixelSpacing }
        voiLut { windows { center width explanation } voiLutFunction } imagePixel { rows bitsStored } }
        ... on CTImage { acquisition { kvp exposure } }`),
    );
    expect(errors).toBeUndefined();
    expect(data.series.instances.nodes).toHaveLength(instances);
    expect(data.series.instances.nodes[0]).toEqual({
      imagePlane: {
        imagePositionPatient: [-100, -120, 3.5],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        pixelSpacing: [0.7, 0.8],
      },
      voiLut: {
        windows: [
          { center: 40, width: 400, explanation: 'SOFT' },
          { center: -600, width: 1500, explanation: 'LUNG' },
        ],
        voiLutFunction: 'LINEAR',
      },
      imagePixel: { rows: 2, bitsStored: 16 },
      acquisition: { kvp: 120, exposure: null },
    });
    expect(graphql.requests).toEqual([search]);
  });

  test('gives the only frame of each slice without metadata too', async () => {
    const { data } = await graphql.query(
      series('... on ImageInstance { multiFrame { numberOfFrames frames { number imagePlane { sliceThickness } } } }'),
    );
    expect(data.series.instances.nodes[0]).toEqual({
      multiFrame: { numberOfFrames: 1, frames: [{ number: 1, imagePlane: { sliceThickness: 2.5 } }] },
    });
    expect(graphql.requests).toEqual([search]);
  });

  test('is asked for metadata once where a sequence of every slice is read, and for nothing else', async () => {
    const { errors } = await graphql.query(
      series('... on ImageInstance { imagePlane { pixelSpacing } voiLut { luts { lutExplanation } } }'),
    );
    expect(errors).toBeUndefined();
    expect(graphql.requests).toEqual(['GET /studies/1.1/series/1.1.1/metadata']);
  });
});

describe('an origin that does not obey includefield', () => {
  test('gives the same from the metadata of the series', async () => {
    const { data } = await graphql.query(
      series('... on ImageInstance { imagePlane { pixelSpacing } }', 'noIncludeField'),
    );
    expect(data.series.instances.nodes[5]).toEqual({ imagePlane: { pixelSpacing: [0.7, 0.8] } });
    expect(graphql.requests.filter((request) => request.endsWith('/metadata'))).toHaveLength(1);
  });
});

describe('values that are not valid', () => {
  test('a position with a letter in it is null as a whole, told of, and still there raw', async () => {
    await using bad = await startGraphql({
      archive: { files: [dicomFile({ ...tinyImage, ...numbered, ImagePositionPatient: ['1', '2x', '3'] })] },
    });
    const { data, extensions } = await bad.query(
      `{ searchInstances { nodes { ... on CTImage { imagePlane { imagePositionPatient }
         attribute(path: "ImagePositionPatient") { ... on NumberAttribute { values raw } } } } } }`,
    );
    expect(data.searchInstances.nodes[0]).toEqual({
      imagePlane: { imagePositionPatient: null },
      attribute: { values: [1, null, 3], raw: ['1', '2x', '3'] },
    });
    expect(JSON.stringify(extensions)).toContain('ImagePositionPatient');
  });

  test('a value of the image type that is empty keeps the others in their places', async () => {
    await using bad = await startGraphql({
      archive: { files: [dicomFile({ ...tinyImage, ...numbered, ImageType: ['ORIGINAL', 'PRIMARY', '', 'M'] })] },
    });
    const { data } = await bad.query('{ searchInstances { nodes { ... on CTImage { generalImage { imageType } } } } }');
    expect(data.searchInstances.nodes[0].generalImage.imageType).toEqual(['ORIGINAL', 'PRIMARY', '', 'M']);
  });
});

const numbered = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
