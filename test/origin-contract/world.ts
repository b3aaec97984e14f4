import { type Attributes, dicomFile, tinyImage } from '../support/archive.ts';

interface StudyOf {
  readonly attributes: Attributes;
  /** Modality of each series, and how many instances it has. */
  readonly series: readonly (readonly [modality: string, instances: number])[];
}

/** Names, dates and texts that archives stumble over: other cases, no date, commas, letters beyond ASCII. */
const studies: readonly StudyOf[] = [
  {
    attributes: {
      PatientID: 'abc-1',
      PatientName: 'Doe^Jane',
      PatientBirthDate: '19700102',
      StudyDate: '20240103',
      StudyDescription: 'CT Chest, contrast',
      AccessionNumber: 'A100',
      ReferringPhysicianName: 'House^Gregory',
    },
    series: [
      ['CT', 3],
      ['SR', 1],
    ],
  },
  {
    attributes: {
      PatientID: 'ABC-2',
      PatientName: 'DOE^JANE',
      PatientBirthDate: '19800203',
      StudyDate: '20240101',
      StudyDescription: 'ct chest',
      AccessionNumber: 'a100',
      ReferringPhysicianName: 'Wilson^James',
    },
    series: [['CT', 2]],
  },
  {
    attributes: {
      PatientID: 'ABC-3',
      PatientName: 'Müller^Änne',
      StudyDate: '20230601',
      StudyDescription: 'MR Brain',
      AccessionNumber: 'B200',
    },
    series: [
      ['MR', 2],
      ['MR', 1],
    ],
  },
  {
    attributes: { PatientID: 'ABC-3', PatientName: 'Müller^Änne', StudyDate: '20240102', StudyDescription: 'MR Knee' },
    series: [['MR', 1]],
  },
  { attributes: { PatientID: 'zz', PatientName: 'Undated', StudyDescription: 'US Heart' }, series: [['US', 1]] },
];

/** Five studies 1.2.1 to 1.2.5, their series 1.2.N.S, their instances 1.2.N.S.I. */
export function worldFiles(): Buffer[] {
  return studies.flatMap(({ attributes, series }, n) =>
    series.flatMap(([modality, instances], s) =>
      Array.from({ length: instances }, (_, i) => {
        const [study, number] = [`1.2.${n + 1}`, i + 1];
        return dicomFile({
          ...tinyImage,
          StudyID: `S${n + 1}`,
          StudyTime: '101500',
          PatientSex: 'O',
          ...attributes,
          StudyInstanceUID: study,
          SeriesInstanceUID: `${study}.${s + 1}`,
          SeriesNumber: String(series.length - s),
          SeriesDescription: `Series ${s + 1}`,
          Modality: modality,
          Manufacturer: 'Acme Imaging',
          BodyPartExamined: 'CHEST',
          SOPInstanceUID: `${study}.${s + 1}.${number}`,
          InstanceNumber: String(instances - i),
          SliceLocation: `${number}.5`,
          RequestAttributesSequence: [{ ScheduledProcedureStepID: `SPS${number}` }],
        });
      }),
    ),
  );
}

/** 250 studies of one image each: more than a page of 200. */
export function manyFiles(): Buffer[] {
  return Array.from({ length: 250 }, (_, n) =>
    dicomFile({
      ...tinyImage,
      PatientID: `P${n}`,
      StudyInstanceUID: `1.3.${n}`,
      StudyDate: `2024${String((n % 12) + 1).padStart(2, '0')}01`,
      SeriesInstanceUID: `1.3.${n}.1`,
      Modality: 'CT',
      SOPInstanceUID: `1.3.${n}.1.1`,
    }),
  );
}
