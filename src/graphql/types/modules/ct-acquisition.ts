import { addModule } from '../../add-module.ts';
import { FrameRef } from '../frame-ref.ts';
import { instanceTypes } from '../instance-types.ts';

addModule('CTAcquisition', {
  description: 'How a CT image was acquired and reconstructed.',
  definedIn: 'CT Image Module and macros (PS3.3 §C.8.2.1, §C.8.15.3)',
  on: [
    [instanceTypes.CTImage, 'acquisition'],
    [FrameRef, 'ctAcquisition'],
  ],
  fields: (t) => ({
    kvp: t.attribute('KVP'),
    xRayTubeCurrent: t.attribute('XRayTubeCurrent', { or: 'XRayTubeCurrentInmA' }),
    exposureTime: t.attribute('ExposureTime', { or: 'ExposureTimeInms' }),
    exposure: t.attribute('Exposure', { or: 'ExposureInmAs' }),
    exposureModulationType: t.attribute('ExposureModulationType'),
    ctdIvol: t.attribute('CTDIvol'),
    filterType: t.attribute('FilterType'),
    focalSpots: t.attribute('FocalSpots'),
    generatorPower: t.attribute('GeneratorPower'),
    convolutionKernel: t.attribute('ConvolutionKernel'),
    scanOptions: t.attribute('ScanOptions'),
    acquisitionType: t.attribute('AcquisitionType', {
      description: 'SEQUENCED, SPIRAL, CONSTANT_ANGLE, STATIONARY, FREE.',
    }),
    revolutionTime: t.attribute('RevolutionTime'),
    singleCollimationWidth: t.attribute('SingleCollimationWidth'),
    totalCollimationWidth: t.attribute('TotalCollimationWidth'),
    tableHeight: t.attribute('TableHeight', { description: 'Below the centre of rotation.' }),
    tableSpeed: t.attribute('TableSpeed'),
    tableFeedPerRotation: t.attribute('TableFeedPerRotation'),
    spiralPitchFactor: t.attribute('SpiralPitchFactor', { description: 'Table feed over total collimation.' }),
    gantryDetectorTilt: t.attribute('GantryDetectorTilt'),
    rotationDirection: t.attribute('RotationDirection', { description: 'CW or CC.' }),
    dataCollectionDiameter: t.attribute('DataCollectionDiameter'),
    reconstructionDiameter: t.attribute('ReconstructionDiameter'),
    distanceSourceToDetector: t.attribute('DistanceSourceToDetector'),
    distanceSourceToPatient: t.attribute('DistanceSourceToPatient'),
    contrastBolusAgent: t.attribute('ContrastBolusAgent'),
  }),
});
