import { addModule } from '../../add-module.ts';
import { instanceTypes } from '../instance-types.ts';

addModule('XRayAcquisition', {
  description: 'How a projection was acquired.',
  definedIn: 'X-Ray modules (PS3.3 §C.8.1.2, §C.8.7, §C.8.11)',
  on: [[instanceTypes.XRayImage, 'acquisition']],
  fields: (t) => ({
    viewPosition: t.attribute('ViewPosition', { description: 'AP, PA, LL, CC, MLO...' }),
    viewCode: t.concept('ViewCodeSequence'),
    kvp: t.attribute('KVP'),
    xRayTubeCurrent: t.attribute('XRayTubeCurrent', { or: 'XRayTubeCurrentInmA' }),
    exposureTime: t.attribute('ExposureTime', { or: 'ExposureTimeInms' }),
    exposure: t.attribute('Exposure', { or: 'ExposureInmAs' }),
    exposureIndex: t.attribute('ExposureIndex'),
    targetExposureIndex: t.attribute('TargetExposureIndex'),
    entranceDoseInmGy: t.attribute('EntranceDoseInmGy'),
    imageAndFluoroscopyAreaDoseProduct: t.attribute('ImageAndFluoroscopyAreaDoseProduct'),
    distanceSourceToDetector: t.attribute('DistanceSourceToDetector'),
    distanceSourceToPatient: t.attribute('DistanceSourceToPatient'),
    bodyPartThickness: t.attribute('BodyPartThickness'),
    positionerPrimaryAngle: t.attribute('PositionerPrimaryAngle'),
    positionerSecondaryAngle: t.attribute('PositionerSecondaryAngle'),
  }),
});
