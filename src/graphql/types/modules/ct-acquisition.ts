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
    ctdIvol: t.attribute('CTDIvol'),
    filterType: t.attribute('FilterType'),
    convolutionKernel: t.attribute('ConvolutionKernel'),
    scanOptions: t.attribute('ScanOptions'),
    revolutionTime: t.attribute('RevolutionTime'),
    totalCollimationWidth: t.attribute('TotalCollimationWidth'),
    spiralPitchFactor: t.attribute('SpiralPitchFactor', { description: 'Table feed over total collimation.' }),
    gantryDetectorTilt: t.attribute('GantryDetectorTilt'),
    rotationDirection: t.attribute('RotationDirection', { description: 'CW or CC.' }),
    reconstructionDiameter: t.attribute('ReconstructionDiameter'),
    distanceSourceToDetector: t.attribute('DistanceSourceToDetector'),
    contrastBolusAgent: t.attribute('ContrastBolusAgent'),
  }),
});
