import { addModule } from '../../add-module.ts';
import { onImages } from '../instance-types.ts';

addModule('GeneralImage', {
  description: 'What the image is and when it was made.',
  definedIn: 'General Image Module (PS3.3 §C.7.6.1)',
  on: onImages('generalImage'),
  fields: (t) => ({
    imageType: t.attribute('ImageType', {
      description: 'ORIGINAL or DERIVED, PRIMARY or SECONDARY, then by modality.',
    }),
    acquisitionNumber: t.attribute('AcquisitionNumber'),
    acquisitionDate: t.attribute('AcquisitionDate'),
    acquisitionTime: t.attribute('AcquisitionTime'),
    acquisitionDateTime: t.attribute('AcquisitionDateTime'),
    contentDate: t.attribute('ContentDate'),
    contentTime: t.attribute('ContentTime'),
    patientOrientation: t.attribute('PatientOrientation', {
      description: 'Where the rows and the columns lead: letters such as L, PF.',
    }),
    imageLaterality: t.attribute('ImageLaterality', { description: 'R, L, U (unpaired) or B (both).' }),
    anatomicRegion: t.concept('AnatomicRegionSequence'),
    imageComments: t.attribute('ImageComments'),
    burnedInAnnotation: t.attribute('BurnedInAnnotation', { description: 'YES: pixels may identify the patient.' }),
    lossyImageCompression: t.attribute('LossyImageCompression', { description: '01: at some time; 00: never.' }),
  }),
});
