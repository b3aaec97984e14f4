import { addModule } from '../../add-module.ts';
import { ImageInstance } from '../image-instance.ts';

addModule('GeneralImage', {
  description: 'What the image is and when it was made.',
  definedIn: 'General Image Module (PS3.3 §C.7.6.1)',
  on: [[ImageInstance, 'generalImage']],
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
    instanceCreationDate: t.attribute('InstanceCreationDate'),
    instanceCreationTime: t.attribute('InstanceCreationTime'),
    patientOrientation: t.attribute('PatientOrientation', {
      description: 'Where the rows and the columns lead: letters such as L, PF.',
    }),
    imageLaterality: t.attribute('ImageLaterality', { description: 'R, L, U (unpaired) or B (both).' }),
    anatomicRegion: t.concept('AnatomicRegionSequence'),
    imageComments: t.attribute('ImageComments'),
    derivationDescription: t.attribute('DerivationDescription'),
    burnedInAnnotation: t.attribute('BurnedInAnnotation', { description: 'YES: pixels may identify the patient.' }),
    lossyImageCompression: t.attribute('LossyImageCompression', { description: '01: at some time; 00: never.' }),
    lossyImageCompressionRatio: t.attribute('LossyImageCompressionRatio'),
  }),
});
