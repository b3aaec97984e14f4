import type { PhantomSeries, PhantomStudy } from '../catalogue-types.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { code } from './code.ts';

/** The machine that a series claims to come from. */
export interface PhantomEquipment {
  readonly model: string;
  readonly station: string;
  readonly serial: string;
}

/**
 * What every instance of a series has in common: Patient, General Study, Patient Study, General Series, General
 * Equipment and SOP Common (PS3.3 §C.7.1 to C.7.5, C.12.1).
 *
 * @param instanceNumber - From 1.
 * @param seconds - Content and acquisition come so long after the beginning of the series.
 */
export function commonModules(
  study: PhantomStudy,
  series: PhantomSeries,
  equipment: PhantomEquipment,
  instanceNumber: number,
  seconds: number,
): PhantomDataSet {
  const seriesTime = later(study.studyTime, series.minutes * 60);
  const contentTime = later(study.studyTime, series.minutes * 60 + seconds);
  return {
    ...patientAndStudy(study),
    ...seriesModule(study, series, seriesTime),
    Manufacturer: 'Phantom',
    ManufacturerModelName: equipment.model,
    StationName: equipment.station,
    DeviceSerialNumber: equipment.serial,
    SoftwareVersions: '1.0',
    InstitutionName: 'Phantom General Hospital',
    InstitutionAddress: '1 Nowhere Street, Utopia',
    InstitutionalDepartmentName: series.modality === 'US' || series.modality === 'ECG' ? 'Cardiology' : 'Radiology',
    SpecificCharacterSet: study.characterSets,
    SOPClassUID: series.sopClassUID,
    SOPInstanceUID: series.sopInstanceUIDs[instanceNumber - 1],
    InstanceNumber: instanceNumber,
    InstanceCreationDate: study.studyDate,
    InstanceCreationTime: contentTime,
    TimezoneOffsetFromUTC: study.timezone,
    ContentDate: study.studyDate,
    ContentTime: contentTime,
  };
}

function patientAndStudy(study: PhantomStudy): PhantomDataSet {
  const { patient } = study;
  return {
    PatientName: patient.patientName,
    PatientID: patient.patientID,
    IssuerOfPatientID: 'PHANTOM HOSPITAL',
    PatientBirthDate: patient.patientBirthDate,
    PatientSex: patient.patientSex,
    PatientComments: 'Computed phantom: there is no such person.',
    PatientAge: ageOf(patient.patientBirthDate, study.studyDate),
    PatientSize: patient.patientSizeM,
    PatientWeight: patient.patientWeightKg,
    StudyInstanceUID: study.studyInstanceUID,
    StudyDate: study.studyDate,
    StudyTime: study.studyTime,
    StudyID: study.studyID,
    AccessionNumber: study.accessionNumber,
    StudyDescription: study.studyDescription,
    ReferringPhysicianName: study.referringPhysicianName,
    ProcedureCodeSequence: [code(study.studyID.slice(0, 2), '99PHANTOM', study.studyDescription)],
  };
}

function seriesModule(study: PhantomStudy, series: PhantomSeries, seriesTime: string): PhantomDataSet {
  const isDocument = series.modality === 'DOC' || series.modality === 'SR';
  return {
    Modality: series.modality,
    SeriesInstanceUID: series.seriesInstanceUID,
    SeriesNumber: series.seriesNumber,
    SeriesDate: study.studyDate,
    SeriesTime: seriesTime,
    SeriesDescription: series.seriesDescription,
    ProtocolName: series.protocolName,
    ...(isDocument ? {} : people(study, series)),
    ...(series.modality === 'SR' ? {} : procedureStep(study, series)),
  };
}

/** What a series of images says, and one of documents does not. */
function people(study: PhantomStudy, series: PhantomSeries): PhantomDataSet {
  return {
    BodyPartExamined: series.bodyPartExamined,
    Laterality: series.laterality,
    PerformingPhysicianName: study.performingPhysicianName,
    OperatorsName: 'Operator^Demo',
  };
}

/** What was asked for, and what was done. Reports say it in modules of their own. */
function procedureStep(study: PhantomStudy, series: PhantomSeries): PhantomDataSet {
  return {
    PerformedProcedureStepID: `PPS-${study.studyID}`.slice(0, 16),
    PerformedProcedureStepStartDate: study.studyDate,
    PerformedProcedureStepStartTime: study.studyTime,
    PerformedProcedureStepDescription: series.protocolName,
    RequestAttributesSequence: [
      {
        StudyInstanceUID: study.studyInstanceUID,
        AccessionNumber: study.accessionNumber,
        RequestedProcedureID: `RP-${study.studyID}`.slice(0, 16),
        RequestedProcedureDescription: study.studyDescription,
        ReasonForTheRequestedProcedure: study.reason,
        ScheduledProcedureStepID: `SPS-${study.studyID}`.slice(0, 16),
        ScheduledProcedureStepDescription: series.protocolName,
      },
    ],
  };
}

/** hhmmss, and so many seconds on; a study does not reach over midnight. */
export function later(time: string, seconds: number): string {
  const [hours = 0, minutes = 0, rest = 0] = [time.slice(0, 2), time.slice(2, 4), time.slice(4, 6)].map(Number);
  const total = hours * 3600 + minutes * 60 + rest + Math.round(seconds);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return two(total / 3600) + two((total / 60) % 60) + two(total % 60);
}

/** Whole years between two dates of the form yyyymmdd, as an Age String. */
function ageOf(birth: string, date: string): string {
  const years = Math.floor((Number(date) - Number(birth)) / 10_000);
  return `${String(years).padStart(3, '0')}Y`;
}
