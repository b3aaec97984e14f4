import { phantomCatalogue } from '../catalogue.ts';
import { code } from '../modules/code.ts';
import { commonModules } from '../modules/common.ts';
import { axialPlane } from '../modules/image.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { phantomUid } from '../phantom-uid.ts';
import { ctFrameOfReferenceUid, ctGrid, ctWorkstation, heightOfSlice } from './ct-grid.ts';
import type { Region } from './ct-regions.ts';

const study = phantomCatalogue.ctChest;
const dimensionOrganizationUid = phantomUid('ct-chest/segmentation/dimensions');
const { size, spacingMm, stepMm } = ctGrid;

/** A binary segmentation of the axial slices, a segment a region (PS3.3 §A.51). */
export function ctSegmentation(regions: readonly Region[]): PhantomDataSet {
  const frames = regions.flatMap((region) => region.sections.map((section, index) => ({ region, section, index })));
  const { ImageOrientationPatient, PixelSpacing, SliceThickness } = axialPlane(size, size, spacingMm, -stepMm, 0);
  const slices = [...new Set(frames.map(({ section }) => section.slice))].sort((a, b) => a - b);
  return {
    ...commonModules(study, study.series.segmentation, ctWorkstation, 1, 0),
    ImageType: ['DERIVED', 'PRIMARY'],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: size,
    Columns: size,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    LossyImageCompression: '00',
    NumberOfFrames: frames.length,
    FrameOfReferenceUID: ctFrameOfReferenceUid,
    PositionReferenceIndicator: null,
    ContentLabel: 'NODULE_HEART',
    ContentDescription: 'Nodule and heart, as their author drew them',
    ContentCreatorName: study.performingPhysicianName,
    SegmentationType: 'BINARY',
    SegmentSequence: regions.map(segmentItem),
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: study.series.axial.seriesInstanceUID,
        ReferencedInstanceSequence: slices.map(referencedSlice),
      },
    ],
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimensionOrganizationUid }],
    DimensionIndexSequence: [
      dimension('0062000B', '0062000A', 'Segment Number'),
      dimension('00200032', '00209113', 'Image Position (Patient)'),
    ],
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient }],
        PixelMeasuresSequence: [{ PixelSpacing, SliceThickness, SpacingBetweenSlices: -stepMm }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ region, section, index }) =>
      frameItem(region, section.slice, index),
    ),
    PixelData: packBits(frames.map(({ section }) => section.mask)),
  };
}

export function referencedSlice(slice: number): PhantomDataSet {
  const { axial } = study.series;
  return { ReferencedSOPClassUID: axial.sopClassUID, ReferencedSOPInstanceUID: axial.sopInstanceUIDs[slice - 1] };
}

function segmentItem({ number, label, category, type, trackingUid, cieLab }: Region): PhantomDataSet {
  return {
    SegmentNumber: number,
    SegmentLabel: label,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: 'Phantom geometry',
    SegmentedPropertyCategoryCodeSequence: [code(...category)],
    SegmentedPropertyTypeCodeSequence: [code(...type)],
    RecommendedDisplayCIELabValue: cieLab,
    TrackingID: label,
    TrackingUID: trackingUid,
  };
}

function dimension(pointer: string, group: string, label: string): PhantomDataSet {
  return {
    DimensionOrganizationUID: dimensionOrganizationUid,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  };
}

function frameItem({ number }: Region, slice: number, index: number): PhantomDataSet {
  const { ImagePositionPatient } = axialPlane(size, size, spacingMm, -stepMm, heightOfSlice(slice));
  return {
    FrameContentSequence: [{ DimensionIndexValues: [number, index + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: number }],
    DerivationImageSequence: [
      {
        DerivationCodeSequence: [code('113076', 'DCM', 'Segmentation')],
        SourceImageSequence: [
          {
            ...referencedSlice(slice),
            PurposeOfReferenceCodeSequence: [code('121322', 'DCM', 'Source image for image processing operation')],
          },
        ],
      },
    ],
  };
}

/** A bit a pixel, the first in the lowest bit, frame after frame without gaps (PS3.5 §8.1.1). */
function packBits(masks: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil((masks.length * size * size) / 8));
  for (const [frame, mask] of masks.entries()) {
    for (const [i, bit] of mask.entries()) {
      const at = frame * size * size + i;
      packed[at >> 3] = (packed[at >> 3] ?? 0) | (bit << (at & 7));
    }
  }
  return packed;
}
