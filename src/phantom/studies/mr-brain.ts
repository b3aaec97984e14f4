import { createScanner, type PulseSequence } from '../anatomy/brain-signal.ts';
import { type Lesion, paintHead, withLesions } from '../anatomy/head.ts';
import type { SliceGrid } from '../anatomy/tissue-map.ts';
import { phantomCatalogue } from '../catalogue.ts';
import type { PhantomSeries, PhantomStudy } from '../catalogue-types.ts';
import { commonModules, type PhantomEquipment } from '../modules/common.ts';
import { axialPlane, grayPixels } from '../modules/image.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { phantomUid } from '../phantom-uid.ts';
import { instance, type PhantomInstance, type PhantomWorkshop } from './phantom-instance.ts';

const grid: SliceGrid = { columns: 176, rows: 208, spacingMm: 1.1 };
const slices = { firstZ: -50, stepMm: 6, thicknessMm: 5 };
const equipment: PhantomEquipment = { model: 'Computed MR 3T', station: 'PHMR1', serial: 'MR-0001' };

interface Weighting extends PulseSequence {
  /** Stored value of a signal of 1. */
  readonly scale: number;
  readonly window: { readonly center: number; readonly width: number };
  readonly attributes: PhantomDataSet;
}

const weightings: Readonly<Record<string, Weighting>> = {
  t1: {
    repetitionTime: 550,
    echoTime: 10,
    scale: 2600,
    window: { center: 560, width: 900 },
    attributes: { ScanningSequence: 'SE', SequenceVariant: 'SK', SequenceName: '*se2d1', EchoTrainLength: 1 },
  },
  t2: {
    repetitionTime: 5200,
    echoTime: 98,
    scale: 1500,
    window: { center: 470, width: 900 },
    attributes: { ScanningSequence: 'SE', SequenceVariant: 'SK', SequenceName: '*tse2d1_15', EchoTrainLength: 15 },
  },
  flair: {
    repetitionTime: 9000,
    echoTime: 120,
    inversionTime: 2500,
    scale: 3800,
    window: { center: 480, width: 1000 },
    attributes: {
      ScanningSequence: ['SE', 'IR'],
      SequenceVariant: 'SK',
      SequenceName: '*tir2d1_19',
      EchoTrainLength: 19,
    },
  },
};

/** In the white matter; the larger one grew, the smaller one is new. */
const lesions2024: readonly Lesion[] = [
  { centre: [-31, 18, 24], radiusMm: 6.5 },
  { centre: [25, -30, 29], radiusMm: 4 },
];
const lesions2022: readonly Lesion[] = [{ centre: [-31, 18, 24], radiusMm: 4 }];

export function buildMrBrain(workshop: PhantomWorkshop): Generator<PhantomInstance> {
  return buildMrStudy(phantomCatalogue.mrBrain, lesions2024, workshop);
}

export function buildMrBrainPrior(workshop: PhantomWorkshop): Generator<PhantomInstance> {
  return buildMrStudy(phantomCatalogue.mrBrainPrior, lesions2022, workshop);
}

function* buildMrStudy(
  study: PhantomStudy,
  lesions: readonly Lesion[],
  { headSlices }: PhantomWorkshop,
): Generator<PhantomInstance> {
  const frameOfReferenceUid = phantomUid(`${study.studyInstanceUID}/frame-of-reference`);
  const scan = createScanner(grid);
  for (let index = 0; index < slicesOf(study); index++) {
    const z = slices.firstZ + index * slices.stepMm;
    const head = headSlices.get(z) ?? paintHead(grid, z);
    headSlices.set(z, head);
    const map = withLesions(head, grid, z, lesions);
    for (const [key, series] of Object.entries(study.series)) {
      const weighting = weightings[key];
      if (weighting === undefined) continue;
      const pixels = scan(map, weighting, weighting.scale, index + series.seriesNumber * 7);
      yield instance(key, index + 1, {
        ...mrInstance(study, series, index + 1, z, weighting, pixels),
        FrameOfReferenceUID: frameOfReferenceUid,
        PositionReferenceIndicator: null,
      });
    }
  }
}

function slicesOf(study: PhantomStudy): number {
  return Math.max(...Object.values(study.series).map(({ instanceCount }) => instanceCount));
}

function mrInstance(
  study: PhantomStudy,
  series: PhantomSeries,
  number: number,
  z: number,
  weighting: Weighting,
  pixels: Uint16Array,
): PhantomDataSet {
  const common = commonModules(study, series, equipment, number, number * 2);
  return {
    ...common,
    ...grayPixels(pixels, grid.columns, grid.rows, 12),
    ...axialPlane(grid.columns, grid.rows, grid.spacingMm, slices.thicknessMm, z),
    ...weighting.attributes,
    ImageType: ['ORIGINAL', 'PRIMARY', 'M_SE'],
    AcquisitionDate: common['ContentDate'],
    AcquisitionTime: common['ContentTime'],
    AcquisitionNumber: 1,
    ScanOptions: 'FS',
    MRAcquisitionType: '2D',
    RepetitionTime: weighting.repetitionTime,
    EchoTime: weighting.echoTime,
    InversionTime: weighting.inversionTime,
    FlipAngle: 90,
    EchoNumbers: 1,
    NumberOfAverages: 1,
    MagneticFieldStrength: 3,
    ImagingFrequency: 123.2,
    ImagedNucleus: '1H',
    SpacingBetweenSlices: slices.stepMm,
    PixelBandwidth: 180,
    PercentSampling: 100,
    PercentPhaseFieldOfView: 84.6,
    InPlanePhaseEncodingDirection: 'ROW',
    AcquisitionMatrix: [0, grid.rows, grid.columns, 0],
    ReceiveCoilName: 'HEAD_20',
    SAR: 0.8,
    WindowCenter: weighting.window.center,
    WindowWidth: weighting.window.width,
  };
}
