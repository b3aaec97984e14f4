import { paintSheppLogan } from '../anatomy/shepp-logan.ts';
import { phantomCatalogue } from '../catalogue.ts';
import { code } from '../modules/code.ts';
import { commonModules, type PhantomEquipment } from '../modules/common.ts';
import { axialPlane, grayPixels } from '../modules/image.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { phantomUid } from '../phantom-uid.ts';
import { instance, type PhantomInstance } from './phantom-instance.ts';

const study = phantomCatalogue.qualityControl;
const equipment: PhantomEquipment = { model: 'Computed CT 64', station: 'PHCT1', serial: 'CT-0001' };
const size = 160;
const spacingMm = 1.25;
const stepMm = 5;
const dimensionOrganizationUid = phantomUid('ct-shepp-logan/dimension-organization');
/** Multi-frame objects say each of these once for all frames, and again in every frame's type. */
const pixelFacts = {
  PixelPresentation: 'MONOCHROME',
  VolumetricProperties: 'VOLUME',
  VolumeBasedCalculationTechnique: 'NONE',
};
const frameType = ['DERIVED', 'PRIMARY', 'VOLUME', 'NONE'];

/** The Shepp-Logan head as one multi-frame object with functional groups (Enhanced CT, PS3.3 §A.38). */
export function* buildQualityControl(): Generator<PhantomInstance> {
  const { frameCount } = study.series.volume;
  const common = commonModules(study, study.series.volume, equipment, 1, 0);
  const pixels = new Int16Array(size * size * frameCount);
  const frames: PhantomDataSet[] = [];
  for (let frame = 0; frame < frameCount; frame++) {
    const z = ((frameCount - 1) / 2 - frame) * stepMm;
    pixels.set(paintSheppLogan(size, z / ((size * spacingMm) / 2)), frame * size * size);
    frames.push(frameGroups(frame, z));
  }
  yield instance('volume', 1, {
    ...common,
    ...grayPixels(pixels, size, size, 16),
    ...pixelFacts,
    ImageType: frameType,
    AcquisitionDateTime: `${common['ContentDate']}${common['ContentTime']}`,
    AcquisitionDuration: 4000,
    AcquisitionNumber: 1,
    PatientPosition: 'HFS',
    FrameOfReferenceUID: phantomUid('ct-shepp-logan/frame-of-reference'),
    PositionReferenceIndicator: null,
    ContentQualification: 'RESEARCH',
    ImageComments: 'Computed from the ellipsoids of Shepp and Logan',
    PresentationLUTShape: 'IDENTITY',
    MultienergyCTAcquisition: 'NO',
    NumberOfFrames: frameCount,
    AcquisitionContextSequence: null,
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimensionOrganizationUid }],
    DimensionIndexSequence: [
      {
        DimensionOrganizationUID: dimensionOrganizationUid,
        DimensionIndexPointer: '00209057',
        FunctionalGroupPointer: '00209111',
        DimensionDescriptionLabel: 'In-stack position',
      },
    ],
    SharedFunctionalGroupsSequence: [sharedGroups()],
    PerFrameFunctionalGroupsSequence: frames,
  });
}

function sharedGroups(): PhantomDataSet {
  const { PixelSpacing, ImageOrientationPatient, SliceThickness } = axialPlane(size, size, spacingMm, stepMm, 0);
  return {
    PixelMeasuresSequence: [{ PixelSpacing, SliceThickness, SpacingBetweenSlices: stepMm }],
    PlaneOrientationSequence: [{ ImageOrientationPatient }],
    CTImageFrameTypeSequence: [{ ...pixelFacts, FrameType: frameType }],
    PixelValueTransformationSequence: [{ RescaleIntercept: 0, RescaleSlope: 1, RescaleType: 'HU' }],
    FrameVOILUTSequence: [
      { WindowCenter: [40, 300], WindowWidth: [160, 2000], WindowCenterWidthExplanation: ['BRAIN', 'BONE'] },
    ],
    IrradiationEventIdentificationSequence: [{ IrradiationEventUID: phantomUid('ct-shepp-logan/irradiation') }],
    FrameAnatomySequence: [
      {
        FrameLaterality: 'U',
        AnatomicRegionSequence: [code('69536005', 'SCT', 'Head')],
      },
    ],
  };
}

function frameGroups(frame: number, z: number): PhantomDataSet {
  return {
    FrameContentSequence: [
      { StackID: '1', InStackPositionNumber: frame + 1, DimensionIndexValues: frame + 1, FrameAcquisitionNumber: 1 },
    ],
    PlanePositionSequence: [
      { ImagePositionPatient: axialPlane(size, size, spacingMm, stepMm, z)['ImagePositionPatient'] },
    ],
  };
}
