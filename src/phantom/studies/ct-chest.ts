import { createThoraxPainter } from '../anatomy/thorax-slice.ts';
import { phantomCatalogue } from '../catalogue.ts';
import type { PhantomSeries } from '../catalogue-types.ts';
import { code } from '../modules/code.ts';
import { commonModules } from '../modules/common.ts';
import { axialPlane, grayPixels } from '../modules/image.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { ctEquipment, ctFrameOfReferenceUid, ctGrid, heightOfSlice } from './ct-grid.ts';
import { ctMeasurements } from './ct-measurements.ts';
import { RegionGatherer } from './ct-regions.ts';
import { radiologyReport } from './ct-report.ts';
import { createScout } from './ct-scout.ts';
import { ctSegmentation } from './ct-segmentation.ts';
import { instance, type PhantomInstance } from './phantom-instance.ts';

const study = phantomCatalogue.ctChest;
/** Stored value 0 is -1000 HU: noise in air goes below it, which is why the pixels are signed. */
const rescaleIntercept = -1000;
/** Outside of the circle that the scanner sees. Far below air, in stored values. */
const padding = -2000;

/**
 * A contrast-enhanced chest: localizers, axial slices in Hounsfield units, a report, a segmentation of the nodule and the
 * heart, and a report of what was measured on it.
 */
export function* buildCtChest(): Generator<PhantomInstance> {
  const painter = createThoraxPainter(ctGrid.size, ctGrid.spacingMm);
  const { axial } = study.series;
  const scout = createScout(ctGrid.size, ctGrid.spacingMm, axial.instanceCount, -ctGrid.stepMm);
  const gatherer = new RegionGatherer();
  for (let number = 1; number <= axial.instanceCount; number++) {
    const z = heightOfSlice(number);
    const values = painter.paint(z);
    scout.add(number - 1, values);
    gatherer.add(number, values);
    yield instance('axial', number, axialInstance(axial, number, z, values));
  }
  for (const [index, view] of (['frontal', 'lateral'] as const).entries()) {
    yield instance('localizer', index + 1, localizerInstance(index + 1, view, scout.expose(view)));
  }
  yield instance('report', 1, {
    ...commonModules(study, study.series.report, ctEquipment, 1, 0),
    ...radiologyReport(),
  });
  const regions = gatherer.finish();
  yield instance('segmentation', 1, ctSegmentation(regions));
  yield instance('measurements', 1, ctMeasurements(regions));
}

function axialInstance(series: PhantomSeries, number: number, z: number, values: Float32Array): PhantomDataSet {
  const { size, spacingMm } = ctGrid;
  return {
    ...commonModules(study, series, ctEquipment, number, number * 0.4),
    ...acquisition(number * 0.4),
    ...grayPixels(storedValues(values), size, size, 16),
    ...axialPlane(size, size, spacingMm, -ctGrid.stepMm, z),
    FrameOfReferenceUID: ctFrameOfReferenceUid,
    PositionReferenceIndicator: null,
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    AcquisitionNumber: 2,
    PixelPaddingValue: padding,
    RescaleIntercept: rescaleIntercept,
    RescaleSlope: 1,
    RescaleType: 'HU',
    WindowCenter: [40, -550, 450],
    WindowWidth: [400, 1600, 1800],
    WindowCenterWidthExplanation: ['SOFT TISSUE', 'LUNG', 'BONE'],
    ScanOptions: 'HELICAL MODE',
    ReconstructionDiameter: Number((size * spacingMm).toFixed(1)),
    ConvolutionKernel: 'SMOOTH',
    SpiralPitchFactor: 0.98,
    ContrastBolusAgent: 'Phantom contrast 300',
    ContrastBolusRoute: 'IV',
    ContrastBolusVolume: 80,
    CTDIvol: 6.2,
    CTDIPhantomTypeCodeSequence: [code('113691', 'DCM', 'IEC Body Dosimetry Phantom')],
  };
}

function acquisition(seconds: number): PhantomDataSet {
  return {
    AcquisitionDate: study.studyDate,
    AcquisitionTime: commonModules(study, study.series.axial, ctEquipment, 1, seconds)['ContentTime'],
    KVP: 120,
    DataCollectionDiameter: 500,
    DistanceSourceToDetector: 1040,
    DistanceSourceToPatient: 570,
    GantryDetectorTilt: 0,
    TableHeight: 150,
    RotationDirection: 'CW',
    ExposureTime: 500,
    XRayTubeCurrent: 180,
    Exposure: 90,
    FilterType: 'BODY',
    GeneratorPower: 22,
    FocalSpots: 0.7,
  };
}

function localizerInstance(number: number, view: 'frontal' | 'lateral', pixels: Int16Array): PhantomDataSet {
  const { size, spacingMm } = ctGrid;
  const half = Number((((size - 1) / 2) * spacingMm).toFixed(4));
  // Rows run from head to feet. The lateral view looks from the patient's left: columns run to the back.
  const frontal = view === 'frontal';
  return {
    ...commonModules(study, study.series.localizer, ctEquipment, number, number * 8),
    ...acquisition(number * 8),
    ...grayPixels(pixels, size, pixels.length / size, 16),
    PixelSpacing: [spacingMm, spacingMm],
    ImageOrientationPatient: frontal ? [1, 0, 0, 0, 0, -1] : [0, 1, 0, 0, 0, -1],
    ImagePositionPatient: frontal ? [-half, 0, ctGrid.firstZ] : [0, -half, ctGrid.firstZ],
    PatientPosition: 'HFS',
    SliceThickness: 0.6,
    FrameOfReferenceUID: ctFrameOfReferenceUid,
    PositionReferenceIndicator: null,
    ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'],
    AcquisitionNumber: 1,
    RescaleIntercept: 0,
    RescaleSlope: 1,
    RescaleType: 'US',
    WindowCenter: frontal ? 260 : 330,
    WindowWidth: frontal ? 560 : 700,
    ScanOptions: 'SCOUT MODE',
  };
}

/** Hounsfield units to stored values; what lies outside of the circle of reconstruction is padding. */
function storedValues(values: Float32Array): Int16Array {
  const { size } = ctGrid;
  const stored = new Int16Array(values.length);
  const middle = (size - 1) / 2;
  const seen = (size / 2) ** 2;
  for (let row = 0; row < size; row++) {
    const down = row - middle;
    for (let column = 0; column < size; column++) {
      const i = row * size + column;
      const across = column - middle;
      const outside = down * down + across * across > seen;
      stored[i] = outside ? padding : Math.round((values[i] ?? 0) - rescaleIntercept);
    }
  }
  return stored;
}
