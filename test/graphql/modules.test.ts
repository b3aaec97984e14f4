import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { type Answer, startGraphql, type TestGraphql } from '../support/graphql.ts';

/** What pydicom reads: known-modules.py. */
const known = JSON.parse(readFileSync(join(import.meta.dirname, 'known-modules.json'), 'utf8')) as Readonly<
  Record<string, KnownModules>
>;
interface KnownModules {
  readonly file: string;
  readonly frames?: readonly unknown[];
  readonly [module: string]: unknown;
}

const plane = 'imagePositionPatient imageOrientationPatient pixelSpacing sliceThickness';
const windows = 'voiLut { windows { center width explanation } }';
const modules = `
  imagePixel { samplesPerPixel photometricInterpretation bitsAllocated bitsStored highBit pixelRepresentation }
  imagePlane { ${plane} spacingBetweenSlices sliceLocation }
  modalityLut { rescaleSlope rescaleIntercept rescaleType }
  ${windows}
  frameOfReference { frameOfReferenceUID }
  multiFrame { numberOfFrames frames(first: 1000) {
    number stackID inStackPositionNumber dimensionIndexValues referencedSegmentNumber
    imagePlane { ${plane} } ${windows} modalityLut { rescaleSlope rescaleIntercept }
  } }`;
const query = `query($uid: UID!) { instance(sopInstanceUID: $uid) { __typename
  ... on ImageInstance { ${modules} } ... on OtherInstance { ${modules} }
  ... on CTImage { acquisition { kvp xRayTubeCurrent exposureTime exposure convolutionKernel gantryDetectorTilt
    reconstructionDiameter } }
  ... on MRImage { acquisition { magneticFieldStrength repetitionTime echoTime inversionTime flipAngle echoTrainLength
    scanningSequence sequenceName pixelBandwidth numberOfAverages mrAcquisitionType } }
  ... on PETImage {
    acquisition { units correctedImage decayCorrection attenuationCorrectionMethod frameReferenceTime
      actualFrameDuration seriesType }
    radiopharmaceuticals { radiopharmaceutical radionuclideTotalDose radionuclideHalfLife radionuclidePositronFraction
      radiopharmaceuticalStartTime } }
} }`;

let graphql: TestGraphql;

async function ask(uid: string): Promise<Answer['data']> {
  const { data, errors } = await graphql.query(query, { uid });
  expect(errors).toBeUndefined();
  return data.instance;
}

const byFile = (name: string): string => {
  const [uid] = Object.entries(known).find(([, { file }]) => file === name) ?? [];
  if (uid === undefined) throw new Error(`${name} has no known answers`);
  return uid;
};

describeCorpus('the modules of images', () => {
  beforeAll(async () => {
    graphql = await startGraphql({ archive: { files: storable.map((file) => readFileSync(corpusPath(file))) } });
  });
  afterAll(() => graphql[Symbol.asyncDispose]());

  test.each(Object.entries(known).map(([uid, expected]) => [expected.file, uid, expected] as const))(
    '%s: pixels, plane, windows, acquisition and frames are those that pydicom reads',
    async (name, uid, expected) => {
      const { __typename: type, multiFrame, frameOfReference, ...read } = await ask(uid);
      const { file, frames, frameOfReferenceUID, ...rest } = expected;
      expect([file, type]).toEqual([name, expect.any(String)]);
      expect(frameOfReference.frameOfReferenceUID).toBe(frameOfReferenceUID);
      expect(read).toMatchObject(rest);
      if (frames) expect(multiFrame.frames).toEqual(frames);
    },
  );

  test('there are frames of every kind among them: enhanced CT and MR, converted CT, segmentations, a parametric map', async () => {
    const types = await Promise.all(
      Object.entries(known)
        .filter(([, { frames }]) => frames !== undefined)
        .map(async ([uid]) => (await ask(uid)).__typename),
    );
    expect([...new Set(types)].sort()).toEqual(['CTImage', 'MRImage', 'ParametricMap', 'Segmentation', 'SlideImage']);
  });

  test('a frame of an image without functional groups has no position that is not its own', async () => {
    const { multiFrame } = await ask(byFile('rt/rtdose-15frame.dcm'));
    expect(multiFrame.frames).toHaveLength(15);
    expect(multiFrame.frames[7].imagePlane).toEqual({
      imagePositionPatient: null,
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      pixelSpacing: expect.any(Array),
      sliceThickness: expect.toSatisfy((value: unknown) => value === null || typeof value === 'number'),
    });
  });

  test('any attribute of a frame is found in its functional groups by its keyword alone', async () => {
    const { data, errors } = await graphql.query(
      `query($uid: UID!) { instance(sopInstanceUID: $uid) { ... on MRImage { multiFrame { frames(numbers: [3]) {
         attributes(paths: ["EffectiveEchoTime", "ImagePositionPatient", "PatientID", "00209111"]) {
           keyword ... on NumberAttribute { values } ... on TextAttribute { texts: values }
           ... on SequenceAttribute { items { attribute(path: "StackID") { keyword } } } } } } } } }`,
      { uid: byFile('mr/enhanced-bruker-4frame.dcm') },
    );
    expect(errors).toBeUndefined();
    const [echoTime, position, patientId, content] = data.instance.multiFrame.frames[0].attributes;
    expect(echoTime).toEqual({ keyword: 'EffectiveEchoTime', values: [2.3652] });
    expect(position).toMatchObject({ keyword: 'ImagePositionPatient' });
    expect(patientId).toMatchObject({ keyword: 'PatientID', texts: [expect.any(String)] });
    expect(content).toEqual({ keyword: 'FrameContentSequence', items: [{ attribute: { keyword: 'StackID' } }] });
  });

  test('the dimensions of frames name the attributes that are indexed', async () => {
    const { data } = await graphql.query(
      `query($uid: UID!) { instance(sopInstanceUID: $uid) { ... on Segmentation { multiFrame { dimensions {
         dimensionIndexPointer functionalGroupPointer dimensionDescriptionLabel } } } } }`,
      { uid: byFile('seg/liver.dcm') },
    );
    expect(data.instance.multiFrame.dimensions[0]).toEqual({
      dimensionIndexPointer: '0062000B',
      functionalGroupPointer: '0062000A',
      dimensionDescriptionLabel: 'ReferencedSegmentNumber',
    });
  });
});
