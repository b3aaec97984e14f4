import { dicomFile } from '../support/archive.ts';

/**
 * Three studies of three patients. By UID: 1.1 has series 1.1.1 (CT, three instances) and 1.1.2 (SR, one); 1.2 has
 * 1.2.1 (MR, one); 1.3 has 1.3.1 (US, one), and no date.
 */
export function sampleStudies(): Buffer[] {
  const yamada = {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    PatientID: 'Pat-1',
    PatientBirthDate: '19600229',
    PatientSex: 'M',
    StudyInstanceUID: '1.1',
    StudyDate: '20240115',
    StudyTime: '101530.5',
    StudyID: 'S1',
    AccessionNumber: 'ACC-1',
    StudyDescription: 'Chest T1+C',
    ReferringPhysicianName: 'Grey^Meredith',
  };
  const ct = {
    ...yamada,
    Modality: 'CT',
    SeriesInstanceUID: '1.1.1',
    SeriesNumber: 2,
    SeriesDescription: 'Axial',
    RequestAttributesSequence: [
      { ScheduledProcedureStepID: 'SPS-1', RequestedProcedureID: 'RP-1' },
      { ScheduledProcedureStepID: 'SPS-2', RequestedProcedureID: 'RP-2' },
    ],
  };
  return [
    dicomFile({
      ...ct,
      SOPInstanceUID: '1.1.1.3',
      InstanceNumber: 10,
      SliceLocation: '12.50',
      ImageType: ['ORIGINAL', 'PRIMARY'],
    }),
    dicomFile({
      ...ct,
      SOPInstanceUID: '1.1.1.1',
      InstanceNumber: 1,
      SliceLocation: '-3',
      '00290010': 'ACME',
      '00291001': 'x1',
    }),
    dicomFile({ ...ct, SOPInstanceUID: '1.1.1.2', InstanceNumber: 2, AcquisitionDateTime: '20240115101600+0900' }),
    dicomFile({
      ...yamada,
      Modality: 'SR',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33',
      SeriesInstanceUID: '1.1.2',
      SeriesNumber: 1,
      SOPInstanceUID: '1.1.2.1',
      InstanceNumber: 1,
    }),
    dicomFile({
      PatientName: 'DOE^JANE',
      PatientID: 'pat-2',
      StudyInstanceUID: '1.2',
      StudyDate: '20230630',
      StudyTime: '2359',
      AccessionNumber: 'ACC-2',
      Modality: 'MR',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      SeriesInstanceUID: '1.2.1',
      SOPInstanceUID: '1.2.1.1',
      EchoTime: '4.60',
    }),
    dicomFile({
      PatientName: 'Müller^Jörg^^Dr.',
      PatientID: 'PAT*3',
      StudyInstanceUID: '1.3',
      AccessionNumber: '',
      Modality: 'US',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.6.1',
      SeriesInstanceUID: '1.3.1',
      SOPInstanceUID: '1.3.1.1',
    }),
  ];
}
