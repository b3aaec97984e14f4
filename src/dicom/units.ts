/**
 * The units in which PS3.3 defines values, by keyword: PS3.6 has no column for them. Attributes without a unit (counts,
 * factors, codes) are not here.
 *
 * Where two modules define one attribute in two units, the table says both. Written by hand, its sections numbered as in
 * PS3.3 2024e: the standard has the units in its prose, and no machine-readable form of it was compared.
 */
const byUnit: Readonly<Record<string, readonly string[]>> = {
  // Image Plane C.7.6.2, Basic Pixel Spacing Calibration 10.7, CT Image C.8.2.1, DX Positioning C.8.7.5, Mammography C.8.11.7
  mm: [
    'BodyPartThickness',
    'CollimatorLeftVerticalEdge',
    'DataCollectionDiameter',
    'DistanceSourceToDetector',
    'DistanceSourceToEntrance',
    'DistanceSourceToPatient',
    'FieldOfViewDimensions',
    'FocalSpots',
    'ImagePositionPatient',
    'ImagerPixelSpacing',
    'NominalScannedPixelSpacing',
    'PixelSpacing',
    'ReconstructionDiameter',
    'SingleCollimationWidth',
    'SliceLocation',
    'SliceThickness',
    'SpacingBetweenSlices',
    'TableFeedPerRotation',
    'TableHeight',
    'TotalCollimationWidth',
  ],
  // CT Image C.8.2.1, X-Ray Acquisition Dose C.8.7.8, CT X-Ray Details C.8.15.3.9
  kV: ['KVP'],
  mA: ['XRayTubeCurrent', 'XRayTubeCurrentInmA'],
  µA: ['XRayTubeCurrentInuA'],
  mAs: ['Exposure', 'ExposureInmAs'],
  µAs: ['ExposureInuAs'],
  kW: ['GeneratorPower'],
  mGy: ['CTDIvol', 'EntranceDoseInmGy'],
  dGy: ['EntranceDose', 'OrganDose'],
  'dGy·cm²': ['ImageAndFluoroscopyAreaDoseProduct'],
  'mm/s': ['TableSpeed'],
  // MR Image C.8.3.1, MR Timing C.8.13.5.2, Cine C.7.6.5, PET Image C.8.9.4
  ms: [
    'ActualFrameDuration',
    'EchoTime',
    'EffectiveEchoTime',
    'ExposureTime',
    'ExposureTimeInms',
    'FrameAcquisitionDuration',
    'FrameReferenceTime',
    'FrameTime',
    'InversionTime',
    'RepetitionTime',
    'TriggerTime',
  ],
  µs: ['ExposureTimeInuS'],
  s: ['RadionuclideHalfLife', 'RevolutionTime'],
  T: ['MagneticFieldStrength'],
  'T/s': ['dBdt'],
  'W/kg': ['SAR'],
  MHz: ['ImagingFrequency'],
  'Hz/pixel': ['PixelBandwidth'],
  's/mm²': ['DiffusionBValue'],
  '°': ['FlipAngle', 'GantryDetectorTilt', 'PositionerPrimaryAngle', 'PositionerSecondaryAngle'],
  '%': ['PercentPhaseFieldOfView', 'PercentSampling'],
  N: ['CompressionForce'],
  'frames/s': ['CineRate', 'RecommendedDisplayFrameRate'],
  'beats/min': ['HeartRate'],
  // Contrast/Bolus C.7.6.4
  ml: ['ContrastBolusVolume'],
  'ml/s': ['ContrastFlowRate'],
  bits: ['BitsAllocated', 'BitsStored'],
  pixels: ['Columns', 'Rows'],
  // PET Isotope C.8.9.2, NM Isotope C.8.4.10
  'Bq in PET, MBq in nuclear medicine': ['RadionuclideTotalDose'],
  'cm³': ['RadiopharmaceuticalVolume'],
  // Patient Study C.7.2.2
  kg: ['PatientWeight'],
  m: ['PatientSize'],
};

const rows = Object.entries(byUnit).flatMap(([unit, keywords]) => keywords.map((keyword) => [keyword, unit] as const));
const units: ReadonlyMap<string, string> = new Map(rows);

/** The unit of an attribute's values; null: none, or not in the table. */
export function unitOf(keyword: string): string | null {
  return units.get(keyword) ?? null;
}

/** The keyword of every row of the table. */
export const keywordsWithUnit = (): readonly string[] => rows.map(([keyword]) => keyword);
