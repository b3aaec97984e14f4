import { exposeHand, projectHand } from '../anatomy/hand-radiograph.ts';
import { nodule } from '../anatomy/thorax.ts';
import { exposePlate, projectThorax, withNodule } from '../anatomy/thorax-radiograph.ts';
import { phantomCatalogue } from '../catalogue.ts';
import type { PhantomStudy } from '../catalogue-types.ts';
import type { Projection } from '../image/projection.ts';
import { code } from '../modules/code.ts';
import { commonModules, type PhantomEquipment } from '../modules/common.ts';
import { grayPixels } from '../modules/image.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { instance, type PhantomInstance, type PhantomWorkshop } from './phantom-instance.ts';

const chest = { columns: 832, rows: 832, spacingMm: 0.44 };
const hand = { columns: 832, rows: 1024, spacingMm: 0.27 };
const plateReader: PhantomEquipment = { model: 'Computed Plate', station: 'PHCR1', serial: 'CR-0001' };
const detectorUnit: PhantomEquipment = { model: 'Computed Detector', station: 'PHDX1', serial: 'DX-0001' };
const fullScale = 4095;

/** The first chest radiograph, on a plate, black where little was in the way (MONOCHROME1). Nobody saw the nodule. */
export function* buildCrChestPrior(workshop: PhantomWorkshop): Generator<PhantomInstance> {
  const { columns, rows } = chest;
  const study = phantomCatalogue.crChestPrior;
  const film = withNodule(thoraxOf(workshop), 0.45);
  yield instance('pa', 1, {
    ...plateImage(study),
    ...grayPixels(exposePlate(film, 21), columns, rows, 12, 'MONOCHROME1'),
    ...exposure(study, chest.spacingMm, { kVp: 117, milliseconds: 9, milliamperes: 320, distanceMm: 1800 }),
    PatientOrientation: ['L', 'F'],
    WindowCenter: [2250, 1500],
    WindowWidth: [3000, 1800],
    WindowCenterWidthExplanation: ['LUNG', 'MEDIASTINUM'],
  });
}

/** The second one, with a detector, white where much was in the way, and a circle around the nodule in an overlay. */
export function* buildDxChest(workshop: PhantomWorkshop): Generator<PhantomInstance> {
  const { columns, rows } = chest;
  const study = phantomCatalogue.dxChest;
  const film = withNodule(thoraxOf(workshop), 1);
  const pixels = exposePlate(film, 24).map((value) => fullScale - value);
  yield instance('pa', 1, {
    ...commonModules(study, study.series.pa, detectorUnit, 1, 0),
    ...grayPixels(pixels, columns, rows, 12),
    ...exposure(study, chest.spacingMm, { kVp: 125, milliseconds: 6, milliamperes: 400, distanceMm: 1800 }),
    ...overlayAround(film, nodule.centre[0], nodule.centre[2], 17),
    ImageType: ['ORIGINAL', 'PRIMARY', ''],
    AcquisitionContextSequence: null,
    PresentationIntentType: 'FOR PRESENTATION',
    PresentationLUTShape: 'IDENTITY',
    PixelIntensityRelationship: 'LOG',
    PixelIntensityRelationshipSign: -1,
    RescaleIntercept: 0,
    RescaleSlope: 1,
    RescaleType: 'US',
    PatientOrientation: ['L', 'F'],
    ImageLaterality: 'U',
    ViewCodeSequence: [{ ...code('272479007', 'SCT', 'postero-anterior'), ViewModifierCodeSequence: null }],
    AnatomicRegionSequence: [code('51185008', 'SCT', 'Chest')],
    DetectorType: 'SCINTILLATOR',
    DetectorID: 'PH-DET-1',
    PositionerType: 'NONE',
    WindowCenter: [fullScale - 2250, fullScale - 1500],
    WindowWidth: [3000, 1800],
    WindowCenterWidthExplanation: ['LUNG', 'MEDIASTINUM'],
  });
}

/** A left hand with a ring. */
export function* buildCrHand(): Generator<PhantomInstance> {
  const { columns, rows, spacingMm } = hand;
  const study = phantomCatalogue.crHand;
  yield instance('pa', 1, {
    ...plateImage(study),
    ...grayPixels(exposeHand(projectHand(columns, rows, spacingMm), 5), columns, rows, 12),
    ...exposure(study, spacingMm, { kVp: 52, milliseconds: 20, milliamperes: 160, distanceMm: 1000 }),
    PatientOrientation: ['R', 'P'],
    WindowCenter: [1500, 1900],
    WindowWidth: [2900, 1700],
    WindowCenterWidthExplanation: ['NORMAL', 'BONE'],
  });
}

function thoraxOf(workshop: PhantomWorkshop): Projection {
  workshop.thorax ??= projectThorax(chest.columns, chest.rows, chest.spacingMm);
  return workshop.thorax;
}

function plateImage(study: PhantomStudy<'pa'>): PhantomDataSet {
  return {
    ...commonModules(study, study.series.pa, plateReader, 1, 0),
    ImageType: ['ORIGINAL', 'PRIMARY'],
    Sensitivity: 400,
    PlateID: 'PLATE 7',
    CassetteSize: '35CMX43CM',
  };
}

interface Exposure {
  readonly kVp: number;
  readonly milliseconds: number;
  readonly milliamperes: number;
  readonly distanceMm: number;
}

function exposure(study: PhantomStudy, spacingMm: number, taken: Exposure): PhantomDataSet {
  return {
    AcquisitionDate: study.studyDate,
    AcquisitionTime: study.studyTime,
    ViewPosition: 'PA',
    ImagerPixelSpacing: [spacingMm, spacingMm],
    DistanceSourceToDetector: taken.distanceMm,
    KVP: taken.kVp,
    ExposureTime: taken.milliseconds,
    XRayTubeCurrent: taken.milliamperes,
    Exposure: Math.round((taken.milliseconds * taken.milliamperes) / 1000),
    FilterType: 'NONE',
  };
}

/** Group 6000: a circle of one bit a pixel (PS3.3 §C.9.2). Bits are packed from the lowest of each word. */
function overlayAround(film: Projection, x: number, z: number, radiusMm: number): PhantomDataSet {
  const words = new Uint16Array(Math.ceil((film.columns * film.rows) / 16));
  const draw = (column: number, row: number): void => {
    const bit = row * film.columns + column;
    words[bit >> 4] = (words[bit >> 4] ?? 0) | (1 << (bit & 15));
  };
  for (let step = 0; step < 1440; step++) {
    const turn = (step / 720) * Math.PI;
    const radius = radiusMm + (step % 2) * film.spacingMm * 0.8;
    draw(Math.round(film.column(x + radius * Math.cos(turn))), Math.round(film.row(z + radius * Math.sin(turn))));
  }
  return {
    '60000010': film.rows,
    '60000011': film.columns,
    '60000022': 'Circle around the nodule',
    '60000040': 'G',
    '60000045': 'USER',
    '60000050': [1, 1],
    '60000100': 1,
    '60000102': 0,
    '60001500': 'NODULE',
    '60003000': words,
  };
}
