import { defineStudy, type PhantomPatient, type PhantomSeriesFacts } from './catalogue-types.ts';

const storage = '1.2.840.10008.5.1.4.1.1';
const utf8 = ['ISO_IR 192'];
const latin1 = ['ISO_IR 100'];
const japanese = ['', 'ISO 2022 IR 87'];

/** Four people who do not exist, and a test object. Their names say so: phantom, ghost, phantom again. */
const patients = {
  ada: person('PHANTOM-001', 'Phantom^Ada', '19581210', 'F', 1.68, 64),
  hanako: person('PHANTOM-002', 'Yurei^Hanako=幽霊^花子=ゆうれい^はなこ', '19820403', 'F', 1.59, 52),
  noor: person('PHANTOM-003', 'شبح^نور', '19710117', 'M', 1.76, 81),
  emile: person('PHANTOM-004', 'Fantôme^Émile^^M.', '19900629', 'M', 1.82, 77),
  testObject: person('PHANTOM-005', 'Quality Control^Shepp-Logan', '19740601', 'O', 0.2, 9),
} as const;

const axialHead: Omit<PhantomSeriesFacts, 'seriesNumber' | 'seriesDescription' | 'minutes'> = {
  modality: 'MR',
  sopClassUID: `${storage}.4`,
  protocolName: 'Brain routine',
  bodyPartExamined: 'BRAIN',
  instanceCount: 20,
  frameCount: 1,
};

const chestPlate: PhantomSeriesFacts = {
  seriesNumber: 1,
  modality: 'CR',
  sopClassUID: `${storage}.1`,
  seriesDescription: 'Chest PA',
  protocolName: 'Chest PA erect',
  bodyPartExamined: 'CHEST',
  minutes: 0,
  instanceCount: 1,
  frameCount: 1,
};

/**
 * The demo studies with their UIDs: what example operations and tests may rely on. All UIDs are 2.25 and a UUID derived
 * from a name, see phantom-uid.ts; they and the bytes of the files stay the same until a phantom itself is changed.
 */
export const phantomCatalogue = {
  ctChest: defineStudy(
    'ct-chest',
    {
      patient: patients.ada,
      characterSets: latin1,
      studyDate: '20240311',
      studyTime: '101530',
      timezone: '+0100',
      studyID: 'CT-2024-117',
      accessionNumber: 'PH24-00117',
      studyDescription: 'CT Chest with contrast',
      referringPhysicianName: 'Müller^Jürg^^Dr.',
      performingPhysicianName: 'Lindqvist^Åsa^^Dr.',
      reason: 'Opacity in the right upper zone on a radiograph',
    },
    {
      localizer: {
        seriesNumber: 1,
        modality: 'CT',
        sopClassUID: `${storage}.2`,
        seriesDescription: 'Localizer',
        protocolName: 'Chest routine',
        bodyPartExamined: 'CHEST',
        minutes: 1,
        instanceCount: 2,
        frameCount: 1,
      },
      axial: {
        seriesNumber: 2,
        modality: 'CT',
        sopClassUID: `${storage}.2`,
        seriesDescription: 'Chest axial 5 mm',
        protocolName: 'Chest routine',
        bodyPartExamined: 'CHEST',
        minutes: 4,
        instanceCount: 44,
        frameCount: 1,
      },
      report: {
        seriesNumber: 900,
        modality: 'SR',
        sopClassUID: `${storage}.88.11`,
        seriesDescription: 'Radiology report',
        protocolName: 'Chest routine',
        bodyPartExamined: 'CHEST',
        minutes: 55,
        instanceCount: 1,
        frameCount: 0,
      },
    },
  ),
  crChestPrior: defineStudy(
    'cr-chest-2021',
    {
      patient: patients.ada,
      characterSets: latin1,
      studyDate: '20210614',
      studyTime: '083005',
      timezone: '+0200',
      studyID: 'CR-2021-045',
      accessionNumber: 'PH21-00045',
      studyDescription: 'Chest radiograph',
      referringPhysicianName: 'Müller^Jürg^^Dr.',
      performingPhysicianName: 'Nguyen^Thi Mai',
      reason: 'Check-up',
    },
    { pa: chestPlate },
  ),
  dxChest: defineStudy(
    'dx-chest-2024',
    {
      patient: patients.ada,
      characterSets: latin1,
      studyDate: '20240304',
      studyTime: '140210',
      timezone: '+0100',
      studyID: 'DX-2024-098',
      accessionNumber: 'PH24-00098',
      studyDescription: 'Chest radiograph',
      referringPhysicianName: 'Müller^Jürg^^Dr.',
      performingPhysicianName: 'Nguyen^Thi Mai',
      reason: 'Cough for six weeks',
    },
    { pa: { ...chestPlate, modality: 'DX', sopClassUID: `${storage}.1.1`, minutes: 1 } },
  ),
  mrBrainPrior: defineStudy(
    'mr-brain-2022',
    {
      patient: patients.hanako,
      characterSets: utf8,
      studyDate: '20220907',
      studyTime: '151200',
      timezone: '+0900',
      studyID: 'MR-2022-310',
      accessionNumber: 'PH22-00310',
      studyDescription: 'MR Brain 頭部MRI',
      referringPhysicianName: 'Sasaki^Ken=佐々木^健=ささき^けん',
      performingPhysicianName: 'Okada^Yumi=岡田^由美=おかだ^ゆみ',
      reason: 'Headache',
    },
    {
      t2: { ...axialHead, seriesNumber: 3, seriesDescription: 'T2 axial', minutes: 3 },
      flair: { ...axialHead, seriesNumber: 4, seriesDescription: 'FLAIR axial', minutes: 8 },
    },
  ),
  mrBrain: defineStudy(
    'mr-brain-2024',
    {
      patient: patients.hanako,
      characterSets: japanese,
      studyDate: '20241021',
      studyTime: '094500',
      timezone: '+0900',
      studyID: 'MR-2024-274',
      accessionNumber: 'PH24-00274',
      studyDescription: 'MR Brain 頭部MRI',
      referringPhysicianName: 'Sasaki^Ken=佐々木^健=ささき^けん',
      performingPhysicianName: 'Okada^Yumi=岡田^由美=おかだ^ゆみ',
      reason: 'Follow-up',
    },
    {
      t1: { ...axialHead, seriesNumber: 2, seriesDescription: 'T1 axial', minutes: 2 },
      t2: { ...axialHead, seriesNumber: 3, seriesDescription: 'T2 axial', minutes: 6 },
      flair: { ...axialHead, seriesNumber: 4, seriesDescription: 'FLAIR axial', minutes: 11 },
    },
  ),
  usHeart: defineStudy(
    'us-heart',
    {
      patient: patients.noor,
      characterSets: utf8,
      studyDate: '20250402',
      studyTime: '113000',
      timezone: '+0300',
      studyID: 'US-2025-061',
      accessionNumber: 'PH25-00061',
      studyDescription: 'Echocardiography تخطيط صدى القلب',
      referringPhysicianName: 'الحكيم^ليلى',
      performingPhysicianName: 'بحري^سامي',
      reason: 'Murmur',
    },
    {
      cine: {
        seriesNumber: 1,
        modality: 'US',
        sopClassUID: `${storage}.3.1`,
        seriesDescription: 'Apical four-chamber, colour Doppler',
        protocolName: 'Adult echo',
        bodyPartExamined: 'HEART',
        minutes: 5,
        instanceCount: 1,
        frameCount: 20,
      },
      still: {
        seriesNumber: 2,
        modality: 'US',
        sopClassUID: `${storage}.6.1`,
        seriesDescription: 'Apical four-chamber, end of systole',
        protocolName: 'Adult echo',
        bodyPartExamined: 'HEART',
        minutes: 9,
        instanceCount: 1,
        frameCount: 1,
      },
    },
  ),
  ecgRest: defineStudy(
    'ecg-rest',
    {
      patient: patients.noor,
      characterSets: utf8,
      studyDate: '20250402',
      studyTime: '104500',
      timezone: '+0300',
      studyID: 'ECG-2025-019',
      accessionNumber: 'PH25-00060',
      studyDescription: 'Resting 12-lead ECG',
      referringPhysicianName: 'الحكيم^ليلى',
      performingPhysicianName: 'بحري^سامي',
      reason: 'Murmur',
    },
    {
      leads: {
        seriesNumber: 1,
        modality: 'ECG',
        sopClassUID: `${storage}.9.1.1`,
        seriesDescription: '12 leads, 10 s',
        protocolName: 'Resting ECG',
        bodyPartExamined: 'HEART',
        minutes: 2,
        instanceCount: 1,
        frameCount: 0,
      },
      report: {
        seriesNumber: 2,
        modality: 'DOC',
        sopClassUID: `${storage}.104.1`,
        seriesDescription: 'ECG report (PDF)',
        protocolName: 'Resting ECG',
        bodyPartExamined: 'HEART',
        minutes: 12,
        instanceCount: 1,
        frameCount: 0,
      },
    },
  ),
  crHand: defineStudy(
    'cr-hand',
    {
      patient: patients.emile,
      characterSets: latin1,
      studyDate: '20230819',
      studyTime: '174822',
      timezone: '+0200',
      studyID: 'CR-2023-512',
      accessionNumber: 'PH23-00512',
      studyDescription: 'Radiographie de la main gauche',
      referringPhysicianName: 'Lefèvre^Chloé^^Dr.',
      performingPhysicianName: "D'Angelo^Zoë",
      reason: 'Chute à vélo',
    },
    {
      pa: {
        seriesNumber: 1,
        modality: 'CR',
        sopClassUID: `${storage}.1`,
        seriesDescription: 'Hand PA',
        protocolName: 'Hand PA',
        bodyPartExamined: 'HAND',
        laterality: 'L',
        minutes: 0,
        instanceCount: 1,
        frameCount: 1,
      },
    },
  ),
  qualityControl: defineStudy(
    'ct-shepp-logan',
    {
      patient: patients.testObject,
      characterSets: latin1,
      studyDate: '20250106',
      studyTime: '070000',
      timezone: '+0100',
      studyID: 'QC-2025-001',
      accessionNumber: 'PH25-00001',
      studyDescription: 'CT quality control',
      referringPhysicianName: 'Quality Control^Radiology',
      performingPhysicianName: 'Quality Control^Radiology',
      reason: 'Constancy test',
    },
    {
      volume: {
        seriesNumber: 1,
        modality: 'CT',
        sopClassUID: `${storage}.2.1`,
        seriesDescription: 'Shepp-Logan head phantom',
        protocolName: 'Constancy test',
        bodyPartExamined: 'HEAD',
        minutes: 1,
        instanceCount: 1,
        frameCount: 24,
      },
    },
  ),
};

export type PhantomStudyKey = keyof typeof phantomCatalogue;

function person(
  patientID: string,
  patientName: string,
  patientBirthDate: string,
  patientSex: 'F' | 'M' | 'O',
  patientSizeM: number,
  patientWeightKg: number,
): PhantomPatient {
  return { patientID, patientName, patientBirthDate, patientSex, patientSizeM, patientWeightKg };
}
