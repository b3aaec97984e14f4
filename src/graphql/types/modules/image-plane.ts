import { addModule } from '../../add-module.ts';
import { FrameRef } from '../frame-ref.ts';
import { onImages } from '../instance-types.ts';

addModule('ImagePlane', {
  description: 'Where the image is in the patient, and how large its pixels are.',
  definedIn: 'Image Plane Module (PS3.3 §C.7.6.2), calibration (§10.7)',
  on: [...onImages('imagePlane'), [FrameRef, 'imagePlane']],
  fields: (t) => ({
    imagePositionPatient: t.attribute('ImagePositionPatient', {
      description: 'x, y, z of the centre of the first pixel, towards left, back and head.',
    }),
    imageOrientationPatient: t.attribute('ImageOrientationPatient', {
      description: 'Direction cosines along a row (x, y, z), then along a column.',
    }),
    pixelSpacing: t.attribute('PixelSpacing', {
      description: 'Between rows, then between columns. Of a projection: see pixelSpacingCalibrationType.',
    }),
    sliceThickness: t.attribute('SliceThickness', { description: 'Nominal.' }),
    spacingBetweenSlices: t.attribute('SpacingBetweenSlices', { description: 'From centre to centre.' }),
    sliceLocation: t.attribute('SliceLocation', { description: 'Relative: positions are in imagePositionPatient.' }),
    imagerPixelSpacing: t.attribute('ImagerPixelSpacing', { description: 'At the detector: between rows, columns.' }),
    nominalScannedPixelSpacing: t.attribute('NominalScannedPixelSpacing', { description: 'Between rows, columns.' }),
    pixelSpacingCalibrationType: t.attribute('PixelSpacingCalibrationType', {
      description: 'GEOMETRY or FIDUCIAL. Null in a projection: pixelSpacing is not known to be calibrated.',
    }),
  }),
});
